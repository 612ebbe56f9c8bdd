/** Mails the brief of each run of a plan that wants it, once, as soon as the run has ended. */
import { briefLetter, latestRun, listPlans, type Run } from '../../inspection/index.ts';
import { type Clock, sleep } from '../../kube/index.ts';
import { Ledger, mailSettings, SmtpMailer } from '../../maintenance/index.ts';
import type { Records } from '../../records/index.ts';

export interface MailBriefsOptions {
  readonly records: Records;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly password?: string | undefined;
  readonly onError: (error: unknown) => void;
}

const LOOK_MS = 30_000;
/** A brief that could not be mailed for so long is of yesterday. */
const LATEST_MS = 6 * 3_600_000;

/** Looks again and again at what has ended and was not mailed yet; ends with the signal. */
export async function mailBriefs(options: MailBriefsOptions): Promise<void> {
  const { clock, signal, onError } = options;
  while (!signal.aborted) {
    await mailNewBriefs(options).catch(onError);
    await sleep(clock, LOOK_MS, signal).catch(() => undefined);
  }
}

/** One look. */
export async function mailNewBriefs({
  records,
  clock,
  password,
  onError,
}: Omit<MailBriefsOptions, 'signal'>): Promise<void> {
  const ledger = new Ledger(records, clock);
  const settings = await mailSettings(ledger);
  if (!settings) return;
  const mailer = new SmtpMailer({ ledger, clock, password });
  for (const run of await newestRuns(records, clock.now())) {
    const about = `inspection-${run.id}`;
    if (await mailer.isSent(about, 'brief')) continue;
    const letter = await briefLetter(records, run, settings.language);
    const sent = await mailer.send({ about, kind: 'brief', recipients: settings.to, letter });
    if (sent.kind === 'failed') onError(new Error(`the brief of run ${run.id} was not mailed: ${sent.error}`));
  }
}

async function newestRuns(records: Records, now: number): Promise<Run[]> {
  const plans = (await listPlans(records)).filter(({ spec }) => spec.mail);
  const runs = await Promise.all(plans.map(({ name }) => latestRun(records, name)));
  return runs.filter((run) => run !== undefined).filter(({ finishedAt = 0 }) => now - finishedAt < LATEST_MS);
}

/** One try of a check, whichever kind it is of. */
import { text } from '../../control/index.ts';
import type { KubeClient } from '../../kube/index.ts';
import type { Ask } from './ask.ts';
import { tryJob } from './job-check.ts';
import { type Judgement, judgeAnswer, queryUrl } from './promql.ts';
import type { Check, CheckResult, Release } from './seen.ts';

/** Undefined while it goes on elsewhere. What goes wrong on the way is a failed try; an abort rejects. */
export async function tryCheck(
  client: KubeClient,
  ask: Ask,
  release: Release,
  check: Check,
  signal: AbortSignal,
): Promise<CheckResult | undefined> {
  if (check.job) return tryJob(client, release, check);
  const patience = AbortSignal.any([signal, AbortSignal.timeout(check.timeoutSeconds * 1000)]);
  try {
    return { check: check.name, ...(await judged(ask, check, patience)) };
  } catch (error) {
    if (signal.aborted) throw error;
    const late = patience.aborted ? `no answer within ${check.timeoutSeconds} s` : text(error);
    return { check: check.name, ok: false, message: late };
  }
}

async function judged(ask: Ask, { http, promql }: Check, signal: AbortSignal): Promise<Judgement> {
  if (promql) return judgeAnswer(promql, (await ask(queryUrl(promql), signal)).body);
  const { url, expectStatus, expectBody } = http!;
  const { status, body } = await ask(url, signal);
  const well = expectStatus === undefined ? status >= 200 && status < 300 : status === expectStatus;
  if (!well) return { ok: false, message: `${url} answers ${status}` };
  if (expectBody !== undefined && !body.includes(expectBody))
    return { ok: false, message: `${url} does not say ${expectBody}` };
  return { ok: true, message: `${url} answers ${status}` };
}

/** `jdos maintain IP`: shows what it would mean, and with --go does it. */
import process from 'node:process';
import { type Command, Option } from 'commander';
import { type Consent, type MaintenanceRequest, REPAIRS, resolveOne } from '../../maintenance/index.ts';
import type { ClusterOptions } from '../cluster.ts';
import { EXIT } from '../exit.ts';
import { addOutput, type OutputOptions, printObject } from '../output.ts';
import type { OperatorOptions, RecordsLocation } from '../records.ts';
import { parseSeconds } from '../seconds.ts';
import { addDesk, withDesk } from './desk.ts';
import { follow } from './follow.ts';
import { previewText } from './preview.ts';

interface StartOptions extends ClusterOptions, OutputOptions, RecordsLocation, OperatorOptions {
  readonly reason?: string;
  readonly repair?: string;
  readonly emergency?: true;
  /** False with --no-drain. */
  readonly drain: boolean;
  readonly emptyDir?: true;
  readonly bare?: true;
  readonly localVolume?: true;
  readonly drainTimeout: number;
  readonly healthyDelay: number;
  readonly go?: true;
  readonly detach?: true;
}

export function defineStart(command: Command): void {
  addOutput(addDesk(command.enablePositionalOptions()))
    .argument('[address]', 'of a host, a Pod, a management controller, or a name')
    .option('--reason <text>', 'what is wrong, in your words')
    .addOption(
      new Option('--repair <name>', 'one of the list; without it you repair by hand').choices(Object.keys(REPAIRS)),
    )
    .option('--emergency', 'go on although the owners cannot be told')
    .option('--no-drain', 'leave the Pods where they are')
    .option('--empty-dir', 'Pods with an emptyDir may go, and their data with them')
    .option('--bare', 'Pods that nobody makes anew may go')
    .option('--local-volume', 'Pods with a volume of this host may go')
    .option('--drain-timeout <duration>', 'then people are asked', parseSeconds, 900)
    .option('--healthy-delay <duration>', 'how long the host must be well before it is given back', parseSeconds, 600)
    .option('--go', 'do it; without it you are only shown what it would mean')
    .option('--detach', 'do not wait for the end')
    .action(start);
}

async function start(address: string | undefined, options: StartOptions, command: Command): Promise<void> {
  if (address === undefined) return command.help();
  await withDesk(options, async (desk, { client, records }) => {
    const meaning = await resolveOne(address, { client, records });
    if (meaning.kind !== 'host') process.stderr.write(`${address} is ${meaning.text}; its host is ${meaning.host}\n`);
    const request = requestOf(address, meaning.host, options);
    const preview = await desk.preview(request);
    if (!options.go) {
      if (options.output) printObject(options, { ...preview });
      else
        process.stdout.write(
          `${previewText(meaning.host, preview, options.repair)}\nNothing was done; add --go to do it.\n`,
        );
      if (preview.refusals.length > 0) process.exitCode = EXIT.failed;
      return;
    }
    const { id, state, approvals } = await desk.request(request, preview);
    process.stdout.write(`${id}\n`);
    if (state === 'awaiting-approval') {
      process.stdout.write(`waits for a second person (${approvals.join('; ')}): jdos maintain approve ${id}\n`);
      return;
    }
    if (options.detach) return;
    const ended = await follow(desk.ledger, id);
    process.stdout.write(`${ended.state}: ${ended.result ?? ''}\n`);
    if (ended.state !== 'succeeded') process.exitCode = EXIT.failed;
  });
}

/** What a person confirms by --go when the address is a Pod's is the host that was shown to him. */
function requestOf(address: string, host: string, options: StartOptions): MaintenanceRequest {
  const consent: Consent = {
    ...(options.emptyDir && { emptyDir: true }),
    ...(options.bare && { bare: true }),
    ...(options.localVolume && { localVolume: true }),
  };
  return {
    host,
    address,
    kind: options.emergency ? 'emergency' : 'planned',
    reason: options.reason ?? 'not said',
    ...(options.repair && { repair: options.repair }),
    ...(!options.drain && { drain: false }),
    consent,
    drainTimeoutMs: options.drainTimeout * 1000,
    healthyDelayMs: options.healthyDelay * 1000,
    actor: options.operator,
  };
}

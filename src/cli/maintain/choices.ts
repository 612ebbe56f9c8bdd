/** What people may say to an operation: approve, abort, done, wait, consent. */
import process from 'node:process';
import type { Command } from 'commander';
import type { Consent, MaintenanceDesk, Operation } from '../../maintenance/index.ts';
import type { ClusterOptions } from '../cluster.ts';
import type { OperatorOptions, RecordsLocation } from '../records.ts';
import { addDesk, withDesk } from './desk.ts';

type Options = ClusterOptions & RecordsLocation & OperatorOptions & { readonly reason?: string };

export function defineChoices(command: Command): void {
  choice(command, 'approve', 'agree to an operation that somebody else has asked for', (desk, id, { operator }) =>
    desk.approve(id, operator),
  );
  choice(command, 'abort', 'give the host back as it was before', (desk, id, { operator, reason }) =>
    desk.abort(id, operator, reason ?? 'not said'),
  );
  choice(command, 'done', 'you have repaired the host', (desk, id, { operator, reason }) =>
    desk.done(id, operator, reason ?? 'repaired'),
  );
  choice(command, 'wait', 'give a drain as much time again', (desk, id, { operator }) => desk.wait(id, operator));
  const consent = choice(command, 'consent', 'let more go, or less', (desk, id, options) => {
    const { operator, reason } = options;
    return desk.consent(id, operator, consentOf(options), reason ?? 'not said');
  });
  consent
    .option('--empty-dir', 'Pods with an emptyDir may go, and their data with them')
    .option('--bare', 'Pods that nobody makes anew may go')
    .option('--local-volume', 'Pods with a volume of this host may go')
    .option('--skip <pods>', 'these stay: namespace/name, comma-separated', names)
    .option('--override <pod>', 'this one goes although its budget forbids it: namespace/name', names)
    .option('--force <pod>', 'take this one off a machine that is off; its power is asked for proof', names);
}

type ConsentOptions = Options & {
  emptyDir?: true;
  bare?: true;
  localVolume?: true;
  skip?: string[];
  override?: string[];
  force?: string[];
};

function choice(
  command: Command,
  name: string,
  text: string,
  say: (desk: MaintenanceDesk, id: string, options: ConsentOptions) => Promise<Operation>,
): Command {
  return addDesk(command.command(name).description(text))
    .argument('<id>', 'of the operation')
    .option('--reason <text>', 'why; written down with your name')
    .action(async (id: string, options: ConsentOptions) => {
      const { state, step } = await withDesk(options, (desk) => say(desk, id, options));
      process.stdout.write(`${id}: ${state}, at ${step}\n`);
    });
}

function consentOf({ emptyDir, bare, localVolume, skip, override, force }: ConsentOptions): Consent {
  return {
    ...(emptyDir && { emptyDir }),
    ...(bare && { bare }),
    ...(localVolume && { localVolume }),
    ...(skip && { skip }),
    ...(override && { override }),
    ...(force && { force }),
  };
}

function names(text: string, before: string[] = []): string[] {
  return [...before, ...text.split(',').filter(Boolean)];
}

/** Shows an operation as it goes on, line by line, until it ends. Leaving does not touch it. */
import process from 'node:process';
import { setTimeout as pause } from 'node:timers/promises';
import { isOpen, type Ledger, type LogLine, type Operation } from '../../maintenance/index.ts';
import { Progress } from '../progress.ts';

const LOOK_MS = 300;
/** An operation that nobody has begun after so long has nobody to carry it out. */
const PATIENCE_MS = 20_000;

export async function follow(ledger: Ledger, id: string): Promise<Operation> {
  const progress = new Progress();
  let seen = 0;
  let warned = false;
  for (;;) {
    const operation = await ledger.get(id);
    for (const line of await ledger.logOf(id, seen)) {
      seen = line.id;
      progress.end();
      process.stdout.write(`${lineText(line)}\n`);
    }
    if (!isOpen(operation) || operation.state === 'awaiting-approval') {
      progress.end();
      return operation;
    }
    if (!warned && operation.startedAt === undefined && Date.now() - operation.createdAt > PATIENCE_MS) {
      process.stderr.write('nobody carries it out: is `jdos up` or `jdos controllers` running with these records?\n');
      warned = true;
    }
    show(progress, operation);
    await pause(LOOK_MS);
  }
}

export function lineText({ at, actor, step, text }: LogLine): string {
  const who = actor === 'jdos' ? '' : ` [${actor}]`;
  return `${new Date(at).toISOString()} ${step.padEnd(7)}${who} ${text}`;
}

function show(progress: Progress, operation: Operation): void {
  const { step, drainProgress } = operation;
  if (step === 'drain' && drainProgress && operation.state === 'running') {
    const { total, left } = drainProgress;
    progress.bar('Pods that have left', total - left.length, total);
  } else progress.doing(doingText(operation));
}

function doingText({ state, step, blockade, passes }: Operation): string {
  if (state === 'blocked' && blockade) return `${step}: blocked: ${blockade.reason}`;
  return step === 'verify' ? `verify: ${passes} of 2 inspections without findings` : step;
}

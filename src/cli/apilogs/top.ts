/** `jdos apilogs top`: who asks the API servers at this moment, from a log that grows or from what was taken in. */
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import process from 'node:process';
import { type Command, InvalidArgumentError, Option } from 'commander';
import type { Dimension, Frame, Look, Order } from '../../apilogs/index.ts';
import { JdosError } from '../../errors/index.ts';
import { sleep, systemClock } from '../../kube/index.ts';
import { parseSeconds } from '../seconds.ts';
import { stopSignal } from '../up/stop-signal.ts';
import { addStore, type StoreOptions, storeOf } from './store.ts';
import { frameText } from './top-screen.ts';

interface TopOptions extends StoreOptions {
  readonly stored?: true;
  readonly by: readonly Dimension[];
  readonly sort: Order;
  readonly top: number;
  readonly window: number;
  readonly every: number;
  readonly frames?: number;
  readonly output: 'table' | 'json';
}

/** The same names as `DIMENSIONS` and `ORDERS` of the room, which is loaded only when it runs. */
const BY = ['user', 'client', 'verb', 'resource', 'namespace', 'source', 'code'];
const SORT = ['requests', 'errors', 'throttled', 'p99'];

export function defineTop(command: Command): void {
  addStore(command)
    .argument('[log]', "a log that is being written (default: the instance's own)")
    .option('--stored', 'of what has been taken in, up to its newest event')
    .option('--by <what,what>', `what is told apart: ${BY.join(', ')}`, dimensions, ['user'])
    .addOption(new Option('--sort <what>', 'the largest first').choices(SORT).default('requests'))
    .option('--top <n>', 'so many rows', whole, 20)
    .option('--window <time>', 'of the last so many seconds', parseSeconds, 60)
    .option('--every <time>', 'a new look every so many seconds', parseSeconds, 2)
    .option('--frames <n>', 'so many looks, then end', whole)
    .addOption(new Option('-o, --output <format>', 'how to answer').choices(['table', 'json']).default('table'))
    .action(run);
}

async function run(log: string | undefined, options: TopOptions): Promise<void> {
  const signal = stopSignal();
  const { by, sort: order, top, window } = options;
  const look: Look = { by, order, top, windowMs: window * 1000 };
  await using looker = options.stored ? await storedLooker(options) : await logLooker(log, options);
  // A timer of the clock keeps no process alive.
  const alive = setInterval(() => undefined, 60_000);
  try {
    for (let frame = 1; !signal.aborted; frame++) {
      show(await looker.frame(look), look, options);
      if (frame === options.frames) return;
      await sleep(systemClock, options.every * 1000, signal).catch(() => undefined);
    }
  } finally {
    clearInterval(alive);
  }
}

interface Looker extends AsyncDisposable {
  frame(look: Look): Promise<Frame>;
}

async function storedLooker(options: TopOptions): Promise<Looker> {
  const { AuditQuery, storedFrame } = await import('../../apilogs/index.ts');
  const query = await AuditQuery.open(storeOf(options));
  return {
    frame: (look) => storedFrame(query, look, Date.now()),
    [Symbol.asyncDispose]: () => query[Symbol.asyncDispose](),
  };
}

async function logLooker(log: string | undefined, { data }: TopOptions): Promise<Looker> {
  const path = log === undefined ? join(data, 'audit.log') : resolve(log);
  if (!existsSync(path))
    throw new JdosError('JDOS_ERR_USAGE', {
      detail: `there is no log ${path}; name one that is being written, or ask for --stored`,
    });
  const { LogTail, requestIn, Window } = await import('../../apilogs/index.ts');
  const [tail, requests] = [new LogTail(path), new Window()];
  return {
    async frame(look) {
      requests.add((await tail.lines()).flatMap((line) => requestIn(line) ?? []));
      return requests.frame(look, Date.now());
    },
    [Symbol.asyncDispose]: () => tail[Symbol.asyncDispose](),
  };
}

function show(frame: Frame, look: Look, { output }: TopOptions): void {
  if (output === 'json') return void process.stdout.write(`${JSON.stringify(asObject(frame, look))}\n`);
  const text = frameText(frame, look, process.stdout.isTTY ? process.stdout.columns : 120);
  process.stdout.write(process.stdout.isTTY ? `\u001b[H\u001b[J${text}` : `${text}\n`);
}

function asObject({ rows, ...frame }: Frame, { by }: Look): object {
  const named = rows.map(({ key, ...figures }) => ({
    ...Object.fromEntries(by.map((name, i) => [name, key[i]])),
    ...figures,
  }));
  return { ...frame, rows: named };
}

function dimensions(text: string): readonly Dimension[] {
  const names = text.split(',').map((name) => name.trim());
  const wrong = names.find((name) => !BY.includes(name));
  if (wrong !== undefined) throw new InvalidArgumentError(`expected some of ${BY.join(', ')}, found "${wrong}".`);
  return names as Dimension[];
}

function whole(text: string): number {
  const number = Number(text);
  if (!Number.isInteger(number) || number < 1) throw new InvalidArgumentError('expected a number from 1.');
  return number;
}

/**
 * To hosts, by the serf agents that run on them (deploy/serf). One query asks many hosts: those that are to run the same
 * command within a moment share it. Each host's word is passed on when it comes, and a query of which all have answered is
 * waited for no longer.
 */
import { randomBytes } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { shellWord } from '../../shell/index.ts';
import type { RunRequest, RunResult, Target, Transport } from '../target.ts';
import { SerfClient, type SerfOptions, type SerfQuery } from './serf-client.ts';

/** A query goes out in one datagram; serf refuses longer ones. */
const QUERY_BYTES = 1024;
/** Of serf's own fields, beside names and payload. */
const OVERHEAD = 160;
/** Of one name, beside its letters. */
const PER_NAME = 4;
/** In one answer; serf's buffer holds 8 KiB with the line before it. */
const PART_BYTES = 7168;
/** Parts on their way at once. */
const PARTS = 8;
const TOGETHER_MS = 20;
/** Serf's own way to and fro, beside what the command takes. */
const SPARE_MS = 2_000;

interface Wish {
  readonly host: string;
  readonly request: RunRequest;
  readonly resolve: (result: RunResult) => void;
  readonly reject: (error: unknown) => void;
}

export function serfTransport(options: SerfOptions = {}): Transport {
  const transport = new SerfTransport(options);
  return {
    name: 'serf',
    run: (target, request) => transport.run(target, request),
    close: () => transport.close(),
  };
}

class SerfTransport {
  readonly #o: SerfOptions;
  #client: Promise<SerfClient> | undefined;
  #waiting: Wish[] = [];

  constructor(options: SerfOptions) {
    this.#o = options;
  }

  async run({ kind, host = '' }: Target, request: RunRequest): Promise<RunResult> {
    if (kind !== 'host') throw new Error('serf reaches hosts, not Pods');
    if (request.stdin !== undefined) throw new Error('serf carries no standard input');
    const script = scriptOf(request);
    if (roomBeside(script) < Buffer.byteLength(host) + PER_NAME)
      throw new Error(`the command takes ${Buffer.byteLength(script)} bytes; a query of serf has no room for it`);
    return new Promise((resolve, reject) => {
      request.signal.addEventListener('abort', () => reject(request.signal.reason as Error), { once: true });
      this.#waiting.push({ host, request, resolve, reject });
      if (this.#waiting.length === 1) void this.#askSoon();
    });
  }

  close(): void {
    void this.#client?.then(
      (client) => client[Symbol.dispose](),
      () => undefined,
    );
    this.#client = undefined;
  }

  async #askSoon(): Promise<void> {
    await pause(TOGETHER_MS);
    const wishes = this.#waiting;
    this.#waiting = [];
    try {
      this.#client ??= SerfClient.connect(this.#o);
      const client = await this.#client;
      const alive = await membersOf(client);
      for (const same of Map.groupBy(wishes, ({ request }) => scriptOf(request)).values())
        for (const some of packed(refuse(same, alive))) void ask(client, some);
    } catch (error) {
      this.close();
      for (const { reject } of wishes) reject(error);
    }
  }
}

async function membersOf(client: SerfClient): Promise<ReadonlyMap<string, string>> {
  return new Map((await client.members()).map(({ name, status }) => [name, status]));
}

/** Who serf holds for dead, or does not know, is not waited for. Answers the others. */
function refuse(wishes: readonly Wish[], members: ReadonlyMap<string, string>): Wish[] {
  return wishes.filter(({ host, reject }) => {
    const status = members.get(host);
    if (status === 'alive') return true;
    reject(new Error(status === undefined ? 'it is no member of the serf cluster' : `serf holds it for ${status}`));
    return false;
  });
}

/** As many to a query as its datagram takes. */
function packed(wishes: readonly Wish[]): Wish[][] {
  const packs: Wish[][] = [];
  let room = 0;
  for (const wish of wishes) {
    const needs = Buffer.byteLength(wish.host) + PER_NAME;
    if (needs > room) {
      packs.push([]);
      room = roomBeside(scriptOf(wish.request));
    }
    packs.at(-1)!.push(wish);
    room -= needs;
  }
  return packs;
}

/** What is left for the hosts' names beside the command. */
function roomBeside(command: string): number {
  return QUERY_BYTES - OVERHEAD - Buffer.byteLength(command);
}

function scriptOf({ command }: Pick<RunRequest, 'command'>): string {
  return command.map(shellWord).join(' ');
}

/**
 * A query, and an answer, is one datagram and may be lost: who has not been heard is asked again what it has to say. What it has
 * begun it does not begin anew; what never came to it is sent again.
 */
async function ask(client: SerfClient, wishes: readonly Wish[]): Promise<void> {
  const waited = new Map(wishes.map((wish) => [wish.host, wish]));
  const id = randomBytes(8).toString('hex');
  const timeoutMs = Math.max(...wishes.map(({ request }) => request.timeoutMs)) + SPARE_MS;
  const payload = `${id} ${PART_BYTES} ${Math.ceil(timeoutMs / 1000)}\n${scriptOf(wishes[0]!.request)}`;
  const take = ({ from, payload: first }: { from: string; payload: Uint8Array }) => {
    const wish = waited.get(from);
    waited.delete(from);
    if (wish) wholeOf(client, first, wish, id).then(wish.resolve, wish.reject);
    if (waited.size === 0) heard.abort();
  };
  const heard = new AbortController();
  const send = (nodes: readonly string[]) =>
    listen(client, { name: 'jdos-exec', payload, nodes, timeoutMs }, take, waited);
  try {
    const again = askAgain(client, { id, waited, take, send, heard: heard.signal });
    await Promise.race([send([...waited.keys()]), again]);
    throw new Error('it took the command and did not answer in time');
  } catch (error) {
    for (const { reject } of waited.values()) reject(error);
  } finally {
    heard.abort();
  }
}

type Take = (reply: { from: string; payload: Uint8Array }) => unknown;

/** Until all have answered, or the query's time is up. */
async function listen(
  client: SerfClient,
  query: SerfQuery,
  take: Take,
  waited: ReadonlyMap<string, Wish>,
): Promise<void> {
  for await (const reply of client.query(query)) {
    if (reply.kind === 'done') return;
    if (reply.kind === 'response') take(reply);
    if (waited.size === 0) return;
  }
}

const AGAIN_MS = 5_000;
/** Hosts forget what they have run after ten minutes; long before that nothing is sent to them again. */
const SENDS = 3;
const NEVER_CAME = 'none';

interface Asking {
  readonly id: string;
  readonly waited: ReadonlyMap<string, Wish>;
  readonly take: Take;
  readonly send: (nodes: readonly string[]) => Promise<void>;
  readonly heard: AbortSignal;
}

/** After five seconds, after ten more, after twenty more. */
async function askAgain(client: SerfClient, { id, waited, take, send, heard }: Asking): Promise<void> {
  for (let [ms, round] = [AGAIN_MS, 1]; waited.size > 0; ms *= 2, round++) {
    await pause(ms, undefined, { signal: heard }).catch(() => undefined);
    if (waited.size === 0) return;
    const nodes = [...waited.keys()];
    const query = { name: 'jdos-again', payload: `${id} ${PART_BYTES} 0\n`, nodes, timeoutMs: READ_MS };
    const missed: string[] = [];
    const sort: Take = (reply) =>
      Buffer.from(reply.payload).toString().trim() === NEVER_CAME ? missed.push(reply.from) : take(reply);
    await listen(client, query, sort, waited);
    // Its end is that of the first one.
    if (missed.length > 0 && round <= SENDS) void send(missed).catch(() => undefined);
  }
}

/** The first answer says how much there is; what it does not hold itself is asked for. */
async function wholeOf(client: SerfClient, first: Uint8Array, wish: Wish, id: string): Promise<RunResult> {
  const end = first.indexOf(0x0a);
  const [, rc, out, err] = /^(\d+) (\d+) (\d+)$/.exec(Buffer.from(first.subarray(0, end)).toString()) ?? [];
  if (rc === undefined)
    throw new Error('serf’s handler of jdos answers in another form; install the one of deploy/serf');
  const total = Number(out) + Number(err);
  const parts = [first.subarray(end + 1)];
  const numbers = Array.from({ length: Math.ceil(total / PART_BYTES) - 1 }, (_, i) => i + 1);
  const read = async () => {
    for (let number = numbers.shift(); number !== undefined; number = numbers.shift())
      parts[number] = await partOf(client, wish, `${id} ${PART_BYTES} ${number}\n`);
  };
  await Promise.all(Array.from({ length: PARTS }, read));
  const all = Buffer.concat(parts);
  if (all.length !== total) throw new Error(`${total} bytes were written and ${all.length} have come`);
  return { rc: Number(rc), stdout: all.subarray(0, Number(out)), stderr: all.subarray(Number(out)) };
}

const READS = 3;
const READ_MS = 10_000;

async function partOf(client: SerfClient, { host }: Wish, payload: string): Promise<Uint8Array> {
  for (let look = 1; look <= READS; look++) {
    for await (const reply of client.query({ name: 'jdos-read', payload, nodes: [host], timeoutMs: READ_MS })) {
      if (reply.kind === 'response') return reply.payload;
    }
  }
  throw new Error(`a part of what it has written did not come in ${READS} times ${READ_MS / 1000} s`);
}

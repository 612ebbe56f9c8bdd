import { appendFileSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { request as plainRequest } from 'node:http';
import { request as tlsRequest } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { event, events, ndjson } from '../event.testing.ts';
import { Rounds } from '../rounds.testing.ts';
import { TestLogs } from '../store.testing.ts';
import { receiverCredentials, writeWebhookConfig } from './credentials.ts';
import { type ReceiveEvent, type ReceiveOptions, receive } from './receive.ts';
import { Receiver, type ReceiverOptions } from './receiver.ts';
import { Spool } from './spool.ts';

const base = mkdtempSync(join(tmpdir(), 'jdos-receive-'));
afterAll(() => rmSync(base, { recursive: true, force: true }));
let folders = 0;
const folder = () => join(base, String(folders++));

/** As kube-apiserver sends it: the items say neither kind nor version. */
function listOf(all: readonly object[]): string {
  const items = all.map((one) => ({ ...one, kind: undefined, apiVersion: undefined }));
  return JSON.stringify({ kind: 'EventList', apiVersion: 'audit.k8s.io/v1', metadata: {}, items });
}

interface Sent {
  readonly method?: string;
  readonly path?: string;
  readonly token?: string;
  readonly body?: string;
  readonly tls?: { readonly ca: string; readonly cert?: string; readonly key?: string };
}

function send(
  port: number,
  { method = 'POST', path = '/', token, body, tls }: Sent,
): Promise<{ code: number; text: string; again: boolean }> {
  const headers = { 'content-type': 'application/json', ...(token && { authorization: `Bearer ${token}` }) };
  const options = { host: '127.0.0.1', port, method, path, headers, agent: false as const };
  return new Promise((resolve, reject) => {
    const request = tls ? tlsRequest({ ...options, ...tls }) : plainRequest(options);
    request.once('response', (response) => {
      response.setEncoding('utf8');
      void response.toArray().then((parts) => {
        const again = response.headers['retry-after'] !== undefined;
        resolve({ code: response.statusCode ?? 0, text: parts.join(''), again });
      }, reject);
    });
    request.once('error', reject);
    request.end(body);
  });
}

describe('the spool', () => {
  it('has every line that it acknowledged, in order, however it is cut into files and whenever it is opened again', async () => {
    const act = fc.oneof(
      fc.record({ kind: fc.constant('append' as const), lines: fc.array(fc.nat(), { minLength: 1, maxLength: 5 }) }),
      fc.record({ kind: fc.constantFrom('turn' as const, 'take' as const, 'open' as const, 'torn' as const) }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(act, { maxLength: 20 }), async (acts) => {
        const dir = folder();
        let spool = new Spool(dir);
        let expected = '';
        for (const one of acts) {
          if (one.kind === 'append') {
            const texts = one.lines.map((line) => `${line}\n`);
            await Promise.all(texts.map((text) => spool.append(Buffer.from(text))));
            expected += texts.join('');
          } else if (one.kind === 'take') {
            spool.remove(await spool.turn());
            expected = '';
          } else if (one.kind === 'turn') await spool.turn();
          else {
            // The process was killed, perhaps while it wrote what it acknowledged to nobody.
            await spool.close();
            const last = readdirSync(dir).sort().at(-1);
            if (one.kind === 'torn' && last) appendFileSync(join(dir, last), '{"half');
            spool = new Spool(dir);
          }
          expect(spool.bytes).toBe(expected.length);
        }
        const all = (await spool.turn()).map((path) => readFileSync(path, 'utf8')).join('');
        expect(all).toBe(expected);
        await spool.close();
      }),
      { numRuns: 25 },
    );
  });
});

describe('the receiver', () => {
  async function started(options: Partial<ReceiverOptions> = {}) {
    const spool = new Spool(folder());
    const receiver = await Receiver.start({ spool, ...options });
    return {
      receiver,
      spool,
      lines: async () =>
        (await spool.turn())
          .map((path) => readFileSync(path, 'utf8'))
          .join('')
          .split('\n')
          .filter(Boolean),
      [Symbol.asyncDispose]: () => receiver.stop(),
    };
  }

  it('keeps what it acknowledges, without the bodies of requests', async () => {
    await using it = await started();
    const secret = { ...event(0), requestObject: { data: 'c2VjcmV0' }, responseObject: { data: 'c2VjcmV0' } };
    expect(await send(it.receiver.port, { body: listOf([secret, event(1)]) })).toMatchObject({ code: 200 });
    expect((await it.lines()).map((line) => JSON.parse(line) as unknown)).toEqual([event(0), event(1)]);
    expect(it.receiver.received).toEqual({ requests: 1, events: 2, turnedAway: 0 });
  });

  it('lets in who has the token, over TLS, and nobody else', async () => {
    const { token, tls } = await receiverCredentials(base, ['127.0.0.1', 'audit.example.com']);
    await using it = await started({ token, tls });
    const ca = { ca: tls.cert };
    expect(await send(it.receiver.port, { tls: ca, token, body: listOf(events(1)) })).toMatchObject({ code: 200 });
    for (const wrong of ['', 'x', `${token}x`])
      expect(await send(it.receiver.port, { tls: ca, token: wrong, body: listOf(events(1)) })).toMatchObject({
        code: 401,
      });
    await expect(send(it.receiver.port, { body: listOf(events(1)), token })).rejects.toThrow();
    expect(await it.lines()).toHaveLength(1);
    expect(statSync(join(base, 'receive.token')).mode & 0o077).toBe(0);
    expect(await receiverCredentials(base, ['127.0.0.1'])).toEqual({ token, tls });
    expect((await receiverCredentials(base, ['10.0.0.1'])).tls.cert).not.toBe(tls.cert);
  });

  it('lets in who has a certificate of the right authority, and nobody else', async () => {
    const [server, client, stranger] = await Promise.all(['a', 'b', 'c'].map(() => madeFor(['127.0.0.1'])));
    await using it = await started({ tls: server!.tls, clientCa: client!.tls.cert });
    const as = (who?: typeof client) => ({ ca: server!.tls.cert, ...who?.tls });
    expect(await send(it.receiver.port, { tls: as(client), body: listOf(events(1)) })).toMatchObject({ code: 200 });
    await expect(send(it.receiver.port, { tls: as(stranger), body: listOf(events(1)) })).rejects.toThrow();
    await expect(send(it.receiver.port, { tls: as(), body: listOf(events(1)) })).rejects.toThrow();
  });

  it('says what it expected where something else comes', async () => {
    await using it = await started({ maxBytes: 2000 });
    const { port } = it.receiver;
    expect(await send(port, { method: 'GET' })).toMatchObject({ code: 405 });
    expect(await send(port, { body: '{"kind":"Pod"}' })).toMatchObject({
      code: 400,
      text: expect.stringContaining('expected an EventList'),
    });
    expect(await send(port, { body: 'hello' })).toMatchObject({ code: 400 });
    expect(await send(port, { body: listOf(events(40)) })).toMatchObject({
      code: 413,
      text: expect.stringContaining('2000 bytes'),
    });
    expect(await send(port, { method: 'GET', path: '/readyz' })).toMatchObject({ code: 200 });
    expect(await it.lines()).toEqual([]);
    expect(await send(port, { body: listOf(events(1)) })).toMatchObject({ code: 200 });
  });

  it('tells senders to come again while too much waits, and while it is paused', async () => {
    let paused: string | undefined;
    await using it = await started({ maxSpool: 1000, paused: () => paused });
    const { port } = it.receiver;
    expect(await send(port, { body: listOf(events(3)) })).toMatchObject({ code: 200 });
    expect(await send(port, { body: listOf(events(3)) })).toMatchObject({ code: 429, again: true });
    it.spool.remove(await it.spool.turn());
    paused = 'the disk is full';
    expect(await send(port, { body: listOf(events(3)) })).toMatchObject({ code: 429, again: true });
    expect(await send(port, { method: 'GET', path: '/readyz' })).toMatchObject({ code: 503 });
    paused = undefined;
    expect(await send(port, { body: listOf(events(3)) })).toMatchObject({ code: 200 });
  });
});

async function madeFor(names: readonly string[]) {
  const dir = folder();
  mkdirSync(dir);
  return receiverCredentials(dir, names);
}

/** A receiver at work on a store, round by round. */
class Receiving implements AsyncDisposable {
  readonly told: ReceiveEvent[] = [];
  readonly rounds = new Rounds();
  readonly port: Promise<number>;
  readonly #stop = new AbortController();
  readonly #done: Promise<void>;

  constructor(dir: string, options: Partial<ReceiveOptions> = {}) {
    const { promise, resolve } = Promise.withResolvers<number>();
    this.port = promise;
    const onEvent = (event: ReceiveEvent) => {
      this.told.push(event);
      if (event.kind === 'listening') resolve(event.port);
    };
    this.#done = receive({ dir, clock: this.rounds, signal: this.#stop.signal, onEvent, ...options });
    this.rounds.end(this.#done);
  }

  async send(all: readonly object[]): Promise<number> {
    return (await send(await this.port, { body: listOf(all) })).code;
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#done;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }
}

describe('receiving', () => {
  it('56 gives the rows that the same events give as lines of a log', async () => {
    const all = [...events(30), event(30, { verb: 'watch', annotations: { a: 'ü "quoted"' } })];
    const table = (logs: TestLogs) => logs.rows('SELECT * EXCLUDE (file) FROM events ORDER BY audit_id');
    await using sent = new TestLogs();
    await using read = new TestLogs();
    await read.import([read.file('audit.log', ndjson(all))]);
    await using receiving = new Receiving(sent.dir);
    expect(await receiving.send(all)).toBe(200);
    await receiving.rounds.next();
    expect(await table(sent)).toEqual(await table(read));
    expect(await sent.rows('SELECT DISTINCT file FROM events')).toEqual([['webhook']]);
  });

  it('59 takes once what is sent again, counts what is no event, and leaves nothing in the spool', async () => {
    await using logs = new TestLogs();
    await using receiving = new Receiving(logs.dir);
    await Promise.all([receiving.send(events(20)), receiving.send(events(20)), receiving.send([{ verb: 'get' }])]);
    await receiving.rounds.next();
    await receiving.send(events(5, {}, 18));
    await receiving.rounds.next();
    const taken = receiving.told.flatMap((told) => (told.kind === 'taken' ? [told.result] : []));
    expect(taken).toMatchObject([
      { events: 20, duplicates: 20, rejected: 1 },
      { events: 3, duplicates: 2, rejected: 0 },
    ]);
    expect(readdirSync(join(logs.dir, 'spool'))).toHaveLength(0);
  });

  it('58 takes in at the end what it acknowledged, and at the next start what it could not', async () => {
    await using logs = new TestLogs();
    await using first = new Receiving(logs.dir);
    expect(await first.send(events(4))).toBe(200);
    await first.stop();
    expect(await logs.ids()).toHaveLength(4);
    const spool = new Spool(join(logs.dir, 'spool'));
    await spool.append(ndjson(events(4, {}, 4)));
    await spool.close();
    await using second = new Receiving(logs.dir);
    await second.rounds.over();
    expect(await logs.ids()).toHaveLength(8);
  });

  it('65 a full disk makes senders come again, with an alarm, until there is space', async () => {
    let free = 2 ** 40;
    await using logs = new TestLogs();
    await using receiving = new Receiving(logs.dir, { free: () => free });
    expect(await receiving.send(events(3))).toBe(200);
    free = 1000;
    await receiving.rounds.next();
    expect(await receiving.send(events(3, {}, 3))).toBe(429);
    free = 2 ** 40;
    await receiving.rounds.next();
    expect(await receiving.send(events(3, {}, 3))).toBe(200);
    await receiving.rounds.next();
    expect(receiving.told.map(({ kind }) => kind)).toEqual(['listening', 'paused', 'resumed', 'taken', 'taken']);
    expect(await logs.ids()).toEqual(events(6).map(({ auditID }) => auditID));
  });
});

it('writes the file that kube-apiserver takes, for its owner only', () => {
  const file = join(base, 'webhook.kubeconfig');
  writeWebhookConfig(file, { url: 'https://127.0.0.1:8448/', ca: 'PEM', token: 'abc' });
  const config = JSON.parse(readFileSync(file, 'utf8')) as { clusters: unknown; users: unknown };
  expect(config.clusters).toEqual([
    { name: 'jdos', cluster: { server: 'https://127.0.0.1:8448/', 'certificate-authority-data': 'UEVN' } },
  ]);
  expect(config.users).toEqual([{ name: 'kube-apiserver', user: { token: 'abc' } }]);
  expect(statSync(file).mode & 0o077).toBe(0);
});

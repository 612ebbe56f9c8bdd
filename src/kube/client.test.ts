import { once } from 'node:events';
import type { Http2ServerResponse, ServerHttp2Session } from 'node:http2';
import { type AddressInfo, createServer, connect as dial, type Server, type Socket } from 'node:net';
import { Registry } from 'prom-client';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type ClientOptions, KubeClient } from './client.ts';
import { VirtualClock } from './clock.ts';
import type { ClusterTarget } from './cluster-target.ts';
import { CONFIG_MAPS, NODES, PODS } from './resource-type.ts';
import { failure, isStatus, StatusError } from './status.ts';
import { answer, StubServer } from './stub-server.ts';

const pod = (name: string, version = '1') => ({
  metadata: { name, namespace: 'n', uid: name, resourceVersion: version, creationTimestamp: '' },
  spec: { containers: [] },
});

let server: StubServer;
let client: KubeClient;
const clients: KubeClient[] = [];

function connect(options: ClientOptions = {}, target: Partial<ClusterTarget> = {}): KubeClient {
  const made = new KubeClient({ server: server.url, tls: { ca: server.ca }, ...target }, options);
  clients.push(made);
  return made;
}

beforeEach(async () => {
  server = await StubServer.start();
  client = connect();
});

afterEach(async () => {
  await server.stop();
  await Promise.all(clients.splice(0).map((one) => one.close()));
});

const last = () => server.seen.at(-1)!;

/** Carries connections on; those that are blocked stay open and carry nothing more, as behind a lost router. */
class Road {
  readonly #server: Server;
  #pairs: Socket[][] = [];

  constructor(url: string) {
    this.#server = createServer((near) => {
      const far = dial(Number(new URL(url).port), '127.0.0.1');
      near.pipe(far).pipe(near);
      for (const socket of [near, far]) socket.on('error', () => {});
      this.#pairs.push([near, far]);
    });
  }

  async open(): Promise<string> {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
    return `https://localhost:${(this.#server.address() as AddressInfo).port}`;
  }

  block(): void {
    for (const socket of this.#pairs.flat()) socket.unpipe().pause();
  }

  close(): void {
    for (const socket of this.#pairs.flat()) socket.destroy();
    this.#server.close();
  }
}

for (const http2 of [true, false]) {
  describe(http2 ? 'over HTTP/2' : 'over HTTP/1.1', () => {
    beforeEach(() => {
      client = connect({ http2 });
    });

    it('speaks the protocol asked for', async () => {
      await client.get(PODS, 'a', { namespace: 'n' });
      expect(last().httpVersion).toBe(http2 ? '2.0' : '1.1');
      expect(last().url).toBe('/api/v1/namespaces/n/pods/a');
      expect(last().headers['user-agent']).toBe('jdos');
    });

    it('reads the events of a watch across chunks, and ends when the server ends', async () => {
      server.respond = (_, response) => {
        response.writeHead(200);
        const text = `{"type":"ADDED","object":{"metadata":{"name":"ä"}}}\n{"type":"BOOKMARK","object":{}}\n{"typ`;
        const bytes = Buffer.from(text);
        const middle = bytes.indexOf(0xc3) + 1;
        response.write(bytes.subarray(0, middle));
        setImmediate(() => response.end(bytes.subarray(middle)));
      };
      const events = await Array.fromAsync(client.watch(PODS, { resourceVersion: '5', allowWatchBookmarks: true }));
      expect(events).toEqual([
        { type: 'ADDED', object: { metadata: { name: 'ä' } } },
        { type: 'BOOKMARK', object: {} },
      ]);
      expect(last().url).toBe('/api/v1/pods?resourceVersion=5&watch=true&allowWatchBookmarks=true');
    });

    it('throws the Status of an ERROR event', async () => {
      server.respond = (_, response) =>
        response.end(`${JSON.stringify({ type: 'ERROR', object: failure('Expired', 'too old').status })}\n`);
      const error = await Array.fromAsync(client.watch(PODS)).catch((e: unknown) => e);
      expect(isStatus(error, 'Expired')).toBe(true);
    });

    it('stops a watch when its signal aborts and when the reader stops, and the server notices', async () => {
      const closed: Promise<unknown>[] = [];
      server.respond = (_, response) => {
        closed.push(new Promise((resolve) => response.once('close', resolve)));
        response.writeHead(200);
        response.write('{"type":"ADDED","object":{}}\n');
      };
      const stop = new AbortController();
      const aborted = (async () => {
        for await (const _ of client.watch(PODS, { signal: stop.signal })) stop.abort(new Error('enough'));
      })();
      await expect(aborted).rejects.toThrow('enough');
      for await (const _ of client.watch(PODS)) break;
      await Promise.all(closed);
      expect(closed).toHaveLength(2);
    });

    it('takes a silent watch for dead', async () => {
      const clock = new VirtualClock();
      client = connect({ http2, clock, watchIdleMs: 1000 });
      const arrived = Promise.withResolvers<void>();
      server.respond = (_, response) => {
        response.writeHead(200);
        response.write('{"type":"ADDED","object":{}}\n');
      };
      const ended = (async () => {
        for await (const _ of client.watch(PODS, { allowWatchBookmarks: true })) arrived.resolve();
      })();
      await arrived.promise;
      const caught = expect(ended).rejects.toThrow(/GET .*pods: nothing came for 1000 ms/);
      await clock.advance(2000);
      await caught;
    });

    it('lets a watch without bookmarks be silent', async () => {
      const clock = new VirtualClock();
      client = connect({ http2, clock, watchIdleMs: 1000 });
      let response: Http2ServerResponse | undefined;
      server.respond = (_, opened) => {
        response = opened;
        opened.writeHead(200);
        opened.write('{"type":"ADDED","object":{}}\n');
      };
      const events = client.watch(PODS)[Symbol.asyncIterator]();
      await events.next();
      await clock.advance(60_000);
      response!.end('{"type":"MODIFIED","object":{}}\n');
      expect((await events.next()).value).toMatchObject({ type: 'MODIFIED' });
    });

    it('leaves a connection behind that has gone dead without a word', async () => {
      const clock = new VirtualClock();
      const road = new Road(server.url);
      client = connect({ http2, clock, watchIdleMs: 1000 }, { server: await road.open() });
      server.respond = (_, response) => {
        response.writeHead(200);
        response.write('{"type":"ADDED","object":{}}\n');
      };
      const first = client.watch(PODS, { allowWatchBookmarks: true })[Symbol.asyncIterator]();
      await first.next();
      road.block();
      const dead = expect(first.next()).rejects.toThrow('nothing came');
      await clock.advance(2000);
      await dead;
      const second = client.watch(PODS, { allowWatchBookmarks: true })[Symbol.asyncIterator]();
      expect((await second.next()).value).toMatchObject({ type: 'ADDED' });
      road.close();
    });

    it('tells of a connection that broke in the middle of a watch', async () => {
      server.respond = (_, response) => {
        response.writeHead(200);
        response.write('{"type":"ADDED","object":{}}\n');
      };
      const ended = (async () => {
        for await (const _ of client.watch(PODS)) server.crash();
      })();
      await expect(ended).rejects.toMatchObject({ name: 'ConnectionError' });
    });

    it('sends writes beside a thousand open watches', async () => {
      server.respond = (request, response) => {
        if (!request.url.includes('watch=true')) return answer(response, 201, pod('a'));
        response.writeHead(200);
        response.write('{"type":"ADDED","object":{}}\n');
      };
      const stop = new AbortController();
      const watches = Array.from({ length: http2 ? 1000 : 50 }, () => {
        const events = client.watch(PODS, { signal: stop.signal })[Symbol.asyncIterator]();
        return events.next().then(() => events);
      });
      const open = await Promise.all(watches);
      await client.create(PODS, pod('a'));
      expect(server.connections).toBeLessThanOrEqual(http2 ? 14 : 60);
      stop.abort();
      await Promise.allSettled(open.map((events) => events.next()));
    });

    it('asks again after a connection broke before the answer to a GET', async () => {
      let times = 0;
      server.respond = (_, response) => (++times === 1 ? server.crash() : answer(response, 200, pod('a')));
      expect((await client.get(PODS, 'a', { namespace: 'n' })).metadata.name).toBe('a');
      expect(times).toBe(2);
    });

    it('never sends a write twice by itself', async () => {
      server.respond = () => server.crash();
      await expect(client.create(PODS, pod('a'))).rejects.toMatchObject({ name: 'ConnectionError' });
      expect(server.seen.filter((request) => request.method === 'POST')).toHaveLength(1);
    });

    it('sends each impersonated group in a header of its own', async () => {
      client = connect({ http2 }, { impersonate: { user: 'u', groups: ['a', 'b'] } });
      await client.get(NODES, 'x');
      const groups = last().rawHeaders.filter((_, i, all) => all[i - 1]?.toLowerCase() === 'impersonate-group');
      expect(groups).toEqual(['a', 'b']);
      expect(last().headers['impersonate-user']).toBe('u');
    });

    it('reads logs as they come', async () => {
      server.respond = (_, response) => response.end('one\ntwo\n');
      const text = Buffer.concat(
        await Array.fromAsync(client.logs('a', { namespace: 'n', container: 'c', tailLines: 5 })),
      );
      expect(text.toString()).toBe('one\ntwo\n');
      expect(last().url).toBe('/api/v1/namespaces/n/pods/a/log?container=c&tailLines=5');
    });
  });
}

describe('refusals and faults', () => {
  it('throws the Status that the server gave', async () => {
    server.respond = (_, response) => answer(response, 404, failure('NotFound', 'pods "a" not found').status);
    const error = await client.get(PODS, 'a').catch((e: unknown) => e);
    expect(error).toBeInstanceOf(StatusError);
    expect(error).toMatchObject({ code: 404, reason: 'NotFound', message: 'pods "a" not found' });
  });

  it('takes an answer that is not JSON for a fault', async () => {
    server.respond = (_, response) => response.writeHead(200).end('<html>welcome</html>');
    await expect(client.get(PODS, 'a')).rejects.toMatchObject({ name: 'ConnectionError' });
  });

  it('makes a Status where a proxy answered instead', async () => {
    server.respond = (_, response) => response.writeHead(403).end('<html>no</html>');
    const error = await client.get(PODS, 'a').catch((e: unknown) => e);
    expect(error).toMatchObject({ code: 403, reason: 'Forbidden', message: '<html>no</html>' });
  });

  it('waits and sends again where the server says Retry-After, also writes', async () => {
    const clock = new VirtualClock();
    client = connect({ clock });
    server.respond = (_, response) => {
      const status = failure('TooManyRequests', 'later').status;
      if (server.seen.length === 1) answer(response, 429, status, { 'retry-after': '2' });
      else answer(response, 201, pod('a'));
    };
    let made: string | undefined;
    void client.create(PODS, pod('a')).then(({ metadata }) => (made = metadata.name));
    while (made === undefined) await clock.advance(500);
    expect(made).toBe('a');
    expect(server.seen).toHaveLength(2);
  });

  it('gives up on Retry-After after its number of retries, and tells how long to wait', async () => {
    client = connect({ retries: 0 });
    const status = failure('TooManyRequests', 'later').status;
    server.respond = (_, response) => answer(response, 429, status, { 'retry-after': '9' });
    const error = (await client.create(PODS, pod('a')).catch((e: unknown) => e)) as StatusError;
    expect(error.status.details?.retryAfterSeconds).toBe(9);
  });

  it('signs in anew once when the server answers 401', async () => {
    let token = 'old';
    client = connect({}, { authorization: () => `Bearer ${token}`, renew: () => (token = 'new') });
    server.respond = (request, response) =>
      request.headers.authorization === 'Bearer new'
        ? answer(response, 200, pod('a'))
        : answer(response, 401, failure('Unauthorized', 'Unauthorized').status);
    expect((await client.get(PODS, 'a')).metadata.name).toBe('a');
    token = 'bad';
    server.respond = (_, response) => answer(response, 401, failure('Unauthorized', 'Unauthorized').status);
    await expect(client.get(PODS, 'a')).rejects.toMatchObject({ reason: 'Unauthorized' });
    expect(server.seen).toHaveLength(4);
  });

  it('tells where it could not connect, and why', async () => {
    client = connect({}, { server: 'https://127.0.0.1:1' });
    const error = (await client.get(PODS, 'a').catch((e: unknown) => e)) as Error;
    expect(error.name).toBe('ConnectionError');
    expect(error.message).toMatch(/^GET https:\/\/127.0.0.1:1\/api\/v1\/pods\/a: .*ECONNREFUSED/);
    expect(error.cause).toBeInstanceOf(Error);
  });

  it('does not trust a certificate of an authority it was not given', async () => {
    client = connect({}, { tls: {} });
    await expect(client.get(PODS, 'a')).rejects.toThrow(/self-signed certificate/);
    client = connect({}, { tls: { insecure: true } });
    await client.get(PODS, 'a');
  });

  it("checks the name it was told instead of the address's", async () => {
    const { port } = new URL(server.url);
    client = connect({}, { server: `https://127.0.0.1:${port}` });
    await expect(client.get(PODS, 'a')).rejects.toThrow(/IP|altnames/i);
    client = connect({}, { server: `https://127.0.0.1:${port}`, tls: { ca: server.ca, serverName: 'localhost' } });
    await client.get(PODS, 'a');
  });

  it("rejects with the signal's reason when aborted, before and during", async () => {
    await expect(client.get(PODS, 'a', { signal: AbortSignal.abort(new Error('before')) })).rejects.toThrow('before');
    const stop = new AbortController();
    server.respond = () => stop.abort(new Error('during'));
    await expect(client.get(PODS, 'a', { signal: stop.signal })).rejects.toThrow('during');
  });

  it('gives up at once when aborted while it waits for a connection', async () => {
    const held: Socket[] = [];
    const silent = createServer((socket) => held.push(socket)).listen(0, '127.0.0.1');
    await once(silent, 'listening');
    client = connect({}, { server: `https://127.0.0.1:${(silent.address() as AddressInfo).port}` });
    const stop = new AbortController();
    silent.once('connection', () => stop.abort(new Error('no longer')));
    await expect(client.get(PODS, 'a', { signal: stop.signal })).rejects.toThrow('no longer');
    for (const socket of held) socket.destroy();
    silent.close();
  });

  it('gives up a request that gets no answer in time', async () => {
    client = connect({ timeoutMs: 100 });
    server.respond = () => {};
    await expect(client.create(PODS, pod('a'))).rejects.toMatchObject({ name: 'ConnectionError' });
  });

  it('moves to a new connection when the server says GOAWAY, and lets the watches on the old one go on', async () => {
    const sessions: ServerHttp2Session[] = [];
    server.server.on('session', (session) => sessions.push(session));
    let watch: Http2ServerResponse | undefined;
    server.respond = (request, response) => {
      if (!request.url.includes('watch')) return answer(response, 200, pod('a'));
      response.writeHead(200);
      response.write('{"type":"ADDED","object":{}}\n');
      watch = response;
    };
    const events = client.watch(PODS)[Symbol.asyncIterator]();
    await events.next();
    await client.get(PODS, 'a');
    for (const session of sessions) session.goaway(0);
    const second = events.next();
    await client.get(PODS, 'a');
    await client.get(PODS, 'a');
    watch!.end('{"type":"MODIFIED","object":{}}\n');
    expect((await second).value).toMatchObject({ type: 'MODIFIED' });
    expect((await events.next()).done).toBe(true);
    expect(server.connections).toBe(3);
  });

  it('counts its requests into the registry it was given', async () => {
    const metrics = new Registry();
    client = connect({ metrics });
    const one = connect({ metrics });
    while (!(await metrics.metrics()).includes('rest_client')) await new Promise((resolve) => setImmediate(resolve));
    server.respond = (_, response) => answer(response, 404, failure('NotFound', 'none').status);
    await client.get(PODS, 'a').catch(() => {});
    await one.create(PODS, pod('a')).catch(() => {});
    const { host } = new URL(server.url);
    const text = await metrics.metrics();
    expect(text).toContain(`rest_client_requests_total{code="404",method="GET",host="${host}"} 1`);
    expect(text).toContain(`rest_client_requests_total{code="404",method="POST",host="${host}"} 1`);
    expect(text).toContain(`rest_client_request_duration_seconds_count{verb="GET",host="${host}"} 1`);
  });

  it('passes warnings on', async () => {
    const warnings: string[] = [];
    client = connect({ onWarning: (text) => warnings.push(text) });
    server.respond = (_, response) => answer(response, 200, {}, { warning: '299 - "say \\"x\\"", 299 - "two"' });
    await client.get(CONFIG_MAPS, 'a', { namespace: 'n' });
    expect(warnings).toEqual(['say "x"', 'two']);
  });

  it('is closed for good, and its watches with it', async () => {
    server.respond = (_, response) => {
      response.writeHead(200);
      response.write('{"type":"ADDED","object":{}}\n');
    };
    const events = client.watch(PODS)[Symbol.asyncIterator]();
    await events.next();
    const next = expect(events.next()).rejects.toThrow();
    await client.close();
    await next;
    await expect(client.get(PODS, 'a')).rejects.toMatchObject({ name: 'ConnectionError' });
  });
});

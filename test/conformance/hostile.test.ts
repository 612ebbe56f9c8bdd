/** What bad input and hostile clients get: the Status that Kubernetes gives, and nobody else notices. */
import { readFileSync } from 'node:fs';
import { type ClientHttp2Session, connect } from 'node:http2';
import { connect as dialPlain } from 'node:net';
import { connect as dial, type TLSSocket } from 'node:tls';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type RequestOptions, Wire } from './history/wire.ts';
import { PlaneProcess } from './plane-process.ts';

const MAPS = '/api/v1/namespaces/default/configmaps';
const MIB = 1024 * 1024;

let plane: PlaneProcess;
/** How much of the server's complaints has been looked at. */
let heard = 0;

beforeAll(async () => {
  plane = await PlaneProcess.start();
});

afterAll(() => plane?.dispose());

/** Whatever happened, an ordinary client and a health check go on, and nothing was the server's own fault. */
afterEach(async () => {
  const { complaints } = plane;
  const news = complaints.slice(heard);
  heard = complaints.length;
  expect(news).toBe('');
  expect(plane.running).toBe(true);
  const wire = new Wire(plane.access);
  expect((await raw('GET /livez HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n')).status).toBe(200);
  expect((await wire.request('POST', MAPS, { body: map('ordinary') })).status).toBe(201);
  expect((await wire.request('GET', `${MAPS}/ordinary`)).body.data.a).toBe('1');
  expect((await wire.request('DELETE', `${MAPS}/ordinary`)).status).toBe(200);
  wire.cut();
});

const map = (name: unknown, more: object = {}) => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, ...more },
  data: { a: '1' },
});
const json = (text: string) => ({ body: text });
const as = (type: string, body: unknown = '{}') => ({ body, headers: { 'content-type': type } });
const protobuf = (...bytes: number[]) =>
  as('application/vnd.kubernetes.protobuf', Buffer.from([0x6b, 0x38, 0x73, 0, ...bytes]));
const bomb = `a: &a [x,x,x,x,x,x,x,x,x]\n${[...'bcdefgh'].map((c, i) => `${c}: &${c} [${`*${'abcdefgh'[i]},`.repeat(9)}]`).join('\n')}\n`;
const nested = (open: string, close: string) =>
  `{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"deep"},"x":${open.repeat(100_000)}${close.repeat(100_000)}}`;
const deep = `${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}`;

type Case = readonly [what: string, method: string, path: string, options: RequestOptions, ...codes: number[]];

const CASES: readonly Case[] = [
  ['a body that is no JSON', 'POST', MAPS, json('{"a":'), 400],
  ['a body that is not there', 'POST', MAPS, {}, 400],
  ['a body that is null', 'POST', MAPS, json('null'), 400],
  ['a body that is a list', 'POST', MAPS, json('[]'), 400],
  ['a body that is a number', 'POST', MAPS, json('7'), 400],
  ['metadata that is a list', 'POST', MAPS, json('{"metadata":[]}'), 400],
  ['deep lists', 'POST', MAPS, json(nested('[', ']')), 400],
  ['deep objects', 'POST', MAPS, json(deep), 400],
  ['deep YAML', 'POST', MAPS, as('application/yaml', `a: ${'['.repeat(100_000)}`), 400],
  ['deep merge patch', 'PATCH', `${MAPS}/kube-root`, as('application/merge-patch+json', deep), 400, 404],
  ['deep apply', 'PATCH', `${MAPS}/deep?fieldManager=x`, as('application/apply-patch+yaml', deep), 400],
  [
    'bytes that are not UTF-8',
    'POST',
    MAPS,
    as('application/json', Buffer.from([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x3a, 0x31, 0x7d])),
    400,
  ],
  ['NUL bytes', 'POST', MAPS, as('application/json', Buffer.from([0, 0, 0])), 400],
  ['a NUL in a name', 'POST', MAPS, { body: map('a\0b') }, 422],
  ['a lone surrogate in a name', 'POST', MAPS, json('{"metadata":{"name":"\\ud800"}}'), 422],
  ['a slash in a name', 'POST', MAPS, { body: map('a/b') }, 422],
  ['a name of dots', 'POST', MAPS, { body: map('..') }, 422],
  ['a name that ends in a dot', 'POST', MAPS, { body: map('a.') }, 422],
  ['a name of another script', 'POST', MAPS, { body: map('naïve-名') }, 422],
  ['a name too long', 'POST', MAPS, { body: map('a'.repeat(100_000)) }, 422],
  ['a name that is a number', 'POST', MAPS, { body: map(7) }, 400],
  ['a name that is an object', 'POST', MAPS, { body: map({}) }, 400],
  ['a generateName of another script', 'POST', MAPS, { body: map(undefined, { generateName: 'Ünï' }) }, 422],
  ['labels that are a list', 'POST', MAPS, { body: map('x', { labels: [1] }) }, 400],
  ['finalizers that are a map', 'POST', MAPS, { body: map('x', { finalizers: { a: 1 } }) }, 400],
  [
    'managedFields that are rubbish',
    'POST',
    `${MAPS}?dryRun=All`,
    { body: map('x', { managedFields: [{ fieldsV1: 7 }] }) },
    201,
    422,
  ],
  ['a YAML bomb', 'POST', MAPS, as('application/yaml', bomb), 400],
  ['YAML that is none', 'POST', MAPS, as('application/yaml', 'a: [\t}'), 400],
  ['YAML of two documents', 'POST', MAPS, as('application/yaml', 'a: 1\n---\nb: 2\n'), 400],
  ['YAML that merges itself', 'POST', MAPS, as('application/yaml', 'a: &a\n  <<: *a\n'), 400],
  ['protobuf without its first bytes', 'POST', MAPS, as('application/vnd.kubernetes.protobuf', 'abc'), 400],
  ['protobuf cut short', 'POST', MAPS, protobuf(0x0a, 0x10, 0x0a), 400],
  ['protobuf of endless varints', 'POST', MAPS, protobuf(...Array<number>(64).fill(0xff)), 400],
  ['protobuf of nothing', 'POST', MAPS, protobuf(), 400, 422],
  ['XML', 'POST', MAPS, as('application/xml', '<a/>'), 415],
  ['a form', 'POST', MAPS, as('application/x-www-form-urlencoded', 'a=1'), 415],
  ['a patch without a type', 'PATCH', `${MAPS}/x`, as('application/json'), 415],
  ['an unknown patch type', 'PATCH', `${MAPS}/x`, as('application/foo-patch+json'), 415],
  ['an Accept that nobody gives', 'GET', MAPS, { headers: { accept: 'image/png' } }, 406],
  ['an unknown method', 'BREW', MAPS, {}, 405],
  ['TRACE', 'TRACE', MAPS, {}, 405],
  ['POST to an object', 'POST', `${MAPS}/x`, { body: map('x') }, 405],
  ['PUT to a collection', 'PUT', MAPS, { body: map('x') }, 405],
  ['PATCH of a collection', 'PATCH', MAPS, as('application/merge-patch+json'), 405],
  ['a version that is a word', 'GET', `${MAPS}?resourceVersion=abc`, {}, 400],
  ['a version below zero', 'GET', `${MAPS}?resourceVersion=-1`, {}, 400],
  ['a version beyond all numbers', 'GET', `${MAPS}?resourceVersion=99999999999999999999999`, {}, 400],
  ['a version of the far future', 'GET', `${MAPS}?resourceVersion=900000000000`, {}, 504],
  ['a watch from a word', 'GET', `${MAPS}?watch=1&resourceVersion=abc`, {}, 400],
  ['an object at a word', 'GET', `${MAPS}/kube-root-ca.crt?resourceVersion=abc`, {}, 400],
  ['a continue that is rubbish', 'GET', `${MAPS}?continue=rubbish`, {}, 400],
  [
    'a continue that is JSON of nothing',
    'GET',
    `${MAPS}?continue=${Buffer.from('null').toString('base64url')}`,
    {},
    400,
  ],
  ['a continue of the far future', 'GET', `${MAPS}?continue=${token({ rv: 9e11, start: 'a' })}`, {}, 400, 410, 504],
  [
    'a continue of odd parts',
    'GET',
    `${MAPS}?continue=${token({ rv: -7, start: '\0', left: 'x' })}`,
    {},
    200,
    400,
    410,
  ],
  ['a continue and a version', 'GET', `${MAPS}?continue=${token({ rv: 3, start: 'a' })}&resourceVersion=3`, {}, 400],
  ['a limit that is a word', 'GET', `${MAPS}?limit=abc`, {}, 400],
  ['a limit below zero', 'GET', `${MAPS}?limit=-1`, {}, 200, 400],
  ['a limit beyond all numbers', 'GET', `${MAPS}?limit=1e400`, {}, 400],
  ['a match without a version', 'GET', `${MAPS}?resourceVersionMatch=Exact`, {}, 422],
  ['an unknown match', 'GET', `${MAPS}?resourceVersion=3&resourceVersionMatch=Maybe`, {}, 422],
  ['a timeout that is a word', 'GET', `${MAPS}?watch=1&timeoutSeconds=abc`, {}, 400],
  ['a selector that is rubbish', 'GET', `${MAPS}?labelSelector=${encodeURIComponent('a in (')}`, {}, 400],
  ['a selector of another script', 'GET', `${MAPS}?labelSelector=${encodeURIComponent('ключ=да')}`, {}, 400],
  ['a field selector that is rubbish', 'GET', `${MAPS}?fieldSelector=a`, {}, 400],
  ['a field nobody selects by', 'GET', `${MAPS}?fieldSelector=data.a%3D1`, {}, 400],
  ['a dry run of some', 'POST', `${MAPS}?dryRun=Some`, { body: map('x') }, 400, 422],
  ['an unknown validation', 'POST', `${MAPS}?fieldValidation=Maybe`, { body: map('x') }, 400, 422],
  ['a manager too long', 'POST', `${MAPS}?fieldManager=${'x'.repeat(300)}`, { body: map('x') }, 400, 422],
  ['an apply without a manager', 'PATCH', `${MAPS}/x`, as('application/apply-patch+yaml', 'a: 1'), 400, 422],
  [
    'an unknown form of objects in a table',
    'GET',
    `${MAPS}?includeObject=All`,
    { headers: { accept: 'application/json;as=Table;v=v1;g=meta.k8s.io' } },
    400,
  ],
  ['a query given twice', 'GET', `${MAPS}?limit=1&limit=rubbish&watch=0&watch=1`, {}, 200],
  ['a huge query', 'GET', `${MAPS}?labelSelector=${'a,'.repeat(15_000)}a`, {}, 200, 400, 414, 431],
  ['a slash hidden in a name', 'GET', `${MAPS}/a%2fb`, {}, 400, 404],
  ['a slash hidden in a namespace', 'GET', '/api/v1/namespaces/a%2f..%2fkube-system/secrets', {}, 200, 400, 404],
  [
    'an apply to a hidden slash',
    'PATCH',
    `${MAPS}/a%2fb?fieldManager=x`,
    as('application/apply-patch+yaml', 'metadata: {labels: {a: b}}'),
    400,
    422,
  ],
  ['dots that climb', 'GET', `${MAPS}/../../../../../etc/passwd`, {}, 400, 404],
  ['hidden dots that climb', 'GET', `${MAPS}/%2e%2e/%2e%2e/%2e%2e/%2e%2e/x`, {}, 400, 404],
  ['empty parts of a path', 'GET', '/api/v1//namespaces//default', {}, 301, 400, 404],
  ['a path of nothing but slashes', 'GET', '//', {}, 301, 400, 404],
  ['a path that looks like a host', 'GET', '//evil:99999999/api', {}, 301, 400, 404],
  ['a path with an open bracket', 'GET', '//[/api', {}, 301, 400, 404],
  ['a path that is no text', 'GET', `${MAPS}/%ff%fe`, {}, 400, 404],
  ['a path half escaped', 'GET', `${MAPS}/%zz`, {}, 400, 404],
  ['a NUL in a path', 'GET', `${MAPS}/a%00b`, {}, 400, 404],
  ['a path named like a property', 'GET', '/apis/__proto__/constructor/toString', {}, 404],
  ['an object named like a property', 'GET', `${MAPS}/__proto__`, {}, 404],
  ['a subresource named like a property', 'GET', `${MAPS}/x/constructor`, {}, 404],
  ['a very long path', 'GET', `${MAPS}/${'a/'.repeat(15_000)}`, {}, 404, 414],
  [
    'delete options that are rubbish',
    'DELETE',
    `${MAPS}/kube-root-ca.crt`,
    json('{"preconditions":7,"gracePeriodSeconds":"x"}'),
    400,
    404,
    422,
  ],
  ['a dry run that is a number', 'DELETE', `${MAPS}/x`, json('{"dryRun":7}'), 400, 404],
  [
    'a JSON patch that is an object',
    'PATCH',
    '/api/v1/namespaces/default',
    as('application/json-patch+json', '{}'),
    400,
  ],
  [
    'a JSON patch of rubbish',
    'PATCH',
    '/api/v1/namespaces/default',
    as('application/json-patch+json', '[7,null,{"op":"x"}]'),
    400,
  ],
  [
    'a JSON patch that copies itself',
    'PATCH',
    '/api/v1/namespaces/default',
    as('application/json-patch+json', JSON.stringify(copies(40))),
    400,
    413,
    422,
  ],
  ['a patch that is null', 'PATCH', '/api/v1/namespaces/default', as('application/merge-patch+json', 'null'), 400, 422],
  [
    'a strategic patch of rubbish',
    'PATCH',
    '/api/v1/namespaces/default',
    as('application/strategic-merge-patch+json', '{"metadata":{"$patch":"x","finalizers":7}}'),
    400,
    422,
  ],
];

function token(parts: object): string {
  return Buffer.from(JSON.stringify({ v: 'meta.k8s.io/v1', ...parts })).toString('base64url');
}

/** Each operation doubles the document. */
function copies(times: number): object[] {
  const ops: object[] = [{ op: 'add', path: '/metadata/annotations', value: { a: 'x'.repeat(1000) } }];
  for (let i = 0; i < times; i++)
    ops.push({ op: 'copy', from: '/metadata/annotations', path: `/metadata/annotations/${i}` });
  return ops;
}

describe('bad input', () => {
  for (const [what, method, path, options, ...codes] of CASES)
    it(`${what}: ${codes.join(' or ')}`, async () => {
      const wire = new Wire(plane.access);
      const { status, body } = await wire.request(method, path, options);
      wire.cut();
      expect(codes, JSON.stringify(body)?.slice(0, 500)).toContain(status);
      if (status < 400) return;
      expect(body).toMatchObject({ kind: 'Status', apiVersion: 'v1', status: 'Failure', code: status });
      expect(body.reason).toBeTruthy();
      expect(body.message).toBeTruthy();
    });
});

describe('a body beyond 3 MiB', () => {
  const tooLarge = Buffer.alloc(4 * MIB, 0x20);

  it('is refused with 413 over HTTP/2', async () => {
    const wire = new Wire(plane.access);
    const { status, body } = await wire.request('POST', MAPS, { body: tooLarge });
    expect([status, body.reason]).toEqual([413, 'RequestEntityTooLarge']);
    wire.cut();
  });

  it('is refused with 413 over HTTP/1.1, announced or endless', async () => {
    const head = `POST ${MAPS} HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n`;
    expect((await raw(`${head}content-length: ${400 * MIB}\r\n\r\n{`)).status).toBe(413);
    const chunk = `100000\r\n${' '.repeat(MIB)}\r\n`;
    expect((await raw(`${head}transfer-encoding: chunked\r\n\r\n`, chunk.repeat(5))).status).toBe(413);
  });
});

describe('headers', () => {
  it('too large are refused', async () => {
    const huge = `GET ${MAPS} HTTP/1.1\r\nhost: x\r\nx-huge: ${'x'.repeat(200_000)}\r\n\r\n`;
    expect([0, 400, 431]).toContain((await raw(huge)).status);
  });

  it('that are no HTTP end their connection only', async () => {
    for (const text of ['\r\n\r\n\r\n', 'GET', '\0\x01\x02', 'GET / HTTP/9.9\r\n\r\n', `${'A'.repeat(100_000)}`])
      expect([0, 400, 431, 505]).toContain((await raw(text)).status);
  });

  it('without a signed-in user get 401, impersonating nobody gets 403 or 400', async () => {
    const wire = new Wire(plane.access);
    const headers = { 'impersonate-group': 'x' };
    expect([400, 403, 500]).toContain((await wire.request('GET', MAPS, { headers })).status);
    wire.cut();
    const anonymous = await raw(`GET ${MAPS} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n`, '', false);
    expect(anonymous.status).toBe(401);
  });
});

describe('a hostile connection', () => {
  it('resets thousands of streams', { timeout: 60_000 }, async () => {
    const session = await open();
    for (let i = 0; i < 5_000 && !session.destroyed; i++) {
      const stream = session.request({ ':path': MAPS });
      stream.on('error', () => {});
      stream.close(8);
      if (i % 100 === 0) await new Promise((resolve) => setImmediate(resolve));
    }
    session.destroy();
  });

  it('is half open, or says nothing, a hundred times', async () => {
    const { hostname, port } = new URL(plane.access.url);
    const sockets = Array.from({ length: 100 }, (_, i) => {
      const socket = dialPlain({ host: hostname, port: Number(port), allowHalfOpen: true });
      socket.on('error', () => {});
      if (i % 2) socket.end('\x16\x03\x01');
      return socket;
    });
    const wire = new Wire(plane.access);
    expect((await wire.request('GET', MAPS)).status).toBe(200);
    wire.cut();
    for (const socket of sockets) socket.destroy();
  });

  it('sends bodies that never end, which keep nobody else waiting', async () => {
    const head = `POST ${MAPS} HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 1000\r\n\r\n{`;
    const sockets = await Promise.all(Array.from({ length: 300 }, () => secure()));
    for (const socket of sockets) socket.write(head);
    const wire = new Wire(plane.access);
    expect((await wire.request('GET', MAPS)).status).toBe(200);
    wire.cut();
    for (const socket of sockets) socket.destroy();
  });

  it('opens 10,000 watches', { timeout: 120_000 }, async () => {
    const before = memory();
    const sessions: ClientHttp2Session[] = [];
    let answered = 0;
    let events = 0;
    for (let i = 0; i < 4; i++) {
      const session = await open();
      sessions.push(session);
      for (let j = 0; j < 2_500; j++) {
        const stream = session.request({ ':path': `${MAPS}?watch=true&fieldSelector=metadata.name%3Dseen` });
        stream.on('response', () => answered++);
        stream.on('data', () => events++);
        stream.on('error', () => {});
      }
    }
    await until(() => answered === 10_000);
    const wire = new Wire(plane.access);
    expect((await wire.request('POST', MAPS, { body: map('seen') })).status).toBe(201);
    await until(() => events >= 10_000);
    expect(memory() - before).toBeLessThan(500 * MIB);
    expect((await wire.request('DELETE', `${MAPS}/seen`)).status).toBe(200);
    for (const session of sessions) session.destroy();
    wire.cut();
  });
});

describe('a client that does not read', () => {
  const OBJECTS = 600;
  const filler = 'x'.repeat(50_000);

  beforeAll(async () => {
    const wire = new Wire(plane.access);
    for (let i = 0; i < OBJECTS; i++)
      await wire.request('POST', MAPS, { body: { ...map(`big-${i}`, { labels: { big: 'yes' } }), data: { filler } } });
    wire.cut();
  }, 120_000);

  it('costs little memory: lists of 30 MB by the fifty', { timeout: 120_000 }, async () => {
    await stalled(`${MAPS}?labelSelector=big`, 50, async () => undefined);
  });

  it('costs little memory: watches with 30 MB of events, by the hundred, which go on when it reads again', {
    timeout: 120_000,
  }, async () => {
    const wire = new Wire(plane.access);
    const rev = (await wire.request('GET', `${MAPS}?limit=1`)).body.metadata.resourceVersion;
    const session = await open();
    const patient = session.request({ ':path': `${MAPS}?watch=true&resourceVersion=${rev}` });
    patient.pause();
    const patch = {
      headers: { 'content-type': 'application/merge-patch+json' },
      body: { metadata: { labels: { again: 'yes' } } },
    };
    await stalled(`${MAPS}?watch=true&resourceVersion=${rev}`, 100, async () => {
      for (let i = 0; i < OBJECTS; i++)
        expect((await wire.request('PATCH', `${MAPS}/big-${i}`, patch)).status).toBe(200);
    });
    let names = 0;
    let rest = '';
    patient.setEncoding('utf8');
    patient.on('data', (text: string) => {
      const lines = (rest + text).split('\n');
      rest = lines.pop()!;
      for (const line of lines) if (JSON.parse(line).object.metadata.name === `big-${names}`) names++;
    });
    patient.resume();
    await until(() => names === OBJECTS);
    session.destroy();
    wire.cut();
  });

  /** Opens connections that ask and never read, does something meanwhile, and weighs the server. */
  async function stalled(path: string, count: number, meanwhile: () => Promise<void>): Promise<void> {
    const before = memory();
    const sockets = await Promise.all(Array.from({ length: count }, () => secure()));
    for (const socket of sockets) {
      socket.pause();
      socket.write(`GET ${path} HTTP/1.1\r\nhost: x\r\n\r\n`);
    }
    await meanwhile();
    const wire = new Wire(plane.access);
    for (let i = 0; i < 20; i++) expect((await wire.request('GET', `${MAPS}/big-1`)).status).toBe(200);
    expect(memory() - before).toBeLessThan(250 * MIB);
    for (const socket of sockets) socket.destroy();
    wire.cut();
  }
});

/** Resident memory of the server, in bytes. */
function memory(): number {
  const kib = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${plane.pid}/status`, 'utf8'))?.[1];
  return Number(kib) * 1024;
}

async function open(): Promise<ClientHttp2Session> {
  const { url, ...credentials } = plane.access;
  const session = connect(url, credentials);
  session.on('error', () => {});
  await new Promise((resolve) => session.once('connect', resolve));
  return session;
}

async function secure(signedIn = true): Promise<TLSSocket> {
  const { url, ca, cert, key } = plane.access;
  const { hostname, port } = new URL(url);
  const socket = dial({
    host: hostname,
    port: Number(port),
    ca,
    ALPNProtocols: ['http/1.1'],
    ...(signedIn && { cert, key }),
  });
  socket.on('error', () => {});
  await new Promise<void>((resolve) => socket.once('secureConnect', () => resolve()));
  return socket;
}

/** Sends bytes over HTTP/1.1; the status of what comes back, 0 for a connection that is closed without a word. */
async function raw(head: string, rest = '', signedIn = true): Promise<{ status: number; text: string }> {
  const socket = await secure(signedIn);
  let text = '';
  const answered = new Promise<void>((resolve) => {
    socket.on('data', (chunk: Buffer) => {
      text += chunk.toString();
      if (text.includes('\r\n\r\n')) resolve();
    });
    socket.on('close', () => resolve());
  });
  socket.write(head);
  if (rest) socket.write(rest);
  // What is cut short never becomes a request: the client gives up.
  const giveUp = setTimeout(() => socket.end(), 500);
  await answered;
  clearTimeout(giveUp);
  socket.destroy();
  return { status: Number(/^HTTP\/1\.1 (\d+)/.exec(text)?.[1] ?? 0), text };
}

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 5));
}

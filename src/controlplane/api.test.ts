import { Readable } from 'node:stream';
import { beforeEach, describe, expect, it } from 'vitest';
import { MASTER, namespace, podOn, rule, TestPlane } from './plane.testing.ts';

let plane: TestPlane;
beforeEach(async () => {
  plane = await TestPlane.start();
  await plane.put(namespace('default'));
});

const MAPS = '/api/v1/namespaces/default/configmaps';
const LEASES = '/apis/coordination.k8s.io/v1/namespaces/default/leases';
const map = (name: string) => ({ kind: 'ConfigMap', apiVersion: 'v1', metadata: { name } });
const lease = (name: string) => ({ kind: 'Lease', apiVersion: 'coordination.k8s.io/v1', metadata: { name }, spec: {} });
const apply = { 'content-type': 'application/apply-patch+yaml' };

describe('a write that creates', () => {
  it('by apply needs the right to create', async () => {
    await plane.allow('ann', [rule('patch get', '', 'configmaps')]);
    const asked = { body: map('a'), headers: apply };
    expect((await plane.ask('ann', 'PATCH', `${MAPS}/a?fieldManager=x`, asked)).status).toBe(403);
    await plane.allow('ann', [rule('patch create', '', 'configmaps')]);
    expect((await plane.ask('ann', 'PATCH', `${MAPS}/a?fieldManager=x`, asked)).status).toBe(201);
  });

  it('by PUT needs the right to create', async () => {
    await plane.allow('ann', [rule('update', 'coordination.k8s.io', 'leases')]);
    expect((await plane.ask('ann', 'PUT', `${LEASES}/a`, { body: lease('a') })).status).toBe(403);
    await plane.allow('ann', [rule('update create', 'coordination.k8s.io', 'leases')]);
    expect((await plane.ask('ann', 'PUT', `${LEASES}/a`, { body: lease('a') })).status).toBe(201);
  });

  it('by PUT makes nothing but what the path names', async () => {
    const refused = await plane.ask(MASTER, 'PUT', `${LEASES}/a`, { body: lease('b') });
    expect(refused.status).toBe(400);
    expect(plane.stored('coordination.k8s.io', 'leases', 'default/b')).toBeUndefined();
  });

  it('by apply twice at once makes one object of both', async () => {
    const applied = ['x', 'y'].map((manager) =>
      plane.ask(MASTER, 'PATCH', `${MAPS}/a?fieldManager=${manager}`, {
        body: { ...map('a'), data: { [manager]: '1' } },
        headers: apply,
      }),
    );
    expect((await Promise.all(applied)).map((reply) => reply.status)).toEqual([201, 200]);
    expect(plane.stored('', 'configmaps', 'default/a').data).toEqual({ x: '1', y: '1' });
  });
});

describe('a path', () => {
  it('of a namespaced kind without a namespace is for lists only', async () => {
    await plane.put(podOn(undefined, 'a'));
    await plane.put({ ...namespace('undefined') });
    await plane.put({ ...podOn(undefined, 'a'), metadata: { name: 'a', namespace: 'undefined' } });
    const ask = async (method: string, path: string, body?: object) =>
      (await plane.ask(MASTER, method, path, body && { body })).status;
    expect(await ask('GET', '/api/v1/pods')).toBe(200);
    expect(await ask('DELETE', '/api/v1/pods')).toBe(405);
    expect(await ask('POST', '/api/v1/configmaps', map('a'))).toBe(405);
    expect(await ask('GET', '/api/v1/pods/a')).toBe(404);
    expect(await ask('DELETE', '/api/v1/pods/a')).toBe(404);
    expect(await ask('GET', '/api/v1/namespaces/default/nodes')).toBe(404);
    expect(plane.stored('', 'pods', 'undefined/a')).toBeDefined();
  });

  it('is for those who hold its verb: deleting one is not deleting all, nor reading it reading its parts', async () => {
    const pods = '/api/v1/namespaces/default/pods';
    await plane.put(podOn(undefined, 'a'));
    await plane.allow('ann', [rule('get list delete', '', 'pods')], 'default');
    const status = async (method: string, path: string) => (await plane.ask('ann', method, path)).status;
    expect(await status('GET', `${pods}/a`)).toBe(200);
    for (const path of [`${pods}/a/log`, `${pods}/a/status`, '/api/v1/namespaces/other/pods', '/api/v1/pods'])
      expect(await status('GET', path)).toBe(403);
    expect(await status('GET', `${pods}?watch=true`)).toBe(403);
    expect(await status('DELETE', pods)).toBe(403);
    for (const path of ['/metrics', '/openapi/v3', '/apis', '/version', '/api/v1', '/x'])
      expect(await status('GET', path)).toBe(403);
    expect(await status('DELETE', `${pods}/a`)).toBe(200);
  });

  it('may be asked for the one object that a role names', async () => {
    await plane.allow('ann', [rule('list', '', 'configmaps', 'a')], 'default');
    for (const name of ['a', 'b']) await plane.put({ ...map(name), metadata: { name, namespace: 'default' } });
    const one = await plane.ask('ann', 'GET', `${MAPS}?fieldSelector=metadata.name%3Da`);
    expect(one.body.items.map((item: { metadata: { name: string } }) => item.metadata.name)).toEqual(['a']);
    expect((await plane.ask('ann', 'GET', `${MAPS}?fieldSelector=metadata.name%3Db`)).status).toBe(403);
    expect((await plane.ask('ann', 'GET', MAPS)).status).toBe(403);
  });
});

describe('an answer', () => {
  it('warns of a field in any script', async () => {
    const answer = await plane.ask(MASTER, 'POST', MAPS, { body: { ...map('a'), '日本\u007f': 1 } });
    expect(answer.status).toBe(201);
    expect(Buffer.from(String(answer.headers.warning), 'latin1').toString()).toBe('299 - "unknown field \\"日本 \\""');
  });

  it.each(['constructor', '__proto__', 'toString'])('is refused in a form named %s', async (accept) => {
    expect((await plane.ask(MASTER, 'GET', MAPS, { headers: { accept } })).status).toBe(406);
    expect(plane.faults).toEqual([]);
  });
});

it('a client that never ends its body holds up nobody else', async () => {
  plane = await TestPlane.start({ seats: 1 });
  await plane.put(namespace('default'));
  await plane.ask(MASTER, 'GET', MAPS);
  const endless = new Readable({ read() {} });
  const slow = plane.send(endless, MASTER.name, 'POST', MAPS);
  expect((await plane.ask(MASTER, 'GET', MAPS)).status).toBe(200);
  endless.push(JSON.stringify(map('a')));
  endless.push(null);
  expect((await slow).status).toBe(201);
});

import { beforeEach, describe, expect, it } from 'vitest';
import { MASTER, namespace, podOn, TestPlane } from '../plane.testing.ts';
import type { Json } from '../registry/definition.ts';

const TOKENS = '/api/v1/namespaces/default/serviceaccounts/robot/token';
const HOUR = 3_600_000;
let plane: TestPlane;

const account = (name: string, more: object = {}): Json => ({
  kind: 'ServiceAccount',
  apiVersion: 'v1',
  metadata: { name, namespace: 'default', ...more },
});
const robotPod = (more: object = {}): Json => {
  const pod = podOn('a', 'pod', { serviceAccountName: 'robot' });
  return { ...pod, metadata: { ...pod.metadata, ...more } };
};
const request = (spec: object = {}) =>
  plane.ask(MASTER, 'POST', TOKENS, { body: { kind: 'TokenRequest', apiVersion: 'authentication.k8s.io/v1', spec } });
const tokenFor = async (spec: object = {}): Promise<string> => (await request(spec)).body.status.token;
const reader = (token: string, audiences?: string[]) => plane.tokens.verify(plane.plane, token, audiences);
const bound = { boundObjectRef: { kind: 'Pod', apiVersion: 'v1', name: 'pod' } };

beforeEach(async () => {
  plane = await TestPlane.start();
  await plane.put(namespace('default'));
  await plane.put(account('robot'));
  await plane.put(robotPod());
});

describe('a token', () => {
  it('says who its account is', async () => {
    expect(await reader(await tokenFor())).toMatchObject({
      name: 'system:serviceaccount:default:robot',
      uid: 'uid-of-robot',
      groups: ['system:serviceaccounts', 'system:serviceaccounts:default'],
    });
  });

  it('ends with its time', async () => {
    const token = await tokenFor({ expirationSeconds: 600 });
    await plane.clock.advance(599_000);
    expect(await reader(token)).toBeDefined();
    await plane.clock.advance(2_000);
    expect(await reader(token)).toBeUndefined();
  });

  it('ends with its account, and does not come back with another of the name', async () => {
    const token = await tokenFor();
    const accounts = plane.plane.of('', 'serviceaccounts');
    await plane.plane.store.write(accounts, 'default/robot', (current) => ({ remove: current!.parse() }));
    expect(await reader(token)).toBeUndefined();
    await plane.put(account('robot', { uid: 'another' }));
    expect(await reader(token)).toBeUndefined();
  });

  it('lets a Pod that is being deleted end its work', async () => {
    const token = await tokenFor(bound);
    const end = new Date(plane.clock.now() + 30_000).toISOString();
    await plane.put(robotPod({ deletionTimestamp: end }));
    expect(await reader(token)).toBeDefined();
    await plane.clock.advance(89_000);
    expect(await reader(token)).toBeDefined();
    await plane.clock.advance(2_000);
    expect(await reader(token)).toBeUndefined();
  });

  it('ends with the Pod that it is bound to', async () => {
    const token = await tokenFor(bound);
    await plane.plane.store.write(plane.plane.of('', 'pods'), 'default/pod', (current) => ({
      remove: current!.parse(),
    }));
    expect(await reader(token)).toBeUndefined();
  });

  it('is for its audiences only', async () => {
    const token = await tokenFor({ audiences: ['vault'] });
    expect(await reader(token)).toBeUndefined();
    expect(await reader(token, ['vault'])).toBeDefined();
  });

  it.each(['', 'x', 'a.b.c', `${Buffer.from('{"alg":"none"}').toString('base64url')}.e30.`])(
    'is not %j',
    async (text) => {
      expect(await reader(text)).toBeUndefined();
    },
  );

  it('of another server is none', async () => {
    const other = await TestPlane.start();
    await other.put(namespace('default'));
    await other.put(account('robot'));
    const body = { kind: 'TokenRequest', apiVersion: 'authentication.k8s.io/v1', spec: {} };
    const { token } = (await other.ask(MASTER, 'POST', TOKENS, { body })).body.status;
    expect(await other.tokens.verify(other.plane, token)).toBeDefined();
    expect(await reader(token)).toBeUndefined();
  });
});

describe('a request for a token', () => {
  it.each<[string, object, number]>([
    ['of too short a life', { expirationSeconds: 599 }, 422],
    ['of too long a life', { expirationSeconds: 2 ** 32 + 1 }, 422],
    ['bound to a Pod that is not there', { boundObjectRef: { kind: 'Pod', name: 'x' } }, 404],
    ['bound to another Pod of the name', { boundObjectRef: { kind: 'Pod', name: 'pod', uid: 'x' } }, 409],
    ['bound to something else', { boundObjectRef: { kind: 'constructor', name: 'x' } }, 400],
    ['bound to its Pod', bound, 201],
  ])('%s', async (_, spec, status) => {
    expect((await request(spec)).status).toBe(status);
  });

  it("bound to another account's Pod", async () => {
    await plane.put(podOn('a', 'pod', { serviceAccountName: 'other' }));
    expect((await request(bound)).status).toBe(400);
  });
});

it('a token is the caller of a request, and rights are looked up for its account', async () => {
  const token = await tokenFor({ expirationSeconds: HOUR / 1000 });
  const self = '/apis/authentication.k8s.io/v1/selfsubjectreviews';
  const { Readable } = await import('node:stream');
  const body = { kind: 'SelfSubjectReview', apiVersion: 'authentication.k8s.io/v1' };
  const ask = () => plane.send(Readable.from([Buffer.from(JSON.stringify(body))]), token, 'POST', self);
  expect((await ask()).status).toBe(403);
  await plane.allow('system:serviceaccount:default:robot', [
    { verbs: ['create'], apiGroups: ['authentication.k8s.io'], resources: ['selfsubjectreviews'] },
  ]);
  expect((await ask()).body.status.userInfo.groups).toContain('system:authenticated');
  expect((await plane.send(Readable.from([]), 'x', 'POST', self)).status).toBe(401);
});

import { beforeEach, describe, expect, it } from 'vitest';
import type { Caller } from '../handlers/request.ts';
import { MASTER, namespace, podOn, TestPlane } from '../plane.testing.ts';
import type { Json } from '../registry/definition.ts';

const NODE: Caller = { name: 'system:node:a', groups: ['system:nodes', 'system:authenticated'] };
const PODS = '/api/v1/namespaces/default/pods';
const ACCOUNTS = '/api/v1/namespaces/default/serviceaccounts';
let plane: TestPlane;

const READY = { type: 'Ready', status: 'True' };

const account = (name: string) => ({
  kind: 'ServiceAccount',
  apiVersion: 'v1',
  metadata: { name, namespace: 'default' },
});
const node = (name: string, more: object = {}) => ({ kind: 'Node', apiVersion: 'v1', metadata: { name, ...more } });

beforeEach(async () => {
  plane = await TestPlane.start();
  await plane.put(namespace('default'));
  await plane.put(node('a', { labels: { 'kubernetes.io/os': 'linux' } }));
  for (const name of ['used', 'other']) await plane.put(account(name));
  await plane.put(podOn('a', 'mine', { serviceAccountName: 'used' }));
  const theirs = podOn('b', 'theirs', { serviceAccountName: 'other' });
  await plane.put({ ...theirs, status: { phase: 'Running', conditions: [READY] } });
});

const merge = (path: string, body: Json) =>
  plane.ask(NODE, 'PATCH', path, { body, headers: { 'content-type': 'application/merge-patch+json' } });

describe('a node', () => {
  const token = (name: string, pod?: string) =>
    plane.ask(NODE, 'POST', `${ACCOUNTS}/${name}/token`, {
      body: {
        kind: 'TokenRequest',
        apiVersion: 'authentication.k8s.io/v1',
        spec: { ...(pod && { boundObjectRef: { kind: 'Pod', apiVersion: 'v1', name: pod, uid: `uid-of-${pod}` } }) },
      },
    });

  it.each([
    ['for an account and a Pod that it runs', 'used', 'mine', 201],
    ['for an account that no Pod on it uses', 'other', 'mine', 403],
    ["for another node's Pod", 'used', 'theirs', 403],
    ['that is bound to no Pod', 'used', undefined, 403],
  ] as const)('gets a token %s: %s of %s: %i', async (_, name, pod, status) => {
    expect((await token(name, pod)).status).toBe(status);
  });

  it.each<[string, object, number]>([
    ['nothing but itself', {}, 201],
    ['a secret', { volumes: [{ name: 'v', secret: { secretName: 's' } }] }, 403],
    ['a config map', { volumes: [{ name: 'v', configMap: { name: 's' } }] }, 403],
    ['a claim', { volumes: [{ name: 'v', persistentVolumeClaim: { claimName: 's' } }] }, 403],
    ['an account', { serviceAccountName: 'other' }, 403],
  ])('may make a mirror Pod that refers to %s: %j', async (_, spec, status) => {
    const { status: __, ...pod } = podOn('a', 'mirror', { automountServiceAccountToken: false, ...spec });
    const metadata = { name: 'mirror', annotations: { 'kubernetes.io/config.mirror': 'x' } };
    expect((await plane.ask(NODE, 'POST', PODS, { body: { ...pod, metadata } })).status).toBe(status);
  });

  it.each<[string, number]>([
    ['example.com/anything', 200],
    ['topology.kubernetes.io/zone', 200],
    ['node.kubernetes.io/anything', 200],
    ['my.node.kubernetes.io/anything', 200],
    ['node-restriction.kubernetes.io/tenant', 403],
    ['a.node-restriction.kubernetes.io/tenant', 403],
    ['node-role.kubernetes.io/control-plane', 403],
    ['other.k8s.io/anything', 403],
  ])('may give itself the label %s: %i', async (label, status) => {
    expect((await merge('/api/v1/nodes/a', { metadata: { labels: { [label]: 'x' } } })).status).toBe(status);
    const fresh = { ...NODE, name: 'system:node:c' };
    const created = await plane.ask(fresh, 'POST', '/api/v1/nodes', { body: node('c', { labels: { [label]: 'x' } }) });
    expect(created.status).toBe(status === 200 ? 201 : 403);
  });

  it('may not make itself the property of something that is deleted', async () => {
    const owner = { apiVersion: 'v1', kind: 'Pod', name: 'mine', uid: 'uid-of-mine' };
    expect((await merge('/api/v1/nodes/a', { metadata: { ownerReferences: [owner] } })).status).toBe(403);
  });

  it("writes its Pods' status, but not their labels with it", async () => {
    expect((await merge(`${PODS}/mine/status`, { status: { message: 'x' } })).status).toBe(200);
    expect((await merge(`${PODS}/mine/status`, { metadata: { labels: { a: 'b' } } })).status).toBe(403);
    expect((await merge(`${PODS}/theirs/status`, { status: { message: 'x' } })).status).toBe(403);
  });

  it.each(['DELETE', 'PUT', 'PATCH'])('does not reach other nodes by %s', async (method) => {
    const type = method === 'PATCH' ? 'application/merge-patch+json' : 'application/json';
    const asked = {
      body: method === 'DELETE' ? {} : node('b', { labels: { a: 'b' } }),
      headers: { 'content-type': type },
    };
    await plane.put(node('b'));
    expect((await plane.ask(NODE, method, '/api/v1/nodes/b', asked)).status).toBe(403);
  });

  it('deletes no Pods by the dozen, binds none and changes none', async () => {
    expect((await plane.ask(NODE, 'DELETE', PODS)).status).toBe(403);
    const target = { kind: 'Binding', apiVersion: 'v1', target: { kind: 'Node', name: 'a' } };
    expect((await plane.ask(NODE, 'POST', `${PODS}/mine/binding`, { body: target })).status).toBe(403);
    expect((await merge(`${PODS}/mine`, { metadata: { labels: { a: 'b' } } })).status).toBe(403);
  });
});

describe('an eviction that is refused', () => {
  const evict = (who: Caller, pod: string, deleteOptions: object = {}) =>
    plane.ask(who, 'POST', `${PODS}/${pod}/eviction`, {
      body: { kind: 'Eviction', apiVersion: 'policy/v1', metadata: { name: pod }, deleteOptions },
    });
  const budget = {
    kind: 'PodDisruptionBudget',
    apiVersion: 'policy/v1',
    metadata: { name: 'b', namespace: 'default', generation: 1 },
    spec: { selector: {} },
    status: { observedGeneration: 1, disruptionsAllowed: 1, currentHealthy: 2, desiredHealthy: 1 },
  };

  it.each<[string, () => ReturnType<typeof evict>, number]>([
    ["another node's", () => evict(NODE, 'theirs'), 403],
    ['of another Pod of that name', () => evict(MASTER, 'theirs', { preconditions: { uid: 'x' } }), 409],
    ['of an older state', () => evict(MASTER, 'theirs', { preconditions: { resourceVersion: '1' } }), 409],
  ])('leaves the Pod and its budget alone: %s', async (_, evicted, status) => {
    await plane.put(budget);
    expect((await evicted()).status).toBe(status);
    await plane.plane.store.flush();
    expect(plane.stored('', 'pods', 'default/theirs').status.conditions).toEqual([READY]);
    expect(plane.stored('policy', 'poddisruptionbudgets', 'default/b').status.disruptionsAllowed).toBe(1);
  });

  it('not of the present state', async () => {
    const { resourceVersion } = plane.stored('', 'pods', 'default/theirs').metadata;
    expect((await evict(MASTER, 'theirs', { preconditions: { resourceVersion } })).status).toBe(201);
    expect(plane.stored('', 'pods', 'default/theirs')).toBeUndefined();
  });
});

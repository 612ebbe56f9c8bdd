import { beforeEach, describe, expect, it } from 'vitest';
import { MASTER, namespace, podOn, TestPlane } from '../plane.testing.ts';
import type { Json } from '../registry/definition.ts';

const MAPS = '/api/v1/namespaces/default/configmaps';
const PODS = '/api/v1/namespaces/default/pods';
let plane: TestPlane;

const map = (name: string, more: object = {}): Json => ({
  kind: 'ConfigMap',
  apiVersion: 'v1',
  metadata: { name, namespace: 'default', ...more },
});
const remove = (path: string, body?: Json) => plane.ask(MASTER, 'DELETE', path, body && { body });

beforeEach(async () => {
  plane = await TestPlane.start();
  await plane.put(namespace('default'));
  await plane.put(map('a'));
});

describe('a deletion', () => {
  it.each<[string, Json, string[] | undefined]>([
    ['takes the object at once', {}, undefined],
    ['that orphans leaves it to the garbage collector', { propagationPolicy: 'Orphan' }, ['orphan']],
    ['of dependants first does too', { propagationPolicy: 'Foreground' }, ['foregroundDeletion']],
    ['as older clients put it does too', { orphanDependents: true }, ['orphan']],
    ['that is tried only changes nothing', { dryRun: ['All'] }, []],
  ])('%s: %j', async (_, options, finalizers) => {
    expect((await remove(`${MAPS}/a`, options)).status).toBe(200);
    const left = plane.stored('', 'configmaps', 'default/a');
    expect(left && (left.metadata.finalizers ?? [])).toEqual(finalizers);
    if (finalizers?.length) expect(left.metadata.deletionTimestamp).toBeDefined();
  });

  it('waits for its finalizers, and ends with the last of them', async () => {
    await plane.put(map('b', { finalizers: ['x.y/z'] }));
    expect((await remove(`${MAPS}/b`)).body.metadata.deletionGracePeriodSeconds).toBe(0);
    const asked = {
      body: { metadata: { finalizers: [] } },
      headers: { 'content-type': 'application/merge-patch+json' },
    };
    expect((await plane.ask(MASTER, 'PATCH', `${MAPS}/b`, asked)).status).toBe(200);
    expect(plane.stored('', 'configmaps', 'default/b')).toBeUndefined();
  });

  it.each<[Json, number]>([
    [{ preconditions: { uid: 'uid-of-a' } }, 200],
    [{ preconditions: { uid: 'x' } }, 409],
    [{ preconditions: { resourceVersion: '1' } }, 409],
    [{ gracePeriodSeconds: 1.5 }, 422],
    [{ gracePeriodSeconds: 1e300 }, 422],
    [{ propagationPolicy: 'Sideways' }, 422],
  ])('with %j: %i', async (options, status) => {
    expect((await remove(`${MAPS}/a`, options)).status).toBe(status);
  });

  it('gives a Pod on a node its grace, which may get shorter but not longer', async () => {
    await plane.put(podOn('n', 'p', { terminationGracePeriodSeconds: 30 }));
    const grace = () => plane.stored('', 'pods', 'default/p').metadata.deletionGracePeriodSeconds;
    await remove(`${PODS}/p`);
    expect(grace()).toBe(30);
    const before = plane.stored('', 'pods', 'default/p').metadata.resourceVersion;
    await remove(`${PODS}/p`, { gracePeriodSeconds: 60 });
    expect(plane.stored('', 'pods', 'default/p').metadata.resourceVersion).toBe(before);
    await remove(`${PODS}/p`, { gracePeriodSeconds: 5 });
    expect(grace()).toBe(5);
    await remove(`${PODS}/p`, { gracePeriodSeconds: 0 });
    expect(plane.stored('', 'pods', 'default/p')).toBeUndefined();
  });

  it('of many takes those that the selectors mean', async () => {
    await plane.put(map('b', { labels: { a: 'b' } }));
    await plane.put({
      ...map('b', { labels: { a: 'b' } }),
      metadata: { name: 'b', namespace: 'other', labels: { a: 'b' } },
    });
    const { body } = await remove(`${MAPS}?labelSelector=a%3Db`);
    expect(body.items.map((item: Json) => item.metadata.name)).toEqual(['b']);
    expect(plane.stored('', 'configmaps', 'default/a')).toBeDefined();
    expect(plane.stored('', 'configmaps', 'other/b')).toBeDefined();
  });
});

describe('an eviction', () => {
  const budget = (status: object, spec: object = {}): Json => ({
    kind: 'PodDisruptionBudget',
    apiVersion: 'policy/v1',
    metadata: { name: 'b', namespace: 'default', generation: 1 },
    spec: { selector: { matchLabels: {} }, ...spec },
    status: { observedGeneration: 1, disruptionsAllowed: 0, currentHealthy: 1, desiredHealthy: 1, ...status },
  });
  const ready = [{ type: 'Ready', status: 'True' }];

  it.each<[string, Json, Json | undefined, number]>([
    ['needs no budget', { phase: 'Running', conditions: ready }, undefined, 201],
    ['spends what the budget allows', { phase: 'Running', conditions: ready }, budget({ disruptionsAllowed: 1 }), 201],
    ['is refused where nothing is allowed', { phase: 'Running', conditions: ready }, budget({}), 429],
    [
      'is refused while the budget is not up to date',
      { phase: 'Running', conditions: ready },
      budget({ disruptionsAllowed: 1, observedGeneration: 0 }),
      429,
    ],
    ['of a Pod that is not ready costs nothing where enough are', { phase: 'Running' }, budget({}), 201],
    [
      'of a Pod that is not ready is refused where too few are',
      { phase: 'Running' },
      budget({ currentHealthy: 0 }),
      429,
    ],
    [
      'of a Pod that is not ready may be always allowed',
      { phase: 'Running' },
      budget({ currentHealthy: 0 }, { unhealthyPodEvictionPolicy: 'AlwaysAllow' }),
      201,
    ],
    ['of a Pod that is over costs nothing', { phase: 'Succeeded' }, budget({}), 201],
    ['of a Pod that waits costs nothing', { phase: 'Pending' }, budget({}), 201],
  ])('%s', async (_, status, pdb, code) => {
    await plane.put({ ...podOn('n', 'p'), status });
    if (pdb) await plane.put(pdb);
    const body = { kind: 'Eviction', apiVersion: 'policy/v1', metadata: { name: 'p' } };
    expect((await plane.ask(MASTER, 'POST', `${PODS}/p/eviction`, { body })).status).toBe(code);
    await plane.plane.store.flush();
    expect(plane.stored('', 'pods', 'default/p') === undefined).toBe(code === 201);
  });
});

import { beforeEach, describe, expect, it } from 'vitest';
import { MASTER, namespace, rule, TestPlane } from '../plane.testing.ts';
import type { Json } from '../registry/definition.ts';

const PODS = '/api/v1/namespaces/default/pods';
const MAPS = '/api/v1/namespaces/default/configmaps';
let plane: TestPlane;

const quota = (hard: Json, used: Json = {}, more: object = {}): Json => ({
  kind: 'ResourceQuota',
  apiVersion: 'v1',
  metadata: { name: 'q', namespace: 'default' },
  spec: { hard, ...more },
  status: { hard, used: { ...Object.fromEntries(Object.keys(hard).map((name) => [name, '0'])), ...used } },
});
const pod = (name: string, cpu?: string): Json => ({
  kind: 'Pod',
  apiVersion: 'v1',
  metadata: { name },
  spec: { containers: [{ name: 'c', image: 'x', ...(cpu && { resources: { requests: { cpu } } }) }] },
});
const create = (path: string, body: Json, query = '') => plane.ask(MASTER, 'POST', `${path}${query}`, { body });
const map = (name: string): Json => ({ kind: 'ConfigMap', apiVersion: 'v1', metadata: { name } });
const used = async () => {
  await plane.plane.store.flush();
  return plane.stored('', 'resourcequotas', 'default/q').status.used;
};

beforeEach(async () => {
  plane = await TestPlane.start();
  await plane.put(namespace('default'));
});

describe('a quota', () => {
  it.each<[string, Json, string | undefined, Json]>([
    ['of Pods counts them', { pods: '2' }, undefined, { pods: '1' }],
    ['of CPU counts what is asked for', { 'requests.cpu': '2' }, '500m', { 'requests.cpu': '500m' }],
    ['of objects counts them', { 'count/pods': '2' }, undefined, { 'count/pods': '1' }],
  ])('%s: %j', async (_, hard, cpu, expected) => {
    await plane.put(quota(hard));
    expect((await create(PODS, pod('a', cpu))).status).toBe(201);
    expect(await used()).toEqual(expected);
  });

  it('gives no more than it has, however many ask at once', async () => {
    await plane.put(quota({ pods: '3' }));
    const made = await Promise.all(Array.from({ length: 10 }, (_, i) => create(PODS, pod(`a-${i}`))));
    expect(made.filter((reply) => reply.status === 201).length).toBe(3);
    expect(made.find((reply) => reply.status === 403)?.body.message).toMatch(
      'exceeded quota: q, requested: pods=1, used: pods=3, limited: pods=3',
    );
    expect(await used()).toEqual({ pods: '3' });
  });

  it('is not charged for a dry run, nor for what is refused or there already', async () => {
    await plane.put(quota({ configmaps: '5' }));
    await create(MAPS, map('a'));
    expect((await create(MAPS, map('b'), '?dryRun=All')).status).toBe(201);
    expect((await create(MAPS, map('a'))).status).toBe(409);
    expect((await create(MAPS, map('Not A Name'))).status).toBe(422);
    expect(await used()).toEqual({ configmaps: '1' });
  });

  it('of CPU refuses who does not say how much', async () => {
    await plane.put(quota({ 'requests.cpu': '2' }));
    expect((await create(PODS, pod('a'))).body.message).toMatch('must specify requests.cpu for: c');
  });

  it('of a scope counts what is in it', async () => {
    await plane.put(quota({ pods: '1' }, {}, { scopes: ['NotBestEffort'] }));
    for (const name of ['a', 'b']) expect((await create(PODS, pod(name))).status).toBe(201);
    expect(await used()).toEqual({ pods: '0' });
    expect((await create(PODS, pod('c', '1'))).status).toBe(201);
    expect((await create(PODS, pod('d', '1'))).status).toBe(403);
  });

  it('whose use is not known yet gives nothing', async () => {
    await plane.put({ ...quota({ pods: '1' }), status: {} });
    expect((await create(PODS, pod('a'))).body.message).toMatch('status unknown for quota: q, resources: pods');
  });

  it('counts what an apply makes too', async () => {
    await plane.allow('ann', [rule('create patch', '', 'configmaps')]);
    await plane.put(quota({ configmaps: '0' }));
    const asked = { body: map('a'), headers: { 'content-type': 'application/apply-patch+yaml' } };
    expect((await plane.ask('ann', 'PATCH', `${MAPS}/a?fieldManager=x`, asked)).status).toBe(403);
  });
});

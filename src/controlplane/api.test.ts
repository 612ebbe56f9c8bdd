import { beforeEach, describe, expect, it } from 'vitest';
import { MASTER, namespace, rule, TestPlane } from './plane.testing.ts';

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

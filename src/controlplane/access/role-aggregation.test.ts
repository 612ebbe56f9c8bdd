import { beforeEach, expect, it } from 'vitest';
import { rule, TestPlane } from '../plane.testing.ts';
import type { Json } from '../registry/definition.ts';
import { aggregateRoles } from './role-aggregation.ts';

const GROUP = 'rbac.authorization.k8s.io';
const PODS = rule('get', '', 'pods');
const JOBS = rule('get', 'batch', 'jobs');
let plane: TestPlane;
let faults: unknown[];

const role = (name: string, rules: object[], labels: object = {}, gathers?: string): Json => ({
  kind: 'ClusterRole',
  apiVersion: `${GROUP}/v1`,
  metadata: { name, labels },
  rules,
  ...(gathers && { aggregationRule: { clusterRoleSelectors: [{ matchLabels: { to: gathers } }] } }),
});
const rulesOf = async (name: string) => {
  await plane.clock.advance(0);
  return plane.stored(GROUP, 'clusterroles', name).rules;
};

beforeEach(async () => {
  plane = await TestPlane.start();
  faults = [];
  await plane.put(role('all', [], {}, 'all'));
  await plane.put(role('b', [JOBS, PODS], { to: 'all' }));
  await plane.put(role('a', [PODS], { to: 'all' }));
  aggregateRoles(plane.plane, (error) => faults.push(error));
});

it('a role has each rule of those that it gathers once, in the order of their names', async () => {
  expect(await rulesOf('all')).toEqual([PODS, JOBS]);
});

it('a role follows those that it gathers', async () => {
  await plane.put(role('b', [], { to: 'all' }));
  expect(await rulesOf('all')).toEqual([PODS]);
  await plane.put(role('a', [PODS], { to: 'nobody' }));
  expect(await rulesOf('all')).toEqual([]);
});

it('roles may gather roles that gather', async () => {
  await plane.put(role('more', [], { to: 'top' }, 'all'));
  await plane.put(role('top', [], {}, 'top'));
  expect(await rulesOf('top')).toEqual([PODS, JOBS]);
});

it('a role does not gather itself, and two that gather each other come to an end', async () => {
  await plane.put(role('x', [], { to: 'y' }, 'x'));
  await plane.put(role('y', [], { to: 'x' }, 'y'));
  expect(await rulesOf('x')).toEqual([]);
  const before = plane.plane.store.revision;
  await plane.clock.advance(0);
  expect(plane.plane.store.revision).toBe(before);
});

it('what a role of this kind is given by hand is taken away', async () => {
  await plane.put(role('all', [JOBS, PODS, rule('*', '*', '*')], {}, 'all'));
  expect(await rulesOf('all')).toEqual([PODS, JOBS]);
  expect(faults).toEqual([]);
});

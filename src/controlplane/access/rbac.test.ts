import { beforeAll, describe, expect, it } from 'vitest';
import type { Caller } from '../handlers/request.ts';
import { rule, TestPlane } from '../plane.testing.ts';
import type { Json } from '../registry/definition.ts';
import type { ResourceAccess } from './attributes.ts';

const GROUP = 'rbac.authorization.k8s.io';
const READ = rule('get', '', 'pods');
let plane: TestPlane;

const role = (kind: string, name: string, namespace?: string): Json => ({
  kind,
  apiVersion: `${GROUP}/v1`,
  metadata: { name, ...(namespace && { namespace }) },
  rules: [READ],
});
const binding = (name: string, to: string, subjects: Json, namespace?: string): Json => ({
  kind: namespace ? 'RoleBinding' : 'ClusterRoleBinding',
  apiVersion: `${GROUP}/v1`,
  metadata: { name, ...(namespace && { namespace }) },
  roleRef: { apiGroup: GROUP, kind: to.split('/')[0], name: to.split('/')[1] },
  subjects,
});
const pods = (namespace?: string): ResourceAccess => ({
  kind: 'resource',
  verb: 'get',
  group: '',
  resource: 'pods',
  ...(namespace !== undefined && { namespace }),
});
const user = (name: string, ...groups: string[]): Caller => ({ name, groups });

beforeAll(async () => {
  plane = await TestPlane.start();
  await plane.put(role('ClusterRole', 'reader'));
  await plane.put(role('Role', 'reader', 'shop'));
  await plane.put(binding('everywhere', 'ClusterRole/reader', [{ kind: 'User', name: 'ann' }]));
  await plane.put(binding('here', 'ClusterRole/reader', [{ kind: 'Group', name: 'staff' }], 'shop'));
  await plane.put(
    binding(
      'robots',
      'Role/reader',
      [
        { kind: 'ServiceAccount', name: 'a' },
        { kind: 'ServiceAccount', name: 'b', namespace: 'bank' },
      ],
      'shop',
    ),
  );
  await plane.put(binding('missing', 'ClusterRole/none', [{ kind: 'User', name: 'eve' }]));
  await plane.put(binding('elsewhere', 'Role/reader', [{ kind: 'User', name: 'eve' }], 'bank'));
  await plane.put(binding('nobody', 'ClusterRole/reader', null));
});

describe('a binding', () => {
  it.each<[string, Caller, string | undefined, boolean]>([
    ['to a cluster role holds everywhere', user('ann'), 'shop', true],
    ['to a cluster role holds for what has no namespace', user('ann'), undefined, true],
    ['holds for its user only', user('Ann'), 'shop', false],
    ['in a namespace holds there', user('x', 'staff'), 'shop', true],
    ['in a namespace does not hold elsewhere', user('x', 'staff'), 'bank', false],
    ['in a namespace does not hold for all of them', user('x', 'staff'), undefined, false],
    ['of a group does not hold for a user of that name', user('staff'), 'shop', false],
    ['of an account is one of its namespace', user('system:serviceaccount:shop:a'), 'shop', true],
    ['of an account is not one of another namespace', user('system:serviceaccount:bank:a'), 'shop', false],
    ['may name an account of another namespace', user('system:serviceaccount:bank:b'), 'shop', true],
    ['to a role that is not there allows nothing', user('eve'), 'shop', false],
    ['reaches no role of another namespace', user('eve'), 'bank', false],
  ])('%s', (_, caller, namespace, allowed) => {
    expect(plane.authorizer.judge(caller, pods(namespace)).allowed).toBe(allowed);
  });

  it('counts from the moment when it or its role changes', async () => {
    const may = () => plane.authorizer.judge(user('zoe'), pods('shop')).allowed;
    expect(may()).toBe(false);
    await plane.put(binding('zoe', 'ClusterRole/later', [{ kind: 'User', name: 'zoe' }]));
    expect(may()).toBe(false);
    await plane.put(role('ClusterRole', 'later'));
    expect(may()).toBe(true);
    const bindings = plane.plane.of(GROUP, 'clusterrolebindings');
    await plane.plane.store.write(bindings, 'zoe', (current) => ({ remove: current!.parse() }));
    expect(may()).toBe(false);
  });
});

it('masters may everything, and nobody is a master by name', () => {
  expect(plane.authorizer.judge(user('x', 'system:masters'), pods()).allowed).toBe(true);
  expect(plane.authorizer.judge(user('system:masters'), pods()).allowed).toBe(false);
});

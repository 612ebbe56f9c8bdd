import { beforeEach, describe, expect, it } from 'vitest';
import { MASTER, namespace, rule, TestPlane } from '../plane.testing.ts';

const RBAC = '/apis/rbac.authorization.k8s.io/v1';
const GROUP = 'rbac.authorization.k8s.io';
const WRITE = 'get create update patch';
let plane: TestPlane;

beforeEach(async () => {
  plane = await TestPlane.start();
  await plane.put(namespace('default'));
  await plane.allow('ann', [
    rule(WRITE, GROUP, 'clusterroles clusterrolebindings roles rolebindings'),
    rule('get', '', 'pods'),
  ]);
});

const role = (name: string, rules: readonly object[], more: object = {}) => ({
  kind: 'ClusterRole',
  apiVersion: `${GROUP}/v1`,
  metadata: { name },
  rules,
  ...more,
});
const binding = (name: string, to: string) => ({
  kind: 'ClusterRoleBinding',
  apiVersion: `${GROUP}/v1`,
  metadata: { name },
  roleRef: { apiGroup: GROUP, kind: 'ClusterRole', name: to },
  subjects: [{ kind: 'User', name: 'ann', apiGroup: GROUP }],
});
const create = (what: { kind: string }, who: Parameters<TestPlane['ask']>[0] = 'ann') =>
  plane.ask(who, 'POST', `${RBAC}/${what.kind.toLowerCase()}s`, { body: what });

describe('nobody gives away rights that he does not have', () => {
  it('by a role', async () => {
    expect((await create(role('a', [rule('get', '', 'secrets')]))).status).toBe(403);
    expect((await create(role('b', [rule('get', '', 'pods')]))).status).toBe(201);
  });

  it('by a role that gathers others', async () => {
    const aggregationRule = { clusterRoleSelectors: [{ matchLabels: { a: 'b' } }] };
    expect((await create(role('a', [], { aggregationRule }))).status).toBe(403);
    expect((await create(role('a', [], { aggregationRule }), MASTER)).status).toBe(201);
  });

  it('by making a role gather others', async () => {
    const aggregationRule = { clusterRoleSelectors: [{ matchLabels: { a: 'b' } }] };
    const asked = { body: { aggregationRule }, headers: { 'content-type': 'application/merge-patch+json' } };
    expect((await plane.ask('ann', 'PATCH', `${RBAC}/clusterroles/of-ann`, asked)).status).toBe(403);
  });

  it('by a binding to a role', async () => {
    await plane.put(role('strong', [rule('*', '*', '*')]));
    await plane.put(role('weak', [rule('get', '', 'pods')]));
    expect((await create(binding('a', 'strong'))).status).toBe(403);
    expect((await create(binding('b', 'weak'))).status).toBe(201);
  });

  it('by a binding to a role that may come later', async () => {
    expect((await create(binding('a', 'later'))).status).toBe(404);
    expect((await create(binding('a', 'later'), MASTER)).status).toBe(201);
  });
});

it('a garbage collector may let go of a role that it could not have given', async () => {
  await plane.put(
    role('strong', [rule('*', '*', '*')], { metadata: { name: 'strong', finalizers: ['a.b/c', 'a.b/d'] } }),
  );
  const merge = (body: object) =>
    plane.ask('ann', 'PATCH', `${RBAC}/clusterroles/strong`, {
      body,
      headers: { 'content-type': 'application/merge-patch+json' },
    });
  expect((await merge({ metadata: { finalizers: ['a.b/c'] } })).status).toBe(200);
  expect((await merge({ metadata: { labels: { a: 'b' } } })).status).toBe(403);
});

it('what is refused is not charged to a quota', async () => {
  const counted = 'count/roles.rbac.authorization.k8s.io';
  const hard = { [counted]: '5' };
  await plane.put({
    kind: 'ResourceQuota',
    apiVersion: 'v1',
    metadata: { name: 'q', namespace: 'default' },
    spec: { hard },
    status: { hard, used: { [counted]: '0' } },
  });
  const refused = { ...role('a', [rule('get', '', 'secrets')]), kind: 'Role' };
  expect((await plane.ask('ann', 'POST', `${RBAC}/namespaces/default/roles`, { body: refused })).status).toBe(403);
  expect(plane.stored('', 'resourcequotas', 'default/q').status.used[counted]).toBe('0');
});

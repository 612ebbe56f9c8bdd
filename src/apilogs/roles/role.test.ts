/** Shapes of requests and of what tools like audit2rbac make of them, and where JDOS keeps to what was really used. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type EventFacts, event, ndjson } from '../event.testing.ts';
import { AuditQuery } from '../query/index.ts';
import { TestLogs } from '../store.testing.ts';
import { type RbacObject, type RoleWishes, type Rule, rolesFor } from './role.ts';
import { type Use, usesOf } from './use.ts';

const base: Use = {
  verb: 'get',
  group: '',
  resource: 'pods',
  subresource: '',
  namespace: '',
  name: '',
  made: false,
  requests: 1,
};
const use = (facts: Partial<Use>): Use => ({ ...base, ...facts });

/** The rules of each role, by its namespace. */
function rulesOf(objects: readonly RbacObject[]): Record<string, readonly Rule[]> {
  const roles = objects.filter(({ rules }) => rules !== undefined);
  return Object.fromEntries(roles.map(({ metadata, rules }) => [metadata.namespace ?? 'cluster', rules!]));
}

function roles(uses: readonly Use[], wishes: Partial<RoleWishes> = {}) {
  return rulesOf(rolesFor('bob', uses, { name: 'r', ...wishes }));
}

const rule = (apiGroups: string, resources: string, verbs: string, resourceNames?: string): Rule => ({
  apiGroups: [apiGroups],
  resources: resources.split(' '),
  ...(resourceNames && { resourceNames: resourceNames.split(' ') }),
  verbs: verbs.split(' '),
});

const nodes = { resource: 'nodes' };
const classes = { group: 'storage.k8s.io', resource: 'storageclasses' };

describe('62 the least role', () => {
  it('62 is none for what everybody may do', () => {
    expect(rolesFor('bob', [], { name: 'r' })).toEqual([]);
    const uses = ['/api', '/apis', '/apis/apps/v1', '/openapi/v3', '/version', '/readyz/etcd'].map((path) =>
      use({ path, resource: '' }),
    );
    const asks = use({ verb: 'create', group: 'authorization.k8s.io', resource: 'selfsubjectaccessreviews' });
    expect(rolesFor('bob', [...uses, asks], { name: 'r' })).toEqual([]);
  });

  it('62 has what is no resource as URLs', () => {
    expect(roles([use({ path: '/foo', resource: '' }), use({ path: '/metrics', resource: '' })])).toEqual({
      cluster: [{ nonResourceURLs: ['/foo', '/metrics'], verbs: ['get'] }],
    });
  });

  it('62 keeps names, and drops them where there are more than wished', () => {
    const uses = ['a', 'b'].flatMap((name) => [use({ ...nodes, name }), use({ ...classes, name })]);
    const named = [rule('', 'nodes', 'get', 'a b'), rule('storage.k8s.io', 'storageclasses', 'get', 'a b')];
    expect(roles(uses)).toEqual({ cluster: named });
    const any = [rule('', 'nodes', 'get'), rule('storage.k8s.io', 'storageclasses', 'get')];
    expect(roles(uses, { names: 1 })).toEqual({ cluster: any });
    expect(roles([use({ ...nodes, name: 'a' })], { names: 1 })).toEqual({ cluster: [rule('', 'nodes', 'get', 'a')] });
  });

  it('62 does not add get to list, nor patch to update', () => {
    const uses = [
      use({ ...nodes, verb: 'list' }),
      use({ ...nodes, name: 'a' }),
      use({ ...classes, verb: 'update', name: 'b' }),
    ];
    expect(roles(uses)).toEqual({
      cluster: [
        rule('', 'nodes', 'list'),
        rule('', 'nodes', 'get', 'a'),
        rule('storage.k8s.io', 'storageclasses', 'update', 'b'),
      ],
    });
  });

  it('62 creates and deletes collections without names, and knows the names of what belongs to an object', () => {
    const inShop = { namespace: 'shop', name: 'web' };
    expect(
      roles([
        use({ ...inShop, verb: 'create' }),
        use({ ...inShop, verb: 'create', subresource: 'exec' }),
        use({ ...inShop, verb: 'deletecollection' }),
        use({ ...inShop, verb: 'patch', group: 'apps', resource: 'deployments', made: true }),
      ]),
    ).toEqual({
      shop: [
        rule('', 'pods', 'create deletecollection'),
        rule('', 'pods/exec', 'create', 'web'),
        rule('apps', 'deployments', 'create'),
        rule('apps', 'deployments', 'patch', 'web'),
      ],
    });
  });

  it('62 stays in the namespaces that were used, or widens to the cluster where that is wished', () => {
    const uses = [
      use({ namespace: 'ns1', resource: 'configmaps', name: 'cm1' }),
      ...['ns1', 'ns2'].flatMap((namespace) => ['pod1', 'pod2'].map((name) => use({ namespace, name }))),
    ];
    expect(roles(uses, { names: 1 })).toEqual({
      ns1: [rule('', 'configmaps', 'get', 'cm1'), rule('', 'pods', 'get')],
      ns2: [rule('', 'pods', 'get')],
    });
    expect(roles(uses, { names: 1, wholeCluster: true })).toEqual({
      cluster: [rule('', 'pods', 'get')],
      ns1: [rule('', 'configmaps', 'get', 'cm1')],
    });
    expect(roles(uses, { wholeCluster: true })).toMatchObject({ cluster: [rule('', 'pods', 'get', 'pod1 pod2')] });
  });

  it('62 says nothing twice: a right in the cluster holds in each namespace', () => {
    const uses = [
      use({ verb: 'list' }),
      use({ verb: 'list', namespace: 'shop' }),
      use({ namespace: 'shop', name: 'a' }),
    ];
    expect(roles(uses)).toEqual({ cluster: [rule('', 'pods', 'list')], shop: [rule('', 'pods', 'get', 'a')] });
  });

  it('62 binds it to a user or to a ServiceAccount', () => {
    const bound = (user: string) => rolesFor(user, [use({ namespace: 'shop' })], { name: 'r' })[1];
    expect(bound('bob')).toEqual({
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'RoleBinding',
      metadata: { name: 'r', namespace: 'shop' },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'r' },
      subjects: [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: 'bob' }],
    });
    expect(bound('system:serviceaccount:shop:web')?.subjects).toEqual([
      { kind: 'ServiceAccount', namespace: 'shop', name: 'web' },
    ]);
  });
});

describe('what somebody did', () => {
  let logs: TestLogs;
  let query: AuditQuery;
  const facts: EventFacts[] = [
    { username: 'bob', verb: 'list' },
    { username: 'bob', verb: 'list', stage: 'RequestReceived' },
    { username: 'bob', verb: 'watch', stage: 'ResponseStarted' },
    { username: 'bob', verb: 'delete', name: 'web', code: 403 },
    { username: 'bob', verb: 'get', name: 'gone', code: 404 },
    { username: 'bob', verb: 'patch', name: 'web', code: 201 },
    { username: 'ann', verb: 'delete', name: 'web' },
  ];
  const acting = {
    ...event(90, { username: 'bob', verb: 'update', name: 'web' }),
    impersonatedUser: { username: 'system:serviceaccount:shop:robot' },
  };

  beforeAll(async () => {
    logs = new TestLogs();
    await logs.import([logs.file('audit.log', ndjson([...facts.map((one, n) => event(n, one)), acting]))]);
    query = await AuditQuery.open(logs.dir);
  });
  afterAll(async () => {
    await query[Symbol.asyncDispose]();
    await logs[Symbol.asyncDispose]();
  });

  it('62 counts what was allowed, watches that go on too, and the right to act as another', async () => {
    const uses = await usesOf(query, 'bob', {});
    expect(rulesOf(rolesFor('bob', uses, { name: 'r' }))).toEqual({
      shop: [
        rule('', 'pods', 'create list watch'),
        rule('', 'pods', 'get', 'gone'),
        rule('', 'pods', 'patch', 'web'),
        rule('', 'serviceaccounts', 'impersonate', 'robot'),
      ],
    });
    const robot = await usesOf(query, 'system:serviceaccount:shop:robot', {});
    expect(rulesOf(rolesFor('robot', robot, { name: 'r' }))).toEqual({ shop: [rule('', 'pods', 'update', 'web')] });
  });

  it('62 keeps to the time that is asked about', async () => {
    expect(await usesOf(query, 'bob', { toUs: Date.UTC(2026, 10, 26, 10) * 1000 })).toEqual([]);
    expect(await usesOf(query, "x' OR '1'='1", {})).toEqual([]);
  });
});

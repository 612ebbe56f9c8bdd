import { beforeEach, describe, expect, it } from 'vitest';
import { MASTER, namespace, type Reply, TestPlane } from '../../plane.testing.ts';
import type { Json } from '../../registry/definition.ts';

const API = '/apis/admissionregistration.k8s.io/v1';
const MAPS = '/api/v1/namespaces/default/configmaps';
const ON_MAPS = { apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE', 'UPDATE'], resources: ['configmaps'] };
let api: TestPlane;

beforeEach(async () => {
  api = await TestPlane.start();
  await api.put(namespace('default'));
});

async function made(path: string, body: Json): Promise<Reply> {
  const reply = await api.ask(MASTER, 'POST', path, { body });
  expect([reply.status, reply.body.message]).toEqual([201, undefined]);
  return reply;
}

/** A policy with these parts, in force. */
async function policy(spec: Json, binding: Json = {}): Promise<void> {
  const matchConstraints = { resourceRules: [ON_MAPS] };
  await made(`${API}/validatingadmissionpolicies`, {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'ValidatingAdmissionPolicy',
    metadata: { name: 'p' },
    spec: { matchConstraints, ...spec },
  });
  await made(`${API}/validatingadmissionpolicybindings`, {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'ValidatingAdmissionPolicyBinding',
    metadata: { name: 'b' },
    spec: { policyName: 'p', validationActions: ['Deny'], ...binding },
  });
}

const create = (name: string, data: Json = {}, metadata: Json = {}) =>
  api.ask(MASTER, 'POST', MAPS, {
    body: { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, ...metadata }, data },
  });
const rule = (expression: string, more: Json = {}) => ({ validations: [{ expression, ...more }] });

describe('a policy', () => {
  it('refuses what does not hold, forbidden by its words and by its reason', async () => {
    await policy(rule('size(object.data) < 2', { message: 'too much data' }));
    expect((await create('a', { x: '1' })).status).toBe(201);
    const why = "ValidatingAdmissionPolicy 'p' with binding 'b' denied request: too much data";
    expect((await create('b', { x: '1', y: '2' })).body).toMatchObject({
      code: 422,
      reason: 'Invalid',
      message: `configmaps "b" is forbidden: ${why}`,
      details: { name: 'b', kind: 'configmaps', causes: [{ message: why }] },
    });
  });

  it('gives the reason and the words that it is asked to give', async () => {
    const messageExpression = "'no ' + object.metadata.name + ' here'";
    await policy(rule('false', { reason: 'Forbidden', messageExpression, message: 'unused' }));
    expect((await create('a')).body).toMatchObject({ code: 403, reason: 'Forbidden' });
    expect((await create('a')).body.message).toMatch(/: no a here$/);
  });

  it('without words quotes itself', async () => {
    await policy(rule(" object.metadata.name == 'b' "));
    expect((await create('a')).body.message).toMatch(/: failed expression: object.metadata.name == 'b'$/);
  });

  it('is not in force without a binding, nor after it', async () => {
    await policy(rule('false'));
    expect((await create('a')).status).toBe(422);
    await api.ask(MASTER, 'DELETE', `${API}/validatingadmissionpolicybindings/b`);
    expect((await create('a')).status).toBe(201);
  });

  it('sees what was before, and who does what', async () => {
    const unchanged = 'oldObject == null || object.data == oldObject.data || request.userInfo.username == "root"';
    await policy(rule(`request.operation in ["CREATE", "UPDATE"] && (${unchanged})`));
    await api.allow('eve', [{ apiGroups: [''], resources: ['configmaps'], verbs: ['*'] }]);
    await create('a', { x: '1' });
    const change = (who: Parameters<TestPlane['ask']>[0]) =>
      api.ask(who, 'PATCH', `${MAPS}/a`, {
        body: { data: { x: '2' } },
        headers: { 'content-type': 'application/merge-patch+json' },
      });
    expect((await change('eve')).status).toBe(422);
    expect((await change(MASTER)).status).toBe(200);
  });

  it('asks its conditions first, and works variables out one from another', async () => {
    await policy({
      matchConditions: [{ name: 'big', expression: "object.metadata.name.startsWith('big')" }],
      variables: [
        { name: 'count', expression: 'size(object.data)' },
        { name: 'more', expression: 'variables.count + 1' },
      ],
      validations: [{ expression: 'variables.more > 2' }],
    });
    expect((await create('small', { x: '1' })).status).toBe(201);
    expect((await create('big-1', { x: '1' })).status).toBe(422);
    expect((await create('big-2', { x: '1', y: '1' })).status).toBe(201);
  });

  it.each([
    ['Fail', 422],
    ['Ignore', 201],
  ])('that has no answer goes by its failurePolicy: %s', async (failurePolicy, status) => {
    await policy({ failurePolicy, ...rule('object.data.missing == "x"') });
    const reply = await create('a', { x: '1' });
    expect(reply.status).toBe(status);
    if (status === 422)
      expect(reply.body.message).toContain(`expression 'object.data.missing == "x"' resulted in error: `);
  });

  it('may only warn', async () => {
    await policy(rule('false', { message: 'unwise' }), { validationActions: ['Warn', 'Audit'] });
    const { status, headers } = await create('a');
    expect([status, String(headers.warning)]).toEqual([
      201,
      `299 - "Validation failed for ValidatingAdmissionPolicy 'p' with binding 'b': unwise"`,
    ]);
  });

  it.each([
    [
      'object.spec ==',
      /^.*spec.validations\[0\].expression: Invalid value: .*: compilation failed: ERROR: <input>:1:/s,
    ],
    ['other.spec == 1', /undeclared reference to 'other'/],
    ['1 + 1', /spec.validations\[0\].expression: Invalid value: "1 \+ 1": must evaluate to bool but got int$/],
  ])('with an expression that cannot be read is refused: %s', async (expression, message) => {
    const spec = { matchConstraints: { resourceRules: [ON_MAPS] }, ...rule(expression) };
    const body = {
      apiVersion: 'admissionregistration.k8s.io/v1',
      kind: 'ValidatingAdmissionPolicy',
      metadata: { name: 'p' },
      spec,
    };
    const reply = await api.ask(MASTER, 'POST', `${API}/validatingadmissionpolicies`, { body });
    expect([reply.status, reply.body.message]).toEqual([422, expect.stringMatching(message)]);
  });

  it('that asks the authorizer is kept with a warning, and not judged', async () => {
    await policy(rule("authorizer.group('').resource('pods').check('get').allowed()"));
    expect((await create('a')).status).toBe(201);
  });

  it('never stands in the way of its own removal', async () => {
    const all = { apiGroups: ['*'], apiVersions: ['*'], operations: ['*'], resources: ['*/*'] };
    await policy({ matchConstraints: { resourceRules: [all] }, ...rule('false') });
    expect((await create('a')).status).toBe(422);
    expect((await api.ask(MASTER, 'DELETE', `${API}/validatingadmissionpolicies/p`)).status).toBe(200);
    expect((await create('a')).status).toBe(201);
  });
});

describe('what a policy is about', () => {
  it.each<[string, Json, boolean]>([
    ['another operation', { operations: ['DELETE'] }, false],
    ['another resource', { resources: ['secrets'] }, false],
    ['a subresource', { resources: ['configmaps/status'] }, false],
    ['everything', { apiGroups: ['*'], resources: ['*'] }, true],
    ['every subresource', { resources: ['*/*'] }, true],
    ['another name', { resourceNames: ['b'] }, false],
    ['what has no namespace', { scope: 'Cluster' }, false],
    ['another version, as all are one', { apiVersions: ['v7'] }, true],
  ])('%s', async (_, more, refuses) => {
    await policy({ matchConstraints: { resourceRules: [{ ...ON_MAPS, ...more }] }, ...rule('false') });
    expect((await create('a')).status).toBe(refuses ? 422 : 201);
  });

  it('goes by the labels of objects and namespaces, and is narrowed by its binding', async () => {
    const only = (key: string) => ({ matchLabels: { [key]: 'yes' } });
    await policy(rule('false'), { matchResources: { objectSelector: only('judged') } });
    expect((await create('a')).status).toBe(201);
    expect((await create('b', {}, { labels: { judged: 'yes' } })).status).toBe(422);
    await api.put({ ...namespace('default'), metadata: { name: 'default', labels: { free: 'yes' } } });
    const spec = {
      resourceRules: [ON_MAPS],
      namespaceSelector: { matchExpressions: [{ key: 'free', operator: 'DoesNotExist' }] },
    };
    const body = { spec: { matchConstraints: spec } };
    const headers = { 'content-type': 'application/merge-patch+json' };
    await api.ask(MASTER, 'PATCH', `${API}/validatingadmissionpolicies/p`, { body, headers });
    expect((await create('c', {}, { labels: { judged: 'yes' } })).status).toBe(201);
  });
});

describe('parameters', () => {
  const limit = {
    paramKind: { apiVersion: 'v1', kind: 'ConfigMap' },
    ...rule('size(object.data) <= int(params.data.most)'),
  };
  const ref = (more: Json) => ({ paramRef: { namespace: 'kube-system', parameterNotFoundAction: 'Deny', ...more } });
  const most = (name: string, value: string) =>
    api.put({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name, namespace: 'kube-system', labels: { limits: 'maps' } },
      data: { most: value },
    });

  it('are an object that the binding names', async () => {
    await most('limit', '1');
    await policy(limit, ref({ name: 'limit' }));
    expect((await create('a', { x: '1' })).status).toBe(201);
    expect((await create('b', { x: '1', y: '1' })).status).toBe(422);
    await most('limit', '2');
    expect((await create('b', { x: '1', y: '1' })).status).toBe(201);
  });

  it('may be several, of which each is judged by', async () => {
    await most('wide', '9');
    await most('narrow', '1');
    await policy(limit, ref({ selector: { matchLabels: { limits: 'maps' } } }));
    expect((await create('b', { x: '1', y: '1' })).status).toBe(422);
  });

  it.each([
    ['Deny', 422],
    ['Allow', 201],
  ])('that are not there: %s', async (parameterNotFoundAction, status) => {
    await policy(limit, ref({ name: 'none', parameterNotFoundAction }));
    expect((await create('a', { x: '1' })).status).toBe(status);
  });
});

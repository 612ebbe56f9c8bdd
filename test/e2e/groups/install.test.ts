/** The resource types of JDOS on a plane: installed, judged by schema and CEL, and who may do what with them. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import type { KubeClient } from '../../../src/kube/index.ts';
import { GROUPS, installKinds, loadKinds } from '../../../src/resources/index.ts';
import { type BarePlane, startBarePlane } from '../bare-plane.ts';

let cluster: BarePlane;
const at = { namespace: 'default' };

beforeAll(async () => {
  cluster = await startBarePlane([]);
});
afterAll(() => cluster?.stop());

const { KINDS } = await loadKinds();
const group = () => parse(KINDS.find(({ type }) => type.kind === 'Group')!.example);

const refusal = (promise: Promise<unknown>) =>
  promise.then(
    () => 'accepted',
    (error: Error) => error.message,
  );

describe('the installation', () => {
  it('shows first what it would do, then does it, then has nothing left to do', async () => {
    const wish = await installKinds(cluster.client, { dryRun: true });
    expect(new Set(wish.map(({ action }) => action))).toEqual(new Set(['create']));
    expect(wish.map(({ name }) => name)).toContain('groups.apps.jdos.jd.com');
    expect(await refusal(cluster.client.list(GROUPS, at))).toMatch(/not f(ou|i)nd/);
    expect((await installKinds(cluster.client)).map(({ action }) => action)).toEqual(wish.map(() => 'create'));
    expect((await installKinds(cluster.client)).map(({ action }) => action)).toEqual(wish.map(() => 'none'));
  });

  it('gives types that a server serves, whose schemas are structural and whose examples are accepted', async () => {
    for (const { type, example } of KINDS) {
      const object = parse(example);
      const namespace = type.namespaced ? at : {};
      await cluster.client.create(type, object, { ...namespace, dryRun: true, fieldValidation: 'Strict' });
    }
    const path = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
    const { body } = await cluster.client.request('GET', path);
    expect(Buffer.from(body).toString()).not.toContain('NonStructuralSchema');
  });
});

describe('a Group', () => {
  const create = (change: (group: ReturnType<typeof parse>) => void) => {
    const object = group();
    change(object);
    return refusal(cluster.client.create(GROUPS, object, { ...at, dryRun: true, fieldValidation: 'Strict' }));
  };

  it('is stored with its defaults', async () => {
    const stored = await cluster.client.create(GROUPS, group(), { ...at, dryRun: true });
    expect(stored.spec.updateStrategy).toMatchObject({ type: 'RollingUpdate', rollingUpdate: { maxSurge: 0 } });
    expect(stored.spec.template.spec.containers[0]).toMatchObject({ image: 'nginx:1.29' });
  });

  it('S9 with an unknown field is refused, never stored without it', async () => {
    expect(await create((g) => (g.spec.colour = 'red'))).toContain('spec.colour');
  });

  it.each([
    [
      'an unknown type',
      (g: ReturnType<typeof group>) => (g.spec.updateStrategy.type = 'Slowly'),
      'spec.updateStrategy.type',
    ],
    ['no percentage', (g) => (g.spec.updateStrategy.rollingUpdate.maxUnavailable = '5%%'), 'maxUnavailable'],
    ['labels beside the selector', (g) => (g.spec.template.metadata.labels.app = 'x'), 'template.metadata.labels'],
    ['a deadline before readiness', (g) => (g.spec.minReadySeconds = 700), 'must be greater than minReadySeconds'],
    ['an address without a pool', (g) => (g.spec.identity = { ip: 'Retain' }), 'needs network.poolRef'],
    ['a selector of everything', (g) => (g.spec.selector = {}), 'at least one label'],
    ['a name too long', (g) => (g.metadata.name = 'x'.repeat(64)), '63 characters'],
    ['no containers', (g) => (g.spec.template.spec.containers = []), 'spec.template.spec.containers'],
    ['ordinals of nonsense', (g) => (g.spec.naming = { reserveOrdinals: ['3-'] }), 'spec.naming.reserveOrdinals[0]'],
  ])('with %s is refused, and the field is named', async (_, change, words) => {
    expect(await create(change)).toContain(words);
  });

  it('keeps its selector for life', async () => {
    const { metadata } = await cluster.client.create(GROUPS, group(), at);
    const body = { spec: { selector: { matchLabels: { app: 'other' } } } };
    expect(await refusal(cluster.client.patch(GROUPS, metadata.name, { kind: 'merge', body }, at))).toContain(
      'immutable',
    );
    await cluster.client.delete(GROUPS, metadata.name, at);
  });
});

describe('the user jdos:controllers', () => {
  const review = async (client: KubeClient, verb: string, group: string, resource: string, subresource = '') => {
    const spec = { resourceAttributes: { verb, group, resource, subresource, namespace: 'default' } };
    const path = '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews';
    const answer = await client.request('POST', path, {
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ apiVersion: 'authorization.k8s.io/v1', kind: 'SelfSubjectAccessReview', spec }),
    });
    return (JSON.parse(Buffer.from(answer.body).toString()) as { status: { allowed: boolean } }).status.allowed;
  };

  it('may do its work and no more', async () => {
    const client = await cluster.connect('jdos:controllers');
    const may = (...what: [string, string, string, string?]) => review(client, ...what);
    expect(await may('list', 'apps.jdos.jd.com', 'groups')).toBe(true);
    expect(await may('patch', 'apps.jdos.jd.com', 'groups', 'status')).toBe(true);
    expect(await may('create', '', 'pods')).toBe(true);
    expect(await may('patch', 'apps.jdos.jd.com', 'groups')).toBe(false);
    expect(await may('delete', 'apps.jdos.jd.com', 'groups')).toBe(false);
    expect(await may('get', '', 'secrets')).toBe(false);
    expect(await may('create', '', 'pods', 'exec')).toBe(false);
    expect(await may('delete', '', 'nodes')).toBe(false);
  });
});

import { beforeEach, describe, expect, it } from 'vitest';
import { MASTER, namespace, TestPlane } from '../plane.testing.ts';
import type { Json } from '../registry/definition.ts';

const CRDS = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
let plane: TestPlane;

beforeEach(async () => {
  plane = await TestPlane.start();
  await plane.put(namespace('default'));
});

interface Names {
  readonly plural: string;
  readonly kind: string;
  readonly singular?: string;
  readonly shortNames?: readonly string[];
}

const crd = (group: string, names: Names, version: object = {}): Json => ({
  kind: 'CustomResourceDefinition',
  apiVersion: 'apiextensions.k8s.io/v1',
  metadata: { name: `${names.plural}.${group}` },
  spec: {
    group,
    scope: 'Namespaced',
    names,
    versions: [
      {
        name: 'v1',
        served: true,
        storage: true,
        schema: { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } },
        ...version,
      },
    ],
  },
});
const create = (body: Json) => plane.ask(MASTER, 'POST', CRDS, { body });
const settle = () => plane.clock.advance(0);
const conditions = async (name: string): Promise<Record<string, string>> => {
  await settle();
  const { status } = plane.stored('apiextensions.k8s.io', 'customresourcedefinitions', name);
  return Object.fromEntries((status?.conditions ?? []).map((c: Json) => [c.type, `${c.status} ${c.reason}`]));
};

describe('names', () => {
  beforeEach(async () => {
    await create(crd('a.b', { plural: 'cars', kind: 'Car', singular: 'car', shortNames: ['c'] }));
  });

  it.each<[string, string, Names, string]>([
    ['of their own are accepted', 'a.b', { plural: 'trucks', kind: 'Truck' }, 'True NoConflicts'],
    ['of another group are free', 'a.c', { plural: 'cars', kind: 'Car', shortNames: ['c'] }, 'True NoConflicts'],
    ['like a short name are taken', 'a.b', { plural: 'c', kind: 'Truck' }, 'False PluralConflict'],
    [
      'like a singular are taken',
      'a.b',
      { plural: 'trucks', kind: 'Truck', singular: 'car' },
      'False SingularConflict',
    ],
    [
      'with a kind of another are taken',
      'a.b',
      { plural: 'trucks', kind: 'Car', singular: 'truck' },
      'False ListKindConflict',
    ],
    ['of a built-in kind are taken', 'apps', { plural: 'deployments', kind: 'Deployment' }, 'False ListKindConflict'],
    [
      'of a built-in kind alone are taken',
      'apps',
      { plural: 'things', kind: 'Deployment', singular: 'thing' },
      'False ListKindConflict',
    ],
  ])('%s', async (_, group, names, accepted) => {
    await create(crd(group, names));
    expect((await conditions(`${names.plural}.${group}`)).NamesAccepted).toBe(accepted);
  });

  it('become free with their definition', async () => {
    await create(crd('a.b', { plural: 'trucks', kind: 'Car' }));
    expect((await conditions('trucks.a.b')).Established).toBe('False NotAccepted');
    await plane.ask(MASTER, 'DELETE', `${CRDS}/cars.a.b`);
    await settle();
    expect((await conditions('trucks.a.b')).Established).toBe('True InitialNamesAccepted');
  });
});

it('a definition never takes the objects of a built-in kind along', async () => {
  const deployment = { kind: 'Deployment', apiVersion: 'apps/v1', metadata: { name: 'a', namespace: 'default' } };
  await plane.put(deployment);
  await create(crd('apps', { plural: 'deployments', kind: 'Deployment' }));
  await plane.ask(MASTER, 'DELETE', `${CRDS}/deployments.apps`);
  await settle();
  expect(plane.stored('apps', 'deployments', 'default/a')).toBeDefined();
  expect((await plane.ask(MASTER, 'GET', '/apis/apps/v1/deployments')).status).toBe(200);
});

it.each<[string, object]>([
  ['a column without a path', { additionalPrinterColumns: [{ name: 'A', type: 'string' }] }],
  ['a column whose path is no path', { additionalPrinterColumns: [{ name: 'A', type: 'string', jsonPath: '[[' }] }],
  ['a field to select by without a path', { selectableFields: [{}] }],
])('%s stops nothing', async (_, version) => {
  await create(crd('a.b', { plural: 'cars', kind: 'Car' }, version));
  await settle();
  expect(plane.faults).toEqual([]);
  const answer = plane.ask(MASTER, 'POST', '/api/v1/namespaces/default/configmaps', {
    body: { kind: 'ConfigMap', apiVersion: 'v1', metadata: { name: 'a' } },
  });
  expect((await answer).status).toBe(201);
});

it('nothing new is made while its definition goes', async () => {
  const cars = '/apis/a.b/v1/namespaces/default/cars';
  const car = (name: string) => ({ kind: 'Car', apiVersion: 'a.b/v1', metadata: { name, finalizers: ['x.y/z'] } });
  await create(crd('a.b', { plural: 'cars', kind: 'Car' }));
  await settle();
  expect((await plane.ask(MASTER, 'POST', cars, { body: car('a') })).status).toBe(201);
  await plane.ask(MASTER, 'DELETE', `${CRDS}/cars.a.b`);
  await settle();
  const apply = { body: car('b'), headers: { 'content-type': 'application/apply-patch+yaml' } };
  expect((await plane.ask(MASTER, 'POST', cars, { body: car('b') })).status).toBe(405);
  expect((await plane.ask(MASTER, 'PATCH', `${cars}/b?fieldManager=x`, apply)).status).toBe(405);
  expect((await plane.ask(MASTER, 'GET', `${cars}/a`)).body.metadata.deletionTimestamp).toBeDefined();
  const merge = { body: { metadata: { finalizers: [] } }, headers: { 'content-type': 'application/merge-patch+json' } };
  expect((await plane.ask(MASTER, 'PATCH', `${cars}/a`, merge)).status).toBe(200);
  await settle();
  expect((await plane.ask(MASTER, 'GET', cars)).status).toBe(404);
  expect((await plane.ask(MASTER, 'GET', `${CRDS}/cars.a.b`)).status).toBe(404);
});

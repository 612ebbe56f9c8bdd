import { expect, test } from 'vitest';
import { applyStrategicMergePatch } from '../../kube/index.ts';
import { type ApplySchema, applySchemaOf, DEDUCED, OPAQUE } from './apply-schema.ts';
import { applySchemaDefaults } from './default.ts';
import { builtInKinds, typeFacts, typeOf } from './facts.ts';
import { patchSchemaOf } from './patch-schema.ts';
import { type Schema, structOf } from './schema.ts';

test('a kind has a type, common kinds in every group', () => {
  expect(typeOf('apps', 'v1', 'Deployment')).toBe('apps.v1.Deployment');
  expect(typeOf('', 'v1', 'Pod')).toBe('core.v1.Pod');
  expect(typeOf('rbac.authorization.k8s.io', 'v1', 'RoleList')).toBe('rbac.v1.RoleList');
  expect(typeOf('example.com', 'v1', 'DeleteOptions')).toBe('meta.v1.DeleteOptions');
  expect(typeOf('', 'v1', 'Deployment')).toBeUndefined();
});

test('every type that the facts mention is there, and its numbers are unique', () => {
  const reached = new Set<string>();
  const walk = (schema: Schema): void => {
    if (schema.kind === 'list' || schema.kind === 'map') walk(schema.of);
    if (schema.kind !== 'struct' || reached.has(schema.type)) return;
    reached.add(schema.type);
    const places = [...schema.fields.values()]
      .filter((f) => f.facts.n > 0)
      .map(({ facts }) => `${facts.within} ${facts.n}`);
    expect(new Set(places).size, schema.type).toBe(places.length);
    for (const field of schema.fields.values()) walk(field.schema);
  };
  for (const { type } of builtInKinds()) walk(structOf(type));
  expect(reached.size).toBeGreaterThan(500);
  expect(() => typeFacts('core.v1.Nothing')).toThrow('no type core.v1.Nothing');
});

test('strategic merge merges containers by name and environment by name', () => {
  const before = { spec: { containers: [{ name: 'a', image: '1', env: [{ name: 'X', value: '1' }] }, { name: 'b' }] } };
  const patch = { spec: { containers: [{ name: 'a', env: [{ name: 'Y', value: '2' }], args: ['z'] }] } };
  const schema = patchSchemaOf({ group: '', version: 'v1', kind: 'Pod' });
  const after = applyStrategicMergePatch(before, patch, schema);
  expect(after.spec.containers.find((c) => c.name === 'a')).toEqual({
    name: 'a',
    image: '1',
    env: expect.arrayContaining([
      { name: 'X', value: '1' },
      { name: 'Y', value: '2' },
    ]),
    args: ['z'],
  });
  expect(after.spec.containers).toHaveLength(2);
});

test('a kind that is not built in merges like JSON', () => {
  const schema = patchSchemaOf({ group: 'example.com', version: 'v1', kind: 'Thing' });
  expect(applyStrategicMergePatch({ l: [{ name: 'a' }] }, { l: [{ name: 'b' }] }, schema)).toEqual({
    l: [{ name: 'b' }],
  });
});

test('apply sees list maps, sets, atomic parts and the defaults of keys', () => {
  const pod = applySchemaOf('core.v1.Pod');
  const containers = at(pod, 'spec', 'containers');
  expect(containers).toMatchObject({ kind: 'list', listType: 'map', keys: ['name'], atomic: false });
  const ports = containers.items!.field('ports')!;
  expect(ports.keys).toEqual(['containerPort', 'protocol']);
  expect(ports.items!.defaultOf('protocol')).toBe('TCP');
  expect(at(pod, 'metadata', 'finalizers').listType).toBe('set');
  expect(at(pod, 'spec', 'nodeSelector')).toMatchObject({ kind: 'map', atomic: true });
  expect(at(pod, 'metadata', 'labels')).toMatchObject({ kind: 'map', atomic: false });
  expect(containers.items!.field('args')).toMatchObject({ listType: 'atomic', atomic: true });
  expect(at(applySchemaOf('apps.v1.Deployment'), 'spec', 'selector').atomic).toBe(true);
  expect(at(applySchemaOf('core.v1.PersistentVolume'), 'spec', 'claimRef').atomic).toBe(false);
  expect(at(applySchemaOf('apps.v1.ControllerRevision'), 'data')).toBe(OPAQUE);
  expect(DEDUCED.field('x')).toBe(DEDUCED);
  expect(pod.field('nothing')).toBeUndefined();
});

test('the schema declares a few defaults', () => {
  const service = { spec: { ports: [{ port: 80 }, { port: 53, protocol: 'UDP' }] } };
  applySchemaDefaults('core.v1.Service', service);
  expect(service.spec.ports).toEqual([
    { port: 80, protocol: 'TCP' },
    { port: 53, protocol: 'UDP' },
  ]);
});

function at(schema: ApplySchema, ...path: string[]): ApplySchema {
  return path.reduce((place, name) => place.field(name)!, schema);
}

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { customApplySchema } from './apply-view.ts';
import { fillDefaults } from './fill.ts';
import { hasFormat } from './format.ts';
import { compilePattern } from './pattern.ts';
import { pruneUnknown } from './prune.ts';
import { readCustom } from './read-custom.ts';
import type { StructuralSchema } from './structural-schema.ts';
import { validateValue } from './validate.ts';

const KIND = { group: 'ex.com', version: 'v1', kind: 'Foo' };

describe('unknown fields', () => {
  const schema: StructuralSchema = {
    type: 'object',
    properties: {
      spec: {
        type: 'object',
        properties: {
          open: {
            type: 'object',
            'x-kubernetes-preserve-unknown-fields': true,
            properties: { in: { type: 'object' } },
          },
          map: { type: 'object', additionalProperties: { type: 'object', properties: { a: { type: 'string' } } } },
          template: {
            type: 'object',
            'x-kubernetes-embedded-resource': true,
            'x-kubernetes-preserve-unknown-fields': true,
          },
        },
      },
    },
  };

  test('go, save where the schema keeps them and in what every object has', () => {
    const object = {
      apiVersion: 'ex.com/v1',
      kind: 'Foo',
      metadata: { name: 'x' },
      top: 1,
      spec: { zz: 1, open: { any: 1, in: { gone: 1 } }, map: { k: { a: '1', b: 2 } } },
    };
    expect(pruneUnknown(schema, object)).toEqual(['spec.map.k.b', 'spec.open.in.gone', 'spec.zz', 'top']);
    expect(object).toEqual({
      apiVersion: 'ex.com/v1',
      kind: 'Foo',
      metadata: { name: 'x' },
      spec: { open: { any: 1, in: {} }, map: { k: { a: '1' } } },
    });
  });

  test('are refused or warned of as asked, those of metadata last', () => {
    const object = { metadata: { name: 'x', foo: 1 }, spec: { q: 1, template: { metadata: { zork: 1 } } } };
    const warnings: string[] = [];
    const read = readCustom(schema, KIND, object, { validation: 'Warn', warn: (w) => warnings.push(w) });
    expect(warnings).toEqual([
      'unknown field "spec.q"',
      'unknown field "metadata.foo"',
      'unknown field "spec.template.metadata.zork"',
    ]);
    expect(read).toEqual({ metadata: { name: 'x' }, spec: { template: { metadata: {} } } });
    expect(object.spec.q).toBe(1);
    expect(() => readCustom(schema, KIND, object, { validation: 'Strict' })).toThrow(
      'Foo in version "v1" cannot be handled as a Foo: strict decoding error: unknown field "spec.q"',
    );
  });

  test('metadata of a wrong kind is refused as Go does', () => {
    const object = { metadata: { labels: { a: 1 } } };
    expect(() => readCustom(schema, KIND, object, { validation: 'Ignore' })).toThrow(
      'json: cannot unmarshal number into Go struct field ObjectMeta.labels of type string',
    );
  });

  test('what has been pruned once is not pruned again', () => {
    fc.assert(
      fc.property(fc.object({ maxDepth: 4 }), (spec) => {
        const object = { spec };
        pruneUnknown(schema, object);
        expect(pruneUnknown(schema, object)).toEqual([]);
      }),
    );
  });
});

test('defaults reach into defaults, lists and maps, and replace null', () => {
  const port: StructuralSchema = { type: 'object', properties: { protocol: { type: 'string', default: 'TCP' } } };
  const schema: StructuralSchema = {
    type: 'object',
    properties: {
      a: { type: 'object', default: {}, properties: { b: { type: 'integer', default: 5 } } },
      list: { type: 'array', items: port },
      map: { type: 'object', additionalProperties: port },
      gone: { type: 'string' },
      kept: { type: 'string', nullable: true },
    },
  };
  const value = { a: null, list: [{}], map: { x: {} }, gone: null, kept: null };
  fillDefaults(schema, value);
  expect(value).toEqual({ a: { b: 5 }, list: [{ protocol: 'TCP' }], map: { x: { protocol: 'TCP' } }, kept: null });
});

test('what has not changed is not judged again, also by key in a list map', () => {
  const item: StructuralSchema = {
    type: 'object',
    properties: { k: { type: 'string' }, v: { type: 'string', maxLength: 1 } },
  };
  const schema: StructuralSchema = {
    type: 'object',
    properties: {
      s: { type: 'string', maxLength: 1 },
      m: { type: 'array', items: item, 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': ['k'] },
      l: { type: 'array', items: { type: 'string', maxLength: 1 } },
    },
  };
  const old = { s: 'long', m: [{ k: 'a', v: 'long' }], l: ['long'] };
  expect(validateValue(schema, old, '').map((fault) => fault.field)).toEqual(['s', 'm[0].v', 'l[0]']);
  expect(validateValue(schema, { ...old, x: 1 }, '', old)).toEqual([]);
  const moved = { s: 'longer', m: [{ k: 'b' }, { k: 'a', v: 'long' }], l: ['x', 'long'] };
  expect(validateValue(schema, moved, '', old).map((fault) => fault.field)).toEqual(['s', 'l[1]']);
});

test.each([
  ['date-time', '2024-02-29T12:00:00.5+02:00', '2023-02-29T12:00:00Z'],
  ['duration', '1h2m3.5s', '1x'],
  ['ipv6', '::1', '1.2.3.4'],
  ['mac', '01:23:45:67:89:ab', '01:23:45:67:89'],
  ['uuid4', 'a987fbc9-4bed-4078-8f07-9141ba07c9f3', 'a987fbc9-4bed-3078-8f07-9141ba07c9f3'],
  ['k8s-short-name', 'a-b', 'a.b'],
  ['k8s-long-name', 'a.b', 'A.b'],
  ['hostname', 'web.example.com', '-a.com'],
])('format %s', (format, good, bad) => {
  expect(hasFormat(format, good)).toBe(true);
  expect(hasFormat(format, bad)).toBe(false);
});

test('patterns are those of Go', () => {
  expect(compilePattern('(?i)^[[:alpha:]]+\\z')!.test('aB')).toBe(true);
  expect(compilePattern('^(?P<a>x)$')!.test('x')).toBe(true);
  expect(compilePattern('^[a-z\\-_.]+$')!.test('a-b')).toBe(true);
  expect(compilePattern('^((?i)sun|mon)day$')!.test('SUNday')).toBe(true);
  expect(compilePattern('^((?i)sun|mon)day$')!.test('sunDAY')).toBe(false);
  expect(compilePattern('^(?i)(abort|warn)?$')!.test('Warn')).toBe(true);
  expect(compilePattern('^[(?i)]+$')!.test('(?i)')).toBe(true);
  expect(compilePattern('[')).toBeUndefined();
});

test('apply sees list types and open parts', () => {
  const view = customApplySchema({
    type: 'object',
    properties: {
      spec: {
        type: 'object',
        properties: {
          m: {
            type: 'array',
            'x-kubernetes-list-type': 'map',
            'x-kubernetes-list-map-keys': ['k'],
            items: { type: 'object', properties: { k: { type: 'string', default: 'd' } } },
          },
          a: { type: 'object', 'x-kubernetes-map-type': 'atomic', additionalProperties: { type: 'string' } },
          open: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
        },
      },
    },
  });
  const spec = view.field('spec')!;
  expect(spec.field('m')).toMatchObject({ kind: 'list', listType: 'map', keys: ['k'] });
  expect(spec.field('m')!.items!.defaultOf('k')).toBe('d');
  expect(spec.field('a')).toMatchObject({ kind: 'map', atomic: true });
  expect(spec.field('open')!.field('x')).toMatchObject({ kind: 'any', atomic: false });
  expect(spec.field('nothing')).toBeUndefined();
  expect(view.field('metadata')!.field('finalizers')!.listType).toBe('set');
  expect(customApplySchema(undefined).field('spec')!.kind).toBe('any');
});

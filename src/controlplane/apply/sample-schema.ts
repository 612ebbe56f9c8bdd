/** For tests: schemas written shortly, as an ApplySchema and as structured-merge-diff wants them, and values for them. */
import fc from 'fast-check';
import type { Json, JsonObject } from '../../kube/index.ts';
import { type ApplySchema, DEDUCED } from '../schema/index.ts';

export type Sample = 'scalar' | 'any' | StructSample | { readonly map: Sample; readonly atomic?: true } | ListSample;

interface StructSample {
  readonly struct: Readonly<Record<string, Sample>>;
  readonly atomic?: true;
  readonly defaults?: JsonObject;
  /** Other fields may hold anything. */
  readonly open?: true;
}

interface ListSample {
  readonly list: Sample;
  readonly type: 'atomic' | 'set' | 'map';
  readonly keys?: readonly string[];
}

/** Every kind of place there is. */
export const SAMPLE: Sample = {
  struct: {
    s: 'scalar',
    nested: { struct: { x: 'scalar', y: 'scalar', deep: { struct: { z: 'scalar' } } } },
    labels: { map: 'scalar' },
    groups: { map: { struct: { a: 'scalar', set: { list: 'scalar', type: 'set' } } } },
    whole: { struct: { a: 'scalar', b: 'scalar' }, atomic: true },
    wholeMap: { map: 'scalar', atomic: true },
    set: { list: 'scalar', type: 'set' },
    plain: { list: 'scalar', type: 'atomic' },
    items: {
      list: {
        struct: {
          name: 'scalar',
          v: 'scalar',
          labels: { map: 'scalar' },
          env: { list: { struct: { name: 'scalar', v: 'scalar' } }, type: 'map', keys: ['name'] },
        },
      },
      type: 'map',
      keys: ['name'],
    },
    ports: {
      list: { struct: { port: 'scalar', protocol: 'scalar', v: 'scalar' }, defaults: { protocol: 'TCP' } },
      type: 'map',
      keys: ['port', 'protocol'],
    },
    open: { struct: { x: 'scalar', y: { struct: { z: 'scalar' } } }, open: true },
    free: 'any',
  },
};

export function applySchema(sample: Sample): ApplySchema {
  if (sample === 'any') return DEDUCED;
  if (sample === 'scalar') return { ...LEAF, kind: 'scalar' };
  if ('struct' in sample) {
    const fields = new Map(Object.entries(sample.struct).map(([name, field]) => [name, applySchema(field)]));
    const { atomic = false, defaults } = sample;
    const other = sample.open && DEDUCED;
    return {
      kind: 'struct',
      atomic,
      field: (name) => fields.get(name) ?? other,
      defaultOf: (name) => defaults?.[name],
    };
  }
  if ('map' in sample) {
    const of = applySchema(sample.map);
    return { ...LEAF, kind: 'map', atomic: sample.atomic ?? false, field: () => of };
  }
  const { list, type, keys } = sample;
  return {
    ...LEAF,
    kind: 'list',
    atomic: type === 'atomic',
    items: applySchema(list),
    listType: type,
    ...(keys && { keys }),
  };
}

const LEAF = { atomic: false, field: () => undefined, defaultOf: () => undefined } as const;

/** As YAML, which JSON is. */
export function mergeDiffSchema(sample: Sample): string {
  const free = (name: string, map: object) => ({
    name,
    scalar: 'untyped',
    list: { elementType: { namedType: '__untyped_atomic_' }, elementRelationship: 'atomic' },
    map,
  });
  const types = [
    { name: 'root', ...mergeDiffType(sample) },
    free('__untyped_atomic_', { elementType: { namedType: '__untyped_atomic_' }, elementRelationship: 'atomic' }),
    free('__untyped_deduced_', { elementType: { namedType: '__untyped_deduced_' }, elementRelationship: 'separable' }),
  ];
  return JSON.stringify({ types });
}

function mergeDiffType(sample: Sample): object {
  if (sample === 'any') return { namedType: '__untyped_deduced_' };
  if (sample === 'scalar') return { scalar: 'untyped' };
  if ('list' in sample) {
    const { list, type, keys } = sample;
    const elementRelationship = type === 'atomic' ? 'atomic' : 'associative';
    return { list: { elementType: mergeDiffType(list), elementRelationship, ...(keys && { keys }) } };
  }
  const relation = sample.atomic && { elementRelationship: 'atomic' };
  if ('map' in sample) return { map: { elementType: mergeDiffType(sample.map), ...relation } };
  const fields = Object.entries(sample.struct).map(([name, field]) => {
    const value = sample.defaults?.[name];
    return { name, type: mergeDiffType(field), ...(value !== undefined && { default: value }) };
  });
  const other = sample.open && { elementType: { namedType: '__untyped_deduced_' } };
  return { map: { fields, ...other, ...relation } };
}

const word = fc.constantFrom('a', 'b', 'c');
const scalar = fc.constantFrom<Json>('a', 'b', 1, 2, true);

export interface ValueOptions {
  /** Elements that nothing tells apart. @default false */
  readonly duplicates?: boolean;
  /** Nulls and empty containers. @default false */
  readonly husks?: boolean;
}

/** Values that fit the schema, most of their fields left out. */
export function valuesOf(sample: Sample, options: ValueOptions = {}): fc.Arbitrary<Json> {
  if (sample === 'any') return freeValues(options);
  if (sample === 'scalar') return scalar;
  if ('struct' in sample) {
    const others: Record<string, Sample> = sample.open ? { a: 'any', b: 'any' } : {};
    return structsOf({ ...sample.struct, ...others }, options);
  }
  if ('map' in sample)
    return fc.dictionary(word, within(sample.map, options), { minKeys: fewest(options), maxKeys: 3 });
  return listsOf(sample, options);
}

function structsOf(fields: Readonly<Record<string, Sample>>, options: ValueOptions): fc.Arbitrary<JsonObject> {
  const parts = Object.entries(fields).map(([name, field]) => {
    const value = name === 'name' || name === 'port' ? word : within(field, options);
    const absent = name === 'name' || name === 'port' ? 0 : 2;
    return fc.oneof(
      { weight: 1, arbitrary: value.map((item): JsonObject => ({ [name]: item })) },
      { weight: absent, arbitrary: fc.constant<JsonObject>({}) },
    );
  });
  return fc.tuple(...parts).map((some) => Object.assign({}, ...some) as JsonObject);
}

function listsOf(sample: ListSample, options: ValueOptions): fc.Arbitrary<Json[]> {
  const { list, type, keys = [] } = sample;
  const items = type === 'atomic' ? within(list, options) : valuesOf(list, options);
  const length = { minLength: fewest(options), maxLength: 3 };
  if (type === 'atomic' || options.duplicates) return fc.array(items, length);
  const defaults = typeof list === 'object' && 'struct' in list ? list.defaults : undefined;
  const key = (item: Json) =>
    type === 'set' ? JSON.stringify(item) : JSON.stringify(keys.map((k) => (item as JsonObject)[k] ?? defaults?.[k]));
  return fc.uniqueArray(items, { ...length, selector: key });
}

function within(sample: Sample, options: ValueOptions): fc.Arbitrary<Json> {
  const values = valuesOf(sample, options);
  return options.husks
    ? fc.oneof({ weight: 9, arbitrary: values }, { weight: 1, arbitrary: fc.constant(null) })
    : values;
}

function fewest({ husks }: ValueOptions): number {
  return husks ? 0 : 1;
}

function freeValues(options: ValueOptions): fc.Arbitrary<Json> {
  const leaf = fc.oneof(scalar, fc.array(scalar, { minLength: fewest(options), maxLength: 2 }));
  const map = (value: fc.Arbitrary<Json>) => fc.dictionary(word, value, { minKeys: fewest(options), maxKeys: 2 });
  return fc.oneof(leaf, map(leaf), map(map(leaf)));
}

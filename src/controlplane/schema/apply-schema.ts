/**
 * What server-side apply must know of each place in an object: which parts have owners of their own. The same view of
 * built-in types (here) and of custom resources.
 */
import type { FieldFacts } from './facts.ts';
import { type FieldSchema, type Schema, type StructSchema, schemaOf } from './schema.ts';

export interface ApplySchema {
  /** `any` may hold anything: what comes as an object counts as a map, a list as an atomic list. */
  readonly kind: 'struct' | 'map' | 'list' | 'scalar' | 'any';
  /** Owned as one, whatever is inside. */
  readonly atomic: boolean;
  /** The place below a field or key; undefined where a struct has no such field. */
  field(name: string): ApplySchema | undefined;
  /** Of a list: its elements; sets and maps are merged, `atomic` lists replaced. */
  readonly items?: ApplySchema;
  readonly listType?: 'atomic' | 'set' | 'map';
  /** Fields that tell the elements of a `map` list apart. */
  readonly keys?: readonly string[];
  /** What an absent field of a struct stands for, so that keys may be left out: `protocol` is `TCP`. */
  defaultOf(name: string): unknown;
}

/** @param type a built-in type's name from `typeOf` */
export function applySchemaOf(type: string): ApplySchema {
  return viewOf(schemaOf(type), undefined);
}

/** Objects are merged key by key however deep, lists replaced: for what no schema describes. */
export const DEDUCED: ApplySchema = Object.freeze({
  kind: 'any',
  atomic: false,
  field: (): ApplySchema => DEDUCED,
  defaultOf: () => undefined,
});

/** Opaque: RawExtension and the like. */
export const OPAQUE: ApplySchema = Object.freeze({ ...DEDUCED, atomic: true, field: () => OPAQUE });

const SCALAR: ApplySchema = Object.freeze({
  kind: 'scalar',
  atomic: false,
  field: () => undefined,
  defaultOf: () => undefined,
});

const plain = new WeakMap<Schema, ApplySchema>();
const placed = new WeakMap<FieldFacts, ApplySchema>();

function viewOf(schema: Schema, facts: FieldFacts | undefined): ApplySchema {
  const cache = facts ? placed : plain;
  const key = (facts ?? schema) as Schema & FieldFacts;
  let view = cache.get(key);
  if (!view) {
    view = build(schema, facts);
    cache.set(key, view);
  }
  return view;
}

function build(schema: Schema, facts: FieldFacts | undefined): ApplySchema {
  switch (schema.kind) {
    case 'struct':
      return struct(schema, (facts?.mapType ?? schema.facts.mapType) === 'atomic');
    case 'map':
      return {
        kind: 'map',
        atomic: facts?.mapType === 'atomic',
        field: () => viewOf(schema.of, undefined),
        defaultOf: () => undefined,
      };
    case 'list':
      return list(schema.of, facts);
    default:
      return scalar(schema.scalar);
  }
}

function struct(schema: StructSchema, atomic: boolean): ApplySchema {
  const views = new Map<string, ApplySchema>();
  const see = (field: FieldSchema | undefined) => {
    if (!field) return undefined;
    const view = viewOf(field.schema, field.facts);
    views.set(field.name, view);
    return view;
  };
  return {
    kind: 'struct',
    atomic,
    field: (name) => views.get(name) ?? see(schema.fields.get(name)),
    defaultOf: (name) => schema.fields.get(name)?.facts.default,
  };
}

function list(of: Schema, facts: FieldFacts | undefined): ApplySchema {
  const { listType, keys } = listTypeOf(facts);
  return {
    kind: 'list',
    atomic: listType === 'atomic',
    field: () => undefined,
    items: viewOf(of, undefined),
    listType,
    ...(keys && { keys }),
    defaultOf: () => undefined,
  };
}

/** Where no list type is given the patch strategy decides, else the list is one thing. */
function listTypeOf(facts: FieldFacts | undefined): { listType: 'atomic' | 'set' | 'map'; keys?: readonly string[] } {
  if (facts?.list) return { listType: facts.list, ...(facts.keys && { keys: facts.keys }) };
  if (!facts?.patch?.split(',').includes('merge')) return { listType: 'atomic' };
  return facts.mergeKey ? { listType: 'map', keys: [facts.mergeKey] } : { listType: 'set' };
}

function scalar(name: string): ApplySchema {
  if (name === 'RawExtension' || name === 'JSON' || name === 'any') return OPAQUE;
  return name === 'FieldsV1' || name.startsWith('JSONSchemaProps') ? DEDUCED : SCALAR;
}

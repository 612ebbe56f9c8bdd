/** Custom resources as server-side apply wants to see them. */
import { type ApplySchema, applySchemaOf, DEDUCED } from '../apply-schema.ts';
import { propertyOf, type StructuralSchema } from './structural-schema.ts';

/** The view of a whole custom resource; without a schema everything is deduced from what comes. */
export function customApplySchema(schema: StructuralSchema | undefined): ApplySchema {
  return schema ? resource(schema) : WITH_METADATA;
}

const SCALAR: ApplySchema = Object.freeze({
  kind: 'scalar',
  atomic: false,
  field: () => undefined,
  defaultOf: () => undefined,
});

const COMMON: Readonly<Record<string, ApplySchema>> = {
  apiVersion: SCALAR,
  kind: SCALAR,
  metadata: applySchemaOf('meta.v1.ObjectMeta'),
};

const WITH_METADATA: ApplySchema = {
  ...DEDUCED,
  kind: 'struct',
  field: (name) => COMMON[name] ?? DEDUCED,
};

const known = new WeakMap<StructuralSchema, ApplySchema>();

function resource(schema: StructuralSchema): ApplySchema {
  const view = viewOf(schema);
  return { ...view, field: (name) => COMMON[name] ?? view.field(name) };
}

function viewOf(schema: StructuralSchema): ApplySchema {
  let view = known.get(schema);
  if (!view) {
    view = build(schema);
    known.set(schema, view);
  }
  return view;
}

function build(schema: StructuralSchema): ApplySchema {
  if (schema['x-kubernetes-int-or-string']) return SCALAR;
  if (schema['x-kubernetes-embedded-resource']) return object(schema, (name) => COMMON[name]);
  if (schema.type === 'object') return object(schema, () => undefined);
  if (schema.type === 'array') return list(schema);
  return schema.type === undefined ? DEDUCED : SCALAR;
}

function object(schema: StructuralSchema, common: (name: string) => ApplySchema | undefined): ApplySchema {
  const open = schema['x-kubernetes-preserve-unknown-fields'] === true || schema.additionalProperties === true;
  const rest = open ? DEDUCED : undefined;
  return {
    kind: schema.properties || !schema.additionalProperties ? 'struct' : 'map',
    atomic: schema['x-kubernetes-map-type'] === 'atomic',
    field(name) {
      const property = propertyOf(schema, name);
      return common(name) ?? (property ? viewOf(property) : rest);
    },
    defaultOf: (name) => schema.properties?.[name]?.default,
  };
}

function list(schema: StructuralSchema): ApplySchema {
  const listType = schema['x-kubernetes-list-type'] ?? 'atomic';
  const keys = schema['x-kubernetes-list-map-keys'];
  return {
    kind: 'list',
    atomic: listType === 'atomic',
    field: () => undefined,
    items: schema.items ? viewOf(schema.items) : DEDUCED,
    listType,
    ...(keys && { keys }),
    defaultOf: () => undefined,
  };
}

/** OpenAPI v3 schemas of the built-in types, made from their facts, with our descriptions. */
import { EVERY_KIND, fieldDescription, typeDescription } from '../descriptions.ts';
import { builtInKinds, type FieldFacts, openApiName, typeFacts } from '../facts.ts';
import { SCALAR_SCHEMAS } from './scalar-schemas.ts';

export type JsonSchema = Readonly<Record<string, unknown>>;

export interface GroupVersionKind {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
}

export function refTo(openApiType: string): { $ref: string } {
  return { $ref: `#/components/schemas/${openApiType}` };
}

/** `core.v1.Pod` or `Quantity` as it is called in documents. */
export function documentName(type: string): string {
  return SCALAR_SCHEMAS[type]?.name ?? openApiName(type);
}

/** Adds `type` and all that it refers to. */
export function collectSchemas(type: string, into: Record<string, JsonSchema>): void {
  const name = documentName(type);
  if (name in into) return;
  const scalar = SCALAR_SCHEMAS[type];
  into[name] = scalar ? scalar.schema : typeSchema(type);
  for (const used of scalar ? scalar.uses : fieldTypes(type)) collectSchemas(used, into);
}

function fieldTypes(type: string): string[] {
  return Object.values(typeFacts(type).fields)
    .map((field) => field.type.replace(/^(\[\]|map:)+/, ''))
    .filter((each) => each in SCALAR_SCHEMAS || /\.v\d\./.test(each));
}

function typeSchema(type: string): JsonSchema {
  const facts = typeFacts(type);
  const fields = Object.entries(facts.fields);
  const required = fields.filter(([, field]) => field.required).map(([name]) => name);
  const kinds = kindsOf(type);
  return {
    type: 'object',
    ...sentence(typeDescription(type) ?? kindInBrief(kinds[0])),
    ...(fields.length > 0 && {
      properties: Object.fromEntries(
        fields.map(([name, f]) => [name, { ...sentence(describe(type, name)), ...fieldSchema(f) }]),
      ),
    }),
    ...(required.length > 0 && { required }),
    ...(kinds.length > 0 && { 'x-kubernetes-group-version-kind': kinds }),
    ...(facts.mapType && { 'x-kubernetes-map-type': facts.mapType }),
    ...(facts.unions && { 'x-kubernetes-unions': facts.unions }),
  };
}

let kindsByType: Map<string, GroupVersionKind[]> | undefined;

function kindsOf(type: string): GroupVersionKind[] {
  kindsByType ??= groupKinds();
  return kindsByType.get(type) ?? [];
}

function groupKinds(): Map<string, GroupVersionKind[]> {
  const byType = new Map<string, GroupVersionKind[]>();
  for (const { group, version, kind, type } of builtInKinds()) {
    byType.set(type, [...(byType.get(type) ?? []), { group, version, kind }]);
  }
  return byType;
}

function sentence(description: string | undefined): JsonSchema {
  return description === undefined ? {} : { description };
}

/** For kinds that have no sentence of their own. */
function kindInBrief(named: GroupVersionKind | undefined): string | undefined {
  if (!named) return undefined;
  const { group, version, kind } = named;
  return kind.endsWith('List') ? `A list of ${kind.slice(0, -4)}.` : `${kind} of ${group || 'core'}/${version}.`;
}

function describe(type: string, field: string): string | undefined {
  const own = fieldDescription(type, field);
  if (own !== undefined || kindsOf(type).length === 0 || !Object.hasOwn(EVERY_KIND, field)) return own;
  return EVERY_KIND[field as keyof typeof EVERY_KIND];
}

function fieldSchema(facts: FieldFacts): JsonSchema {
  return {
    ...valueSchema(facts.type, facts),
    ...(facts.enum && facts.type === 'string' && { enum: facts.enum }),
    ...extensions(facts),
  };
}

function extensions({ list, keys, mapType, patch, mergeKey }: FieldFacts): JsonSchema {
  return {
    ...(keys && { 'x-kubernetes-list-map-keys': keys }),
    ...(list && { 'x-kubernetes-list-type': list }),
    ...(mapType && { 'x-kubernetes-map-type': mapType }),
    ...(mergeKey && { 'x-kubernetes-patch-merge-key': mergeKey }),
    ...(patch && { 'x-kubernetes-patch-strategy': patch }),
  };
}

function valueSchema(type: string, facts: FieldFacts): JsonSchema {
  const fallback = facts.default === undefined ? {} : { default: facts.default };
  if (type.startsWith('[]')) return { type: 'array', items: elementSchema(type.slice(2), facts), ...fallback };
  if (type.startsWith('map:')) {
    return { type: 'object', additionalProperties: elementSchema(type.slice(4), facts), ...fallback };
  }
  const plain = PLAIN[type];
  return plain ? { ...plain, ...fallback } : { allOf: [refTo(documentName(type))], ...fallback };
}

/** Elements carry Go's zero value as their default, unless they are pointers or have an encoding of their own. */
function elementSchema(type: string, facts: FieldFacts): JsonSchema {
  if (type.startsWith('[]')) return { type: 'array', items: elementSchema(type.slice(2), facts) };
  const plain = PLAIN[type];
  if (plain) {
    const values = type === 'string' && facts.enum ? { enum: facts.enum } : {};
    return { ...plain, ...values, ...(type in ELEMENT_DEFAULTS && { default: ELEMENT_DEFAULTS[type] }) };
  }
  const ref = refTo(documentName(type));
  return type in SCALAR_SCHEMAS ? ref : { allOf: [ref], default: {} };
}

const PLAIN: Readonly<Record<string, JsonSchema>> = {
  string: { type: 'string' },
  bool: { type: 'boolean' },
  int32: { type: 'integer', format: 'int32' },
  int64: { type: 'integer', format: 'int64' },
  double: { type: 'number', format: 'double' },
  bytes: { type: 'string', format: 'byte' },
  any: {},
};

const ELEMENT_DEFAULTS: Readonly<Record<string, unknown>> = { string: '', int32: 0, int64: 0, bool: false };

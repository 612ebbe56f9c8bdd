/** For tests: objects of a built-in type, as JSON, that the type's rules accept. */
import fc from 'fast-check';
import type { Json } from '../../registry/definition.ts';
import { type Schema, schemaOf } from '../schema.ts';

export function arbitraryObject(type: string): fc.Arbitrary<Json> {
  const kind = type.slice(type.lastIndexOf('.') + 1);
  return arbitrary(schemaOf(type), 6).map((object) => ({ ...object, ...header(type, kind) }));
}

function header(type: string, kind: string): Json {
  const [group, version] = type.split('.') as [string, string];
  return { apiVersion: GROUPS[group] ? `${GROUPS[group]}/${version}` : version, kind };
}

const GROUPS: Readonly<Record<string, string>> = {
  apps: 'apps',
  rbac: 'rbac.authorization.k8s.io',
  authorization: 'authorization.k8s.io',
  coordination: 'coordination.k8s.io',
  resource: 'resource.k8s.io',
};

function arbitrary(schema: Schema, depth: number): fc.Arbitrary<Json> {
  if (schema.kind === 'list') return fc.array(arbitrary(schema.of, depth - 1), { maxLength: 2 });
  if (schema.kind === 'map') return fc.dictionary(fc.string(), arbitrary(schema.of, depth - 1), { maxKeys: 2 });
  if (schema.kind === 'scalar') return SCALARS[schema.scalar] ?? fc.constant({ type: 'string' });
  if (depth <= 0) return fc.constant({});
  const fields = [...schema.fields.values()].filter((field) => field.facts.n > 0);
  const entries = fields.map((field) => [field.name, arbitrary(field.schema, depth - 1)] as const);
  return fc.record(Object.fromEntries(entries), { requiredKeys: [] });
}

const int32 = fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 });
const seconds = fc.integer({ min: 0, max: 4e9 });

const SCALARS: Readonly<Record<string, fc.Arbitrary<Json>>> = {
  string: fc.string(),
  bool: fc.boolean(),
  int32,
  int64: fc.maxSafeInteger(),
  double: fc.double({ noNaN: true, noDefaultInfinity: true }),
  bytes: fc.uint8Array({ maxLength: 8 }).map((bytes) => Buffer.from(bytes).toString('base64')),
  Quantity: fc.constantFrom('1', '500m', '2Gi', '0', '1e3'),
  IntOrString: fc.oneof(int32, fc.string()),
  Time: seconds.map((s) => `${new Date(s * 1000).toISOString().slice(0, 19)}Z`),
  MicroTime: fc
    .tuple(seconds, fc.integer({ min: 0, max: 999_999 }))
    .map(([s, us]) => `${new Date(s * 1000).toISOString().slice(0, 19)}.${String(us).padStart(6, '0')}Z`),
};

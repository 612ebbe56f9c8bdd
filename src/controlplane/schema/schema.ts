/** Facts as a tree to walk: what a value of a type may be, with the types behind names looked up as they are reached. */
import { type FieldFacts, goName, type TypeFacts, typeFacts } from './facts.ts';

export type Schema = StructSchema | ListSchema | MapSchema | ScalarSchema;

export interface StructSchema {
  readonly kind: 'struct';
  /** `core.v1.Pod`. */
  readonly type: string;
  readonly go: string;
  readonly facts: TypeFacts;
  readonly fields: ReadonlyMap<string, FieldSchema>;
}

export interface ListSchema {
  readonly kind: 'list';
  readonly go: string;
  readonly of: Schema;
}

export interface MapSchema {
  readonly kind: 'map';
  readonly go: string;
  readonly of: Schema;
}

export interface ScalarSchema {
  readonly kind: 'scalar';
  readonly scalar: Scalar;
  readonly go: string;
}

export type Scalar = (typeof SCALARS)[number];

export interface FieldSchema {
  readonly name: string;
  /** Name of the struct it belongs to, without the package. */
  readonly owner: string;
  readonly facts: FieldFacts;
  /** Go's name of the field's type: `int32`, `[]v1.Container`, `v1.PullPolicy`. */
  readonly go: string;
  readonly schema: Schema;
}

const SCALARS = [
  'string',
  'bool',
  'int32',
  'int64',
  'double',
  'bytes',
  'Quantity',
  'IntOrString',
  'Time',
  'MicroTime',
  'Duration',
  'FieldsV1',
  'RawExtension',
  'JSON',
  'JSONSchemaPropsOrArray',
  'JSONSchemaPropsOrBool',
  'JSONSchemaPropsOrStringArray',
  'any',
] as const;

const GO_NAMES: Partial<Record<Scalar, string>> = {
  double: 'float64',
  bytes: '[]uint8',
  Quantity: 'resource.Quantity',
  IntOrString: 'intstr.IntOrString',
  RawExtension: 'runtime.RawExtension',
  any: 'interface {}',
};

const known = new Map<string, Schema>();

/** The schema of a type as facts write it: `core.v1.Pod`, `[]string`, `map:Quantity`. */
export function schemaOf(type: string): Schema {
  let schema = known.get(type);
  if (!schema) {
    schema = build(type);
    known.set(type, schema);
  }
  return schema;
}

/** The schema of a struct. @throws if `type` names something else. */
export function structOf(type: string): StructSchema {
  const schema = schemaOf(type);
  if (schema.kind !== 'struct') throw new Error(`schema: ${type} is a ${schema.kind}, not a struct`);
  return schema;
}

function build(type: string): Schema {
  if (type.startsWith('[]')) {
    const of = schemaOf(type.slice(2));
    return { kind: 'list', of, go: `[]${of.go}` };
  }
  if (type.startsWith('map:')) {
    const of = schemaOf(type.slice(4));
    return { kind: 'map', of, go: `map[string]${of.go}` };
  }
  if (isScalar(type)) return { kind: 'scalar', scalar: type, go: goScalar(type) };
  return new Struct(type);
}

function isScalar(type: string): type is Scalar {
  return (SCALARS as readonly string[]).includes(type);
}

function goScalar(scalar: Scalar): string {
  return GO_NAMES[scalar] ?? (/^[A-Z]/.test(scalar) ? `v1.${scalar}` : scalar);
}

/** Types refer to each other in circles, so facts and fields wait until they are asked for. */
class Struct implements StructSchema {
  readonly kind = 'struct';
  readonly type: string;
  #fields: ReadonlyMap<string, FieldSchema> | undefined;

  constructor(type: string) {
    this.type = type;
    typeFacts(type);
  }

  get go(): string {
    return goName(this.type);
  }

  get facts(): TypeFacts {
    return typeFacts(this.type);
  }

  get fields(): ReadonlyMap<string, FieldSchema> {
    this.#fields ??= new Map(
      Object.entries(this.facts.fields).map(([name, facts]) => [name, fieldOf(name, this.type, facts)]),
    );
    return this.#fields;
  }
}

function fieldOf(name: string, type: string, facts: FieldFacts): FieldSchema {
  const schema = schemaOf(facts.type);
  return { name, owner: type.slice(type.lastIndexOf('.') + 1), facts, schema, go: facts.go ?? schema.go };
}

/** A structural schema as CEL types, and JSON values of it as CEL values. */
import type { Environment } from '@marcbachmann/cel-js';
import { isObject, type StructuralSchema } from '../structural/structural-schema.ts';
import { celName } from './field-name.ts';

export interface TypedSchema {
  /** CEL's name of the type: `int`, `list<string>`, `Object3`. */
  readonly type: string;
  /** The value of a JSON value that fits the schema. */
  toCel(value: unknown): unknown;
}

const METADATA: StructuralSchema = {
  type: 'object',
  properties: { name: { type: 'string' }, generateName: { type: 'string' } },
};

/**
 * Registers the object types of `schema` in the environment; undefined where rules cannot see the value.
 * @param isResource has apiVersion, kind and metadata whatever its schema says
 */
export function typedSchema(
  environment: Environment,
  schema: StructuralSchema,
  isResource = schema['x-kubernetes-embedded-resource'] === true,
): TypedSchema | undefined {
  const typer = new Typer(environment);
  return typer.typed(schema, isResource);
}

class Typer {
  readonly #environment: Environment;
  #objects = 0;

  constructor(environment: Environment) {
    this.#environment = environment;
  }

  typed(schema: StructuralSchema, isResource: boolean): TypedSchema | undefined {
    if (schema['x-kubernetes-int-or-string']) return { type: 'dyn', toCel: scalar };
    switch (schema.type) {
      case 'array':
        return this.#list(schema);
      case 'object':
        return isObject(schema.additionalProperties) && !isResource
          ? this.#map(schema)
          : this.#object(schema, isResource);
      case 'string':
        return stringOf(this.#environment, schema.format);
      case 'integer':
        return { type: 'int', toCel: scalar };
      case 'number':
        return { type: 'double', toCel: (value) => value };
      case 'boolean':
        return { type: 'bool', toCel: (value) => value };
      default:
        return undefined;
    }
  }

  #list(schema: StructuralSchema): TypedSchema | undefined {
    const items = schema.items && this.#inner(schema.items);
    if (!items) return undefined;
    const toCel = (value: unknown) => (Array.isArray(value) ? value.map((each) => items.toCel(each)) : value);
    return { type: `list<${items.type}>`, toCel };
  }

  #map(schema: StructuralSchema): TypedSchema | undefined {
    const values = this.#inner(schema.additionalProperties as StructuralSchema);
    if (!values) return undefined;
    const toCel = (value: unknown) =>
      isObject(value) ? new Map(Object.entries(value).map(([key, each]) => [key, values.toCel(each)])) : value;
    return { type: `map<string, ${values.type}>`, toCel };
  }

  #object(schema: StructuralSchema, isResource: boolean): TypedSchema {
    const name = `Object${this.#objects++}`;
    const common = { apiVersion: { type: 'string' }, kind: { type: 'string' }, metadata: METADATA };
    const properties = { ...schema.properties, ...(isResource && common) };
    const fields = new Map<string, { as: string; typed: TypedSchema }>();
    for (const [property, inner] of Object.entries(properties)) {
      const [as, typed] = [celName(property), this.#inner(inner)];
      if (as && typed) fields.set(property, { as, typed });
    }
    const ctor = objectClass();
    const types = Object.fromEntries([...fields.values()].map(({ as, typed }) => [as, typed.type]));
    this.#environment.registerType(name, { ctor, fields: types });
    this.#environment.registerOperator(`${name} == ${name}`, (a: CelObject, b: CelObject) => a.equals(b));
    const toCel = (value: unknown) => {
      if (!isObject(value)) return value;
      const result = new ctor(value);
      for (const [key, each] of Object.entries(value)) {
        const field = fields.get(key);
        if (field && each !== null) (result as unknown as Record<string, unknown>)[field.as] = field.typed.toCel(each);
      }
      return result;
    };
    return { type: name, toCel };
  }

  #inner(schema: StructuralSchema): TypedSchema | undefined {
    return this.typed(schema, schema['x-kubernetes-embedded-resource'] === true);
  }
}

interface CelObject {
  equals(other: CelObject): boolean;
}

/** A class of its own for each object type: the checker tells types apart by their class. */
function objectClass(): new (json: object) => CelObject {
  return class implements CelObject {
    readonly #json: string;

    constructor(json: object) {
      this.#json = canonical(json);
    }

    equals(other: CelObject): boolean {
      return #json in other && other.#json === this.#json;
    }
  };
}

function canonical(value: unknown): string {
  return JSON.stringify(value, (_, each: unknown) =>
    isObject(each) ? Object.fromEntries(Object.entries(each).sort(([a], [b]) => (a < b ? -1 : 1))) : each,
  );
}

function scalar(value: unknown): unknown {
  return typeof value === 'number' && Number.isInteger(value) ? BigInt(value) : value;
}

function stringOf(environment: Environment, format: string | undefined): TypedSchema {
  switch (format) {
    case 'byte':
      return { type: 'bytes', toCel: (value) => new Uint8Array(Buffer.from(value as string, 'base64')) };
    case 'date':
    case 'date-time':
      return { type: 'google.protobuf.Timestamp', toCel: (value) => new Date(value as string) };
    case 'duration':
      return {
        type: 'google.protobuf.Duration',
        toCel: (value) => environment.evaluate(`duration(${JSON.stringify(value)})`),
      };
    default:
      return { type: 'string', toCel: (value) => value };
  }
}

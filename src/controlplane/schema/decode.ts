/**
 * Reads a JSON value as a built-in type the way Go's decoder in an API server does: a value of the wrong kind is a
 * fault, unknown fields are dropped and reported, null and empty optional fields vanish, times and quantities get their
 * canonical form.
 */
import type { Json } from '../registry/definition.ts';
import { DecodeFault } from './decode-fault.ts';
import { putKey } from './key.ts';
import { decodeScalar } from './scalar.ts';
import {
  type FieldSchema,
  type ListSchema,
  type MapSchema,
  type Schema,
  type StructSchema,
  structOf,
} from './schema.ts';

export interface Decoded {
  readonly object: Json;
  /** Paths of the fields that the type does not have: `spec.containers[0].foo`. At most 100, in order of the document. */
  readonly unknown: readonly string[];
}

const MAX_UNKNOWN = 100;
/** Steps from the root: deeper than any real object, and well within the stack. */
const MAX_DEPTH = 1000;

/**
 * Answers a new object; `value` is left alone, but opaque parts (RawExtension, FieldsV1) are shared with it.
 * @param type a struct's name from `typeOf`
 * @throws DecodeFault
 */
export function decode(type: string, value: unknown): Decoded {
  const decoder = new Decoder();
  const object = decoder.struct(structOf(type), value);
  return { object, unknown: [...decoder.unknown] };
}

/** A field of a struct, a key of a map or an index of a list. */
type Step = FieldSchema | string | number;

/** Owns the place reached, for messages. */
export class Decoder {
  readonly unknown = new Set<string>();
  readonly #steps: Step[] = [];

  value(schema: Schema, value: unknown, go: string): Json {
    if (this.#steps.length > MAX_DEPTH) throw new DecodeFault('exceeded max depth');
    if (value === null || value === undefined) return zero(schema);
    switch (schema.kind) {
      case 'struct':
        return this.struct(schema, value);
      case 'list':
        return this.#list(schema, value, go);
      case 'map':
        return this.#map(schema, value, go);
      default:
        return decodeScalar(schema.scalar, value, go, this);
    }
  }

  struct(schema: StructSchema, value: unknown, go = schema.go): Json {
    if (value === null) return {};
    if (!isObject(value)) throw this.mismatch(value, go);
    const result: Record<string, unknown> = {};
    for (const name in value) {
      const field = schema.fields.get(name);
      if (field) this.#field(field, value[name], result);
      else this.#noteUnknown(name);
    }
    return result;
  }

  /** The fault of a value that cannot be of Go's type `go`. */
  mismatch(value: unknown, go: string): DecodeFault {
    const kind = kindOf(value);
    const field = this.#steps.findLast((step) => typeof step === 'object');
    const where = field ? `Go struct field ${field.owner}.${this.#goPath()}` : 'Go value';
    return new DecodeFault(`json: cannot unmarshal ${kind} into ${where} of type ${go}`);
  }

  #field(field: FieldSchema, value: unknown, into: Record<string, unknown>): void {
    const { facts, schema } = field;
    if (value === null && (facts.pointer || facts.omit || hasNil(schema))) return;
    this.#steps.push(field);
    const decoded = this.value(schema, value, field.go);
    this.#steps.pop();
    if (facts.omit && !facts.pointer && isEmpty(schema, decoded)) return;
    if (facts.omit === 'zero' && Object.keys(decoded as object).length === 0) return;
    into[field.name] = decoded;
  }

  #list(schema: ListSchema, value: unknown, go: string): Json {
    if (!Array.isArray(value)) throw this.mismatch(value, go);
    const element = elementName(go, schema.of);
    return value.map((each: unknown, i) => this.#at(i, () => this.value(schema.of, each, element)));
  }

  #map(schema: MapSchema, value: unknown, go: string): Json {
    if (!isObject(value)) throw this.mismatch(value, go);
    const element = elementName(go, schema.of);
    const result: Record<string, unknown> = {};
    for (const key in value) {
      putKey(
        result,
        key,
        this.#at(key, () => this.value(schema.of, value[key], element)),
      );
    }
    return result;
  }

  #at(step: Step, decodePart: () => Json): Json {
    this.#steps.push(step);
    const result = decodePart();
    this.#steps.pop();
    return result;
  }

  #noteUnknown(name: string): void {
    if (this.unknown.size >= MAX_UNKNOWN) return;
    this.unknown.add(pathOf([...this.#steps, name]));
  }

  #goPath(): string {
    const names = this.#steps.filter((step) => typeof step === 'object');
    return names.map((f) => [...(f.facts.within ?? []).map(([, go]) => go), f.name].join('.')).join('.');
  }
}

function pathOf(steps: readonly Step[]): string {
  let path = '';
  for (const step of steps) {
    if (typeof step === 'number') path += `[${step}]`;
    else path += `${path ? '.' : ''}${typeof step === 'string' ? step : step.name}`;
  }
  return path;
}

function elementName(go: string, schema: Schema): string {
  if (go.startsWith('[]')) return go.slice(2);
  const map = /^map\[[\w.]+\](.+)$/.exec(go);
  return map ? map[1]! : schema.go;
}

function zero(schema: Schema): Json {
  if (schema.kind === 'struct') return {};
  if (schema.kind === 'list') return [];
  if (schema.kind === 'map') return {};
  return ZEROES[schema.scalar] ?? null;
}

/** Bytes are a slice, too. */
function hasNil(schema: Schema): boolean {
  return schema.kind !== 'scalar' || schema.scalar === 'bytes';
}

const ZEROES: Readonly<Record<string, unknown>> = {
  string: '',
  bytes: '',
  bool: false,
  int32: 0,
  int64: 0,
  double: 0,
  Quantity: '0',
  IntOrString: 0,
};

/** What Go's `omitempty` leaves out: never a struct, and of types with an encoding of their own only the plain ones. */
function isEmpty(schema: Schema, value: Json): boolean {
  if (schema.kind === 'list') return value.length === 0;
  if (schema.kind === 'map') return Object.keys(value).length === 0;
  return value === '' || value === 0 || value === false || value === null;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function kindOf(value: unknown): string {
  if (Array.isArray(value)) return 'array';
  if (typeof value === 'boolean') return 'bool';
  return typeof value;
}

/** How large a value at some place of an expression can be: by its schema before any object is there, or as it is. */
import { isObject, propertyOf, type StructuralSchema } from '../structural/structural-schema.ts';
import { celName } from './field-name.ts';

export interface Extent {
  /** Bytes of a string, elements of a list, entries of a map; 1 for what has no size. */
  readonly size: number;
  /** The place behind a field or key, by its name in CEL. */
  field(name: string): Extent;
  /** What a list's elements or a map's values are like. */
  readonly items: Extent;
  /** What a map's keys are like. */
  readonly keys: Extent;
  readonly isMap: boolean;
  readonly isList: boolean;
}

/** The largest request, and so the largest of all values. */
const REQUEST = 3 * 1024 * 1024;

/** Keys are taken to be short, however long they may be. */
const NO_SIZE: Extent = extent(0);

export const UNBOUNDED: Extent = extent(Number.MAX_SAFE_INTEGER);
export const SINGLE: Extent = extent(1);

/** Of results: a size and what the elements are like. */
export function extent(size: number, items?: Extent): Extent {
  const self: Extent = {
    size,
    field: () => items ?? self,
    get items() {
      return items ?? self;
    },
    get keys() {
      return self;
    },
    isMap: false,
    isList: items !== undefined,
  };
  return self;
}

/** The largest that the schema allows, or that fits into a request. */
export function extentOfSchema(schema: StructuralSchema | undefined): Extent {
  if (!schema) return extent(REQUEST);
  return {
    size: sizeOfSchema(schema),
    field: (name) => extentOfSchema(propertyByCelName(schema, name)),
    get items() {
      const values = isObject(schema.additionalProperties) ? schema.additionalProperties : undefined;
      return extentOfSchema(schema.items ?? (values as StructuralSchema | undefined));
    },
    keys: NO_SIZE,
    isMap: schema.type === 'object',
    isList: schema.type === 'array',
  };
}

/** How many elements or entries the schema allows; 0 where it is neither list nor map. */
function mostElements(schema: StructuralSchema): number {
  if (schema.type === 'array') return schema.maxItems ?? Math.floor((REQUEST - 2) / (leastSize(schema.items) + 1));
  if (schema.type !== 'object' || !isObject(schema.additionalProperties)) return 0;
  const least = leastSize(schema.additionalProperties as StructuralSchema);
  return schema.maxProperties ?? Math.floor((REQUEST - 2) / (least + 6));
}

/** How many values of the schema fit into one request, if nothing else bounds them. */
export function mostInRequest(schema: StructuralSchema): number {
  return Math.floor(REQUEST / (leastSize(schema) + 1));
}

const FORMAT_SIZES: Readonly<Record<string, readonly [least: number, most: number]>> = {
  date: [12, 12],
  'date-time': [21, 32],
  duration: [3, 32],
};

function sizeOfSchema(schema: StructuralSchema): number {
  if (schema['x-kubernetes-int-or-string']) return REQUEST - 2;
  if (schema.type !== 'string') return mostElements(schema);
  if (schema.enum) return Math.max(...schema.enum.map((each) => String(each).length));
  if (schema.maxLength !== undefined) return schema.maxLength * 4;
  return FORMAT_SIZES[schema.format ?? '']?.[1] ?? REQUEST - 2;
}

/** Bytes of the shortest JSON that the schema allows. */
function leastSize(schema: StructuralSchema | undefined): number {
  switch (schema?.type) {
    case 'boolean':
      return 4;
    case 'integer':
    case 'number':
      return 1;
    case 'string':
      return FORMAT_SIZES[schema.format ?? '']?.[0] ?? 2;
    case 'object':
      return 2 + sum((schema.required ?? []).map((name) => requiredSize(schema, name)));
    default:
      return schema?.['x-kubernetes-int-or-string'] ? 1 : 2;
  }
}

function requiredSize(schema: StructuralSchema, name: string): number {
  const property = schema.properties?.[name];
  return property && property.default === undefined ? name.length + 4 + leastSize(property) : 0;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((all, each) => all + each, 0);
}

function propertyByCelName(schema: StructuralSchema, name: string): StructuralSchema | undefined {
  const original = Object.keys(schema.properties ?? {}).find((each) => celName(each) === name);
  return propertyOf(schema, original ?? name);
}

/** The largest of values that are there. */
export function extentOfValues(values: readonly unknown[]): Extent {
  return {
    get size() {
      return values.reduce<number>((most, value) => Math.max(most, sizeOfValue(value)), 1);
    },
    field: (name) => extentOfValues(values.flatMap((value) => fieldOf(value, name))),
    get items() {
      return extentOfValues(
        values.flatMap((value) => (isObject(value) ? Object.values(value) : Array.isArray(value) ? value : [])),
      );
    },
    get keys() {
      return extentOfValues(values.flatMap((value) => (isObject(value) ? Object.keys(value) : [])));
    },
    isMap: values.some(isObject),
    isList: values.some(Array.isArray),
  };
}

function fieldOf(value: unknown, name: string): unknown[] {
  if (!isObject(value)) return [];
  const original = Object.keys(value).find((each) => celName(each) === name || each === name);
  return original === undefined ? [] : [value[original]];
}

function sizeOfValue(value: unknown): number {
  if (typeof value === 'string') return Buffer.byteLength(value);
  if (Array.isArray(value)) return value.length;
  return isObject(value) ? Object.keys(value).length : 1;
}

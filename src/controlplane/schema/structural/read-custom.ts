/** From a request body to a custom resource: metadata read as such, unknown fields pruned, defaults filled in. */
import type { Json } from '../../registry/definition.ts';
import { decode } from '../decode.ts';
import { DecodeFault } from '../decode-fault.ts';
import { isTooDeep } from '../depth.ts';
import { type FieldValidation, type KindName, notHandled, strictFaults, strictRefusal } from '../field-validation.ts';
import { invalid } from './fault.ts';
import { fillDefaults } from './fill.ts';
import { pruneUnknown } from './prune.ts';
import { below, isObject, type StructuralSchema } from './structural-schema.ts';

export interface ReadOptions {
  readonly validation: FieldValidation;
  readonly duplicates?: readonly string[];
  readonly warn?: (message: string) => void;
  /** Fill in defaults? An applied configuration is read without. @default true */
  readonly defaults?: boolean;
}

/**
 * The object that a body means; `value` is left alone.
 * @param schema undefined where the version has none: then anything is kept
 * @throws StatusError BadRequest
 */
export function readCustom(
  schema: StructuralSchema | undefined,
  name: KindName,
  value: Json,
  { validation, duplicates = [], warn, defaults = true }: ReadOptions,
): Json {
  if (isTooDeep(value)) throw notHandled(name, 'exceeded max depth');
  const object = structuredClone(value);
  const unknown = schema ? pruneUnknown(schema, object) : [];
  unknown.push(...readMetadata(name, object, ''));
  if (schema) unknown.push(...embeddedMetadata(name, schema, object, ''));
  const faults = validation === 'Ignore' ? [] : strictFaults(unknown, duplicates);
  if (validation === 'Strict' && faults.length > 0) throw strictRefusal(name, faults);
  for (const fault of faults) warn?.(fault);
  if (schema && defaults) fillDefaults(schema, object);
  return object;
}

/** Replaces the metadata at `path` by what its type makes of it; answers the paths of unknown fields. */
function readMetadata(name: KindName, object: Json, path: string): string[] {
  if (object.metadata === undefined) return [];
  const where = below(path, 'metadata');
  try {
    const { object: metadata, unknown } = decode('meta.v1.ObjectMeta', object.metadata);
    object.metadata = metadata;
    return unknown.map((each) => below(where, each));
  } catch (error) {
    if (!(error instanceof DecodeFault)) throw error;
    const detail = path === '' ? error.message : `${where}: ${invalid(where, object.metadata, error.message).message}`;
    throw notHandled(name, detail);
  }
}

function embeddedMetadata(name: KindName, schema: StructuralSchema, value: Json, path: string): string[] {
  if (Array.isArray(value)) {
    const { items } = schema;
    return items ? value.flatMap((each, i) => embeddedMetadata(name, items, each, below(path, i))) : [];
  }
  if (!isObject(value)) return [];
  const own = schema['x-kubernetes-embedded-resource'] ? readMetadata(name, value, path) : [];
  const inner = Object.keys(value).flatMap((key) => {
    const property =
      schema.properties?.[key] ?? (isObject(schema.additionalProperties) ? schema.additionalProperties : undefined);
    return property ? embeddedMetadata(name, property as StructuralSchema, value[key], below(path, key)) : [];
  });
  return [...own, ...inner];
}

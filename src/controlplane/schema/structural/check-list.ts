/** The rules for `x-kubernetes-list-type`, its keys, and `x-kubernetes-map-type`. */
import type { FieldError, Json } from '../../registry/definition.ts';
import { forbidden, invalid, required, unsupported } from './fault.ts';

export function listTypeFaults(schema: Json, path: string): FieldError[] {
  const listType = schema['x-kubernetes-list-type'];
  const keys = schema['x-kubernetes-list-map-keys'] ?? [];
  const faults = mapTypeFaults(schema, path);
  if (listType === undefined) {
    if (keys.length > 0) {
      const detail = 'must be map if x-kubernetes-list-map-keys is non-empty';
      faults.push(required(`${path}.x-kubernetes-list-type`, detail));
    }
    return faults;
  }
  if (!['atomic', 'set', 'map'].includes(listType)) {
    faults.push(unsupported(`${path}.x-kubernetes-list-type`, listType, ['atomic', 'set', 'map']));
  }
  if (schema.type !== 'array') {
    faults.push(invalid(`${path}.type`, schema.type ?? '', 'must be array if x-kubernetes-list-type is specified'));
  } else if (listType === 'set') faults.push(...setFaults(schema.items ?? {}, `${path}.items`));
  else if (listType === 'map') faults.push(...mapFaults(schema.items ?? {}, keys, path));
  return faults;
}

function mapTypeFaults(schema: Json, path: string): FieldError[] {
  const mapType = schema['x-kubernetes-map-type'];
  if (mapType === undefined) return [];
  const faults: FieldError[] = [];
  if (mapType !== 'atomic' && mapType !== 'granular') {
    faults.push(unsupported(`${path}.x-kubernetes-map-type`, mapType, ['atomic', 'granular']));
  }
  if (schema.type !== 'object') {
    faults.push(invalid(`${path}.type`, schema.type ?? '', 'must be object if x-kubernetes-map-type is specified'));
  }
  return faults;
}

function setFaults(items: Json, path: string): FieldError[] {
  if (items.nullable) return [forbidden(`${path}.nullable`, 'cannot be nullable when x-kubernetes-list-type is set')];
  if (items.type === 'object' && items['x-kubernetes-map-type'] !== 'atomic') {
    const value = items['x-kubernetes-map-type'] ?? null;
    const detail = 'must be atomic as item of a list with x-kubernetes-list-type=set';
    return [invalid(`${path}.x-kubernetes-map-type`, value, detail)];
  }
  const ownType = items['x-kubernetes-list-type'];
  if (items.type === 'array' && ownType !== undefined && ownType !== 'atomic') {
    const detail = 'must be atomic as item of a list with x-kubernetes-list-type=set';
    return [invalid(`${path}.x-kubernetes-list-type`, ownType, detail)];
  }
  return [];
}

function mapFaults(items: Json, keys: readonly string[], path: string): FieldError[] {
  const where = `${path}.x-kubernetes-list-map-keys`;
  if (keys.length === 0) return [required(where, 'must not be empty if x-kubernetes-list-type is map')];
  if (items.type !== 'object') {
    const detail = "must be object if parent array's x-kubernetes-list-type is map";
    return [invalid(`${path}.items.type`, items.type ?? '', detail)];
  }
  const faults: FieldError[] = [];
  if (new Set(keys).size < keys.length) faults.push(invalid(where, keys, 'must not contain duplicate entries'));
  if (keys.some((key) => !items.properties?.[key])) {
    faults.push(invalid(where, keys, 'entries must all be names of item properties'));
  }
  for (const key of new Set(keys)) {
    if (items.properties?.[key]) faults.push(...keyFaults(items, key, `${path}.items.properties[${key}]`));
  }
  return faults;
}

function keyFaults(items: Json, key: string, path: string): FieldError[] {
  const property = items.properties[key];
  if (property.type === 'object' || property.type === 'array') {
    const detail = "must be a scalar type if parent array's x-kubernetes-list-type is map";
    return [invalid(`${path}.type`, property.type, detail)];
  }
  if (items.required?.includes(key) || property.default !== undefined) return [];
  const list = 'x-kubernetes-list-map-keys';
  return [
    required(`${path}.default`, `this property is in ${list}, so it must have a default or be a required property`),
  ];
}

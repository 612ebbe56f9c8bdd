/** What makes an applied configuration unfit for its schema, in upstream's words. */
import { isJsonObject, type Json } from '../../kube/index.ts';
import type { ApplySchema } from '../schema/index.ts';
import { fieldElement, type PathElement, printPath } from './path-element.ts';
import { elementOf, entriesOf, fieldSchema, formOf, isAtomic, itemSchema } from './typed-value.ts';

/** One sentence, undefined where all is well. */
export function configurationFault(applied: Json, schema: ApplySchema): string | undefined {
  const faults = faultsIn(applied, schema, []);
  return faults.length > 1 ? `errors:\n${faults.map((fault) => `  ${fault}`).join('\n')}` : faults[0];
}

function faultsIn(value: Json, schema: ApplySchema, path: readonly PathElement[]): string[] {
  if (value === null) return [];
  switch (formOf(schema, value)) {
    case 'map':
      return isJsonObject(value)
        ? fieldFaults(value, schema, path)
        : [fault(path, `expected map, got ${print(value)}`)];
    case 'list':
      return Array.isArray(value)
        ? itemFaults(value, schema, path)
        : [fault(path, `expected list, got ${print(value)}`)];
    default:
      return [];
  }
}

function fieldFaults(value: Json, schema: ApplySchema, path: readonly PathElement[]): string[] {
  return entriesOf(value).flatMap(([name, item]) => {
    const below = [...path, fieldElement(name)];
    if (schema.kind === 'struct' && !schema.field(name)) return [fault(below, 'field not declared in schema')];
    return faultsIn(item, fieldSchema(schema, name), below);
  });
}

function itemFaults(items: readonly Json[], schema: ApplySchema, path: readonly PathElement[]): string[] {
  const seen = new Set<PathElement>();
  return items.flatMap((item, i) => {
    const element = isAtomic(schema, 'list') ? `i:${i}` : elementOf(schema, item);
    if (element instanceof Error) return [fault(path, `element ${i}: ${element.message}`)];
    const twice = seen.has(element) ? [fault(path, `duplicate entries for key ${printPath([element])}`)] : [];
    seen.add(element);
    return [...twice, ...faultsIn(item, itemSchema(schema), [...path, element])];
  });
}

function fault(path: readonly PathElement[], message: string): string {
  return path.length > 0 ? `${printPath(path)}: ${message}` : message;
}

function print(value: Json): string {
  return typeof value === 'object' ? JSON.stringify(value) : `${value}`;
}

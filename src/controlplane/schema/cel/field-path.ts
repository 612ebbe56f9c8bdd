/** `fieldPath` of a rule: where below the rule's own place its fault is reported, as `.spec.foo['a-b']`. */
import type { StructuralSchema } from '../structural/structural-schema.ts';

/** The path to append, `.spec.foo[a-b]`; undefined where the schema has no such place. */
export function fieldPathOf(schema: StructuralSchema, fieldPath: string): string | undefined {
  let at: StructuralSchema | undefined = schema;
  let rest = fieldPath;
  let path = '';
  while (rest !== '') {
    const step = /^(?:\.([A-Za-z_]\w*)|\['([^']+)'\])/.exec(rest);
    const name = step?.[1] ?? step?.[2];
    if (!step || name === undefined) return undefined;
    const property: StructuralSchema | undefined = at?.properties?.[name];
    const values: StructuralSchema | undefined =
      typeof at?.additionalProperties === 'object' ? at.additionalProperties : undefined;
    at = property ?? values;
    if (!at) return undefined;
    path += property ? `.${name}` : `[${name}]`;
    rest = rest.slice(step[0].length);
  }
  return path === '' ? undefined : path;
}

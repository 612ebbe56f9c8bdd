import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { FieldError, Json } from '../../registry/definition.ts';
import type { StructuralSchema } from '../structural/structural-schema.ts';
import { validateCustom } from './validate-custom.ts';

/** What kube-apiserver 1.35 answered to objects of a schema with rules: on creation, or on the change from `old`. */
interface Recorded {
  readonly schema: StructuralSchema;
  readonly cases: readonly { readonly spec: Json; readonly old?: Json; readonly causes: readonly FieldError[] }[];
}

const { schema, cases } = JSON.parse(
  readFileSync(new URL('./testdata/rules-1.35.json', import.meta.url), 'utf8'),
) as Recorded;

describe('rules find what kube-apiserver finds', () => {
  const named = cases.map((each) => ({
    ...each,
    name: `${JSON.stringify(each.old ?? null)} to ${JSON.stringify(each.spec)}`,
  }));
  test.each(named)('from $name', ({ spec, old, causes }) => {
    const found = validateCustom(schema, resource(spec), old && resource(old));
    expect(sorted(found)).toEqual(sorted(causes));
  });
});

function resource(spec: Json): Json {
  return { apiVersion: 'ex.com/v1', kind: 'Cel', metadata: { name: 'x' }, spec };
}

function sorted(faults: readonly FieldError[]): FieldError[] {
  return faults.toSorted((a, b) => `${a.field}${a.message}`.localeCompare(`${b.field}${b.message}`));
}

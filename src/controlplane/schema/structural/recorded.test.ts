import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { FieldError, Json } from '../../registry/definition.ts';
import { readCustom } from './read-custom.ts';
import type { StructuralSchema } from './structural-schema.ts';
import { validateValue } from './validate.ts';

/** What kube-apiserver 1.35 answered to a custom resource of this schema with each of these specs. */
interface Recorded {
  readonly schema: StructuralSchema;
  readonly cases: readonly {
    readonly spec: Json;
    readonly answer?: Json;
    readonly refusal?: string;
    readonly causes?: readonly FieldError[];
  }[];
}

const file = new URL('./testdata/kube-apiserver-1.35.json', import.meta.url);
const { schema, cases } = JSON.parse(readFileSync(file, 'utf8')) as Recorded;
const named = cases.map((each) => ({ ...each, name: JSON.stringify(each.spec) }));

function read(spec: Json): Json {
  const object = { apiVersion: 'ex.com/v1', kind: 'Foo', metadata: { name: 'x' }, spec };
  return readCustom(schema, { group: 'ex.com', version: 'v1', kind: 'Foo' }, object, { validation: 'Strict' });
}

describe('accepted, with defaults', () => {
  test.each(named.filter((each) => each.answer))('$name', ({ spec, answer }) => {
    const object = read(spec);
    expect(object.spec).toEqual(answer);
    expect(validateValue(schema, object, '')).toEqual([]);
  });
});

describe('invalid, for the same causes', () => {
  test.each(named.filter((each) => each.causes))('$name', ({ spec, causes }) => {
    const found = validateValue(schema, read(spec), '');
    expect(sorted(found)).toEqual(sorted(causes!));
  });
});

describe('not readable, in the same words', () => {
  test.each(named.filter((each) => each.refusal))('$name', ({ spec, refusal }) => {
    expect(() => read(spec)).toThrow(refusal!);
  });
});

/** Go goes through maps in no order. */
function sorted(faults: readonly FieldError[]): FieldError[] {
  return faults.toSorted((a, b) => `${a.field}${a.message}`.localeCompare(`${b.field}${b.message}`));
}

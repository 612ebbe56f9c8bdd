import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import type { FieldError, Json } from '../../registry/definition.ts';
import { schemaFaults } from './check.ts';

/** What kube-apiserver 1.35 said to a CustomResourceDefinition with each of these schemas; no cause: accepted. */
interface Recorded {
  readonly name: string;
  readonly schema: Json;
  readonly causes: readonly FieldError[];
}

const recorded = JSON.parse(
  readFileSync(new URL('./testdata/schemas-1.35.json', import.meta.url), 'utf8'),
) as Recorded[];

test.each(recorded)('$name', ({ schema, causes }) => {
  const found = schemaFaults(schema, 'spec.validation.openAPIV3Schema', { status: true });
  expect(sorted(found)).toEqual(sorted(causes));
});

function sorted(faults: readonly FieldError[]): FieldError[] {
  return faults.toSorted((a, b) => `${a.field}${a.message}`.localeCompare(`${b.field}${b.message}`));
}

import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import type { FieldError, Json } from '../../registry/definition.ts';
import { customSchemaFaults } from './validate-custom.ts';

/** What kube-apiserver 1.35 said to CustomResourceDefinitions with these rules; no cause: accepted. */
interface Recorded {
  readonly name: string;
  readonly schema: Json;
  readonly causes: readonly FieldError[];
}

const recorded = JSON.parse(
  readFileSync(new URL('./testdata/schemas-1.35.json', import.meta.url), 'utf8'),
) as Recorded[];

test.each(recorded)('$name', ({ schema, causes }) => {
  const found = customSchemaFaults(schema, 'spec.validation.openAPIV3Schema', { status: true });
  expect(sorted(found).map(firstFault)).toEqual(sorted(causes).map(firstFault));
});

/** Parsers differ in what they expected, and in how many faults they tell at once. */
function firstFault(fault: FieldError): FieldError {
  return {
    ...fault,
    message: fault.message.replace(/(Syntax error: ).*/s, '$1').replace(/(\n \| [^\n]*\n[^\n]*)\nERROR.*/s, '$1'),
  };
}

function sorted(faults: readonly FieldError[]): FieldError[] {
  return faults.toSorted((a, b) => `${a.field}${a.message}`.localeCompare(`${b.field}${b.message}`));
}

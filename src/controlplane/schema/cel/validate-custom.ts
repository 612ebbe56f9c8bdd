/** The whole judgement of custom resources and of their schemas: structure first, then rules. */
import type { FieldError, Json } from '../../registry/definition.ts';
import { schemaFaults } from '../structural/check.ts';
import type { StructuralSchema } from '../structural/structural-schema.ts';
import { validateValue } from '../structural/validate.ts';
import { ruleSchemaFaults } from './check-rules.ts';
import { hasRules, ruleFaults } from './judge.ts';

/** Faults after which a value may not be what rules take it for. */
const BLOCKING = new Set(['FieldValueRequired', 'FieldValueTypeInvalid', 'FieldValueTooLong', 'FieldValueTooMany']);

const UNCHECKED: FieldError = {
  reason: 'FieldValueInvalid',
  field: '<nil>',
  message:
    'Invalid value: null: some validation rules were not checked because the object was invalid; correct the existing errors to complete validation',
};

/** @param old the stored object on an update */
export function validateCustom(schema: StructuralSchema, object: Json, old?: Json): FieldError[] {
  const faults = validateValue(schema, object, '', old);
  if (!hasRules(schema)) return faults;
  const blocked = faults.some((fault) => BLOCKING.has(fault.reason));
  return [...faults, ...(blocked ? [UNCHECKED] : ruleFaults(schema, object, old))];
}

/**
 * What is wrong with the schema of a CustomResourceDefinition, rules included.
 * @param path where it stands, `spec.validation.openAPIV3Schema`
 */
export function customSchemaFaults(schema: Json, path: string, options: { status?: boolean } = {}): FieldError[] {
  return [...schemaFaults(schema, path, options), ...ruleSchemaFaults(schema, path)];
}

/** The whole judgement of a custom resource: its schema, then its rules. */
import type { FieldError, Json } from '../../registry/definition.ts';
import type { StructuralSchema } from '../structural/structural-schema.ts';
import { validateValue } from '../structural/validate.ts';
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

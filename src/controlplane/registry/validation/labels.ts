/** Labels and label selectors as fields of objects. */
import type { FieldError, Json } from '../definition.ts';
import { forbidden, invalid, invalids, required } from './field-error.ts';
import { labelValue, qualifiedName } from './names.ts';

export function validateLabels(labels: Record<string, string> | undefined, field: string): FieldError[] {
  return Object.entries(labels ?? {}).flatMap(([key, value]) => [
    ...invalids(field, key, qualifiedName(key)),
    ...invalids(field, value, labelValue(value)),
  ]);
}

/** Faults of a LabelSelector; no selector has none. */
export function validateLabelSelector(selector: Json, field: string): FieldError[] {
  if (!selector) return [];
  return [
    ...validateLabels(selector.matchLabels, `${field}.matchLabels`),
    ...(selector.matchExpressions ?? []).flatMap((r: Json, i: number) =>
      requirementErrors(r, `${field}.matchExpressions[${i}]`),
    ),
  ];
}

function requirementErrors(requirement: Json, field: string): FieldError[] {
  const values: string[] = requirement.values ?? [];
  return [
    ...operatorErrors(requirement.operator, values, field),
    ...invalids(`${field}.key`, requirement.key ?? '', qualifiedName(requirement.key ?? '')),
    ...values.flatMap((value, i) => invalids(`${field}.values[${i}]`, value, labelValue(value))),
  ];
}

function operatorErrors(operator: unknown, values: string[], field: string): FieldError[] {
  switch (operator) {
    case 'In':
    case 'NotIn':
      return values.length > 0
        ? []
        : [required(`${field}.values`, "must be specified when `operator` is 'In' or 'NotIn'")];
    case 'Exists':
    case 'DoesNotExist':
      return values.length === 0
        ? []
        : [forbidden(`${field}.values`, "may not be specified when `operator` is 'Exists' or 'DoesNotExist'")];
    default:
      return [invalid(`${field}.operator`, operator ?? '', 'not a valid selector operator')];
  }
}

export function isEmptySelector(selector: Json): boolean {
  return Object.keys(selector?.matchLabels ?? {}).length + (selector?.matchExpressions ?? []).length === 0;
}

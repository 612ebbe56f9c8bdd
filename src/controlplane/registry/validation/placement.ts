/** Where a Pod may run: affinity, tolerations, topology spread. */
import type { FieldError, Json } from '../definition.ts';
import { duplicate, forbidden, invalid, invalids, notSupported, optionalOneOf, required } from './field-error.ts';
import { validateLabelSelector } from './labels.ts';
import { qualifiedName } from './names.ts';

const EFFECTS = ['NoSchedule', 'PreferNoSchedule', 'NoExecute'];
const UNSATISFIABLE = ['DoNotSchedule', 'ScheduleAnyway'];

export function validatePlacement(spec: Json, at: string): FieldError[] {
  return [
    ...affinityErrors(spec.affinity ?? {}, `${at}.affinity`),
    ...validateTolerations(spec.tolerations ?? [], `${at}.tolerations`),
    ...spreadErrors(spec.topologySpreadConstraints ?? [], `${at}.topologySpreadConstraints`),
  ];
}

function validateTolerations(tolerations: Json[], at: string): FieldError[] {
  return tolerations.flatMap((t, i) => tolerationErrors(t, `${at}[${i}]`));
}

function tolerationErrors(t: Json, at: string): FieldError[] {
  const errors = t.key ? invalids(`${at}.key`, t.key, qualifiedName(t.key)) : [];
  const operator = t.operator || 'Equal';
  if (!t.key && operator !== 'Exists') {
    const detail = 'operator must be Exists when `key` is empty, which means "match all values and all keys"';
    errors.push(invalid(`${at}.operator`, t.operator ?? '', detail));
  }
  if (t.tolerationSeconds !== undefined && t.tolerationSeconds !== null && t.effect !== 'NoExecute') {
    const detail = "effect must be 'NoExecute' when `tolerationSeconds` is set";
    errors.push(invalid(`${at}.effect`, t.effect ?? '', detail));
  }
  if (operator === 'Exists' && t.value) {
    errors.push(invalid(`${at}.operator`, t.value, "value must be empty when `operator` is 'Exists'"));
  } else if (!['Exists', 'Equal', 'Lt', 'Gt'].includes(operator)) {
    errors.push(notSupported(`${at}.operator`, operator, ['Equal', 'Exists']));
  }
  if (t.effect) errors.push(...optionalOneOf(`${at}.effect`, t.effect, EFFECTS));
  return errors;
}

function spreadErrors(constraints: Json[], at: string): FieldError[] {
  const keys = constraints.map((c) => `{${c.topologyKey}, ${c.whenUnsatisfiable}}`);
  return constraints.flatMap((c, i) => {
    const field = `${at}[${i}]`;
    const repeated = keys.includes(keys[i]!, i + 1)
      ? [duplicate(`${field}.{topologyKey, whenUnsatisfiable}`, keys[i])]
      : [];
    return [
      ...(c.maxSkew > 0 ? [] : [invalid(`${field}.maxSkew`, c.maxSkew ?? 0, 'must be greater than zero')]),
      ...(c.topologyKey ? [] : [required(`${field}.topologyKey`, 'can not be empty')]),
      ...optionalOneOf(`${field}.whenUnsatisfiable`, c.whenUnsatisfiable ?? '', UNSATISFIABLE),
      ...repeated,
      ...validateLabelSelector(c.labelSelector, `${field}.labelSelector`),
    ];
  });
}

const REQUIRED = 'requiredDuringSchedulingIgnoredDuringExecution';
const PREFERRED = 'preferredDuringSchedulingIgnoredDuringExecution';

function affinityErrors(affinity: Json, at: string): FieldError[] {
  return [
    ...nodeAffinityErrors(affinity.nodeAffinity ?? {}, `${at}.nodeAffinity`),
    ...podAffinityErrors(affinity.podAffinity ?? {}, `${at}.podAffinity`),
    ...podAffinityErrors(affinity.podAntiAffinity ?? {}, `${at}.podAntiAffinity`),
  ];
}

function nodeAffinityErrors(affinity: Json, at: string): FieldError[] {
  return [
    ...validateNodeSelector(affinity[REQUIRED], `${at}.${REQUIRED}`),
    ...(affinity[PREFERRED] ?? []).flatMap((term: Json, i: number) => [
      ...weightErrors(term.weight, `${at}.${PREFERRED}[${i}].weight`),
      ...termErrors(term.preference ?? {}, `${at}.${PREFERRED}[${i}].preference`),
    ]),
  ];
}

export function validateNodeSelector(selector: Json, at: string): FieldError[] {
  if (!selector) return [];
  const terms: Json[] = selector.nodeSelectorTerms ?? [];
  if (terms.length === 0) return [required(`${at}.nodeSelectorTerms`, 'must have at least one node selector term')];
  return terms.flatMap((term, i) => termErrors(term, `${at}.nodeSelectorTerms[${i}]`));
}

function termErrors(term: Json, at: string): FieldError[] {
  return ['matchExpressions', 'matchFields'].flatMap((list) =>
    (term[list] ?? []).flatMap((r: Json, i: number) => [
      ...operatorErrors(r, `${at}.${list}[${i}]`),
      ...(list === 'matchExpressions'
        ? invalids(`${at}.${list}[${i}].key`, r.key ?? '', qualifiedName(r.key ?? ''))
        : []),
    ]),
  );
}

function operatorErrors({ operator, values = [] }: Json, at: string): FieldError[] {
  switch (operator) {
    case 'In':
    case 'NotIn':
      return values.length > 0
        ? []
        : [required(`${at}.values`, "must be specified when `operator` is 'In' or 'NotIn'")];
    case 'Exists':
    case 'DoesNotExist':
      return values.length === 0
        ? []
        : [forbidden(`${at}.values`, "may not be specified when `operator` is 'Exists' or 'DoesNotExist'")];
    case 'Gt':
    case 'Lt':
      return values.length === 1
        ? []
        : [required(`${at}.values`, "must be specified single value when `operator` is 'Lt' or 'Gt'")];
    default:
      return [invalid(`${at}.operator`, operator ?? '', 'not a valid selector operator')];
  }
}

function podAffinityErrors(affinity: Json, at: string): FieldError[] {
  return [
    ...(affinity[REQUIRED] ?? []).flatMap((term: Json, i: number) => podTermErrors(term, `${at}.${REQUIRED}[${i}]`)),
    ...(affinity[PREFERRED] ?? []).flatMap((term: Json, i: number) => [
      ...weightErrors(term.weight, `${at}.${PREFERRED}[${i}].weight`),
      ...podTermErrors(term.podAffinityTerm ?? {}, `${at}.${PREFERRED}[${i}].podAffinityTerm`),
    ]),
  ];
}

function podTermErrors(term: Json, at: string): FieldError[] {
  return [
    ...validateLabelSelector(term.labelSelector, `${at}.labelSelector`),
    ...validateLabelSelector(term.namespaceSelector, `${at}.namespaceSelector`),
    ...(term.topologyKey ? [] : [required(`${at}.topologyKey`, 'can not be empty')]),
    ...invalids(`${at}.topologyKey`, term.topologyKey ?? '', qualifiedName(term.topologyKey ?? '')),
  ];
}

function weightErrors(weight: Json, field: string): FieldError[] {
  return weight >= 1 && weight <= 100 ? [] : [invalid(field, weight ?? 0, 'must be in the range 1-100')];
}

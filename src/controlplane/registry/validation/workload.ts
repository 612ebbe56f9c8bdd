/** What Deployments and their like share: a selector, a template that it selects, a number of replicas. */
import { selectorOf } from '../../../kube/index.ts';
import type { FieldError, Json } from '../definition.ts';
import { forbidden, invalid, notSupported, required } from './field-error.ts';
import { isEmptySelector, validateLabelSelector, validateLabels } from './labels.ts';
import { validateAnnotations } from './metadata.ts';
import { validatePodSpec } from './pod-spec.ts';
import { hostnameWarnings, podWarnings } from './pod-warnings.ts';

export function validatePodTemplate(template: Json, at: string): FieldError[] {
  const { metadata = {}, spec = {} } = template ?? {};
  return [
    ...validateLabels(metadata.labels, `${at}.labels`),
    ...validateAnnotations(metadata.annotations, `${at}.annotations`),
    ...validatePodSpec(spec, `${at}.spec`),
  ];
}

/** How a kind words what is wrong with its selector. */
export interface SelectionWords {
  /** As in `empty selector is invalid for deployment`. */
  readonly kind: string;
  /** Said of a selector that cannot be read, beside what is wrong inside; undefined: nothing more. */
  readonly unreadable?: string;
  /** Is an absent selector told apart from one that does not match? */
  readonly needed: boolean;
}

/** A selector that is there, is not empty, is well-formed and selects the template's labels. */
export function validateSelection(spec: Json, { kind, unreadable, needed }: SelectionWords): FieldError[] {
  const { selector } = spec;
  if (!selector) return [...(needed ? [required('spec.selector')] : []), ...mismatch(spec)];
  const faults = validateLabelSelector(selector, 'spec.selector');
  if (faults.length > 0) {
    return unreadable === undefined ? faults : [...faults, invalid('spec.selector', selector, unreadable)];
  }
  return isEmptySelector(selector)
    ? [invalid('spec.selector', selector, `empty selector is invalid for ${kind}`)]
    : mismatch(spec);
}

function mismatch(spec: Json): FieldError[] {
  const labels = spec.template?.metadata?.labels;
  if (selectorOf(spec.selector).matches(labels)) return [];
  return [invalid('spec.template.metadata.labels', labels ?? null, '`selector` does not match template `labels`')];
}

/** Pods that a controller keeps running are restarted always and have no deadline. */
export function validateLongRunning(spec: Json, owner: string): FieldError[] {
  const at = 'spec.template.spec';
  const pod = spec.template?.spec ?? {};
  return [
    ...(pod.restartPolicy && pod.restartPolicy !== 'Always'
      ? [notSupported(`${at}.restartPolicy`, pod.restartPolicy, ['Always'])]
      : []),
    ...(pod.activeDeadlineSeconds
      ? [forbidden(`${at}.activeDeadlineSeconds`, `activeDeadlineSeconds in ${owner} is not Supported`)]
      : []),
  ];
}

/** What a workload's template is accepted with. */
export function templateWarnings({ metadata, spec }: Json): string[] {
  return [...hostnameWarnings(metadata.name), ...podWarnings(spec.template?.spec ?? {}, 'spec.template.spec')];
}

/** Pods: what may be created, and the little that may change later. */
import type { FieldError, Json } from '../definition.ts';
import { ephemeralUpdateErrors } from './ephemeral-container.ts';
import { forbidden, invalid } from './field-error.ts';
import { differences, same } from './immutable.ts';
import { podResizeErrors } from './pod-resize.ts';
import { validatePodSpec } from './pod-spec.ts';

export function validatePod(pod: Json): FieldError[] {
  return validatePodSpec(pod.spec ?? {}, 'spec');
}

const UPDATABLE =
  'pod updates may not change fields other than `spec.containers[*].image`,`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)';

export function validatePodUpdate(pod: Json, old: Json, subresource: string | undefined): FieldError[] {
  switch (subresource) {
    case 'status':
    case 'binding':
      return [];
    case 'resize':
      return podResizeErrors(pod, old);
    case 'ephemeralcontainers':
      return ephemeralUpdateErrors(pod, old);
    default:
      return specUpdateErrors(pod.spec, old.spec);
  }
}

function specUpdateErrors(spec: Json, old: Json): FieldError[] {
  const counts = ['containers', 'initContainers']
    .filter((field) => (spec[field] ?? []).length !== (old[field] ?? []).length)
    .map((field) => forbidden(`spec.${field}`, 'pod updates may not add or remove containers'));
  if (counts.length > 0) return counts;
  const errors = [...deadlineErrors(spec, old), ...tolerationErrors(spec, old), ...gateErrors(spec, old)];
  if (errors.length > 0) return errors;
  const changed = differences(fixedPart(spec, old), old);
  return changed.length === 0 ? [] : [forbidden('spec', `${UPDATABLE}\n  changed: ${changed.join(', ')}`)];
}

/** The new spec with what may change put back, so that it equals the old one if nothing else changed. */
function fixedPart(spec: Json, old: Json): Json {
  const fixed = structuredClone(spec);
  for (const field of ['containers', 'initContainers']) {
    for (const [i, container] of (fixed[field] ?? []).entries()) container.image = old[field][i].image;
  }
  for (const field of ['activeDeadlineSeconds', 'tolerations', 'schedulingGates']) fixed[field] = old[field];
  if (old.terminationGracePeriodSeconds < 0 && spec.terminationGracePeriodSeconds === 1) {
    fixed.terminationGracePeriodSeconds = old.terminationGracePeriodSeconds;
  }
  if ((old.schedulingGates ?? []).length > 0) Object.assign(fixed, placementWhileGated(old));
  return fixed;
}

/** A Pod that is held by gates may still be told where to run. */
function placementWhileGated(old: Json): Json {
  return { nodeSelector: old.nodeSelector, affinity: old.affinity };
}

function deadlineErrors(spec: Json, old: Json): FieldError[] {
  const field = 'spec.activeDeadlineSeconds';
  const [now, before] = [spec.activeDeadlineSeconds ?? undefined, old.activeDeadlineSeconds ?? undefined];
  if (before === undefined || now === before) return [];
  if (now === undefined) return [invalid(field, null, 'must not update from a positive integer to nil value')];
  return now > before ? [invalid(field, now, 'must be less than or equal to previous value')] : [];
}

function tolerationErrors(spec: Json, old: Json): FieldError[] {
  const tolerations: Json[] = spec.tolerations ?? [];
  const kept = (old.tolerations ?? []).every((t: Json) =>
    tolerations.some((n) => same({ ...n, tolerationSeconds: 0 }, { ...t, tolerationSeconds: 0 })),
  );
  if (kept) return [];
  return [forbidden('spec.tolerations', 'existing toleration can not be modified except its tolerationSeconds')];
}

function gateErrors(spec: Json, old: Json): FieldError[] {
  const before = (old.schedulingGates ?? []).map((gate: Json) => gate.name);
  return (spec.schedulingGates ?? []).flatMap(({ name }: Json, i: number) =>
    before.includes(name)
      ? []
      : [
          forbidden(
            `spec.schedulingGates[${i}].name`,
            `only deletion is allowed, but found new scheduling gate '${name}'`,
          ),
        ],
  );
}

/** Containers for looking into a running Pod: added by their own subresource, and then never changed. */
import type { FieldError, Json } from '../definition.ts';
import { forbidden, notFound } from './field-error.ts';
import { same } from './immutable.ts';

const AT = 'spec.ephemeralContainers';
const REFUSAL = 'cannot be set for an Ephemeral Container';
/** Services that nobody should rely on a passing container for. */
const FORBIDDEN = [
  'ports',
  'resources',
  'resizePolicy',
  'restartPolicy',
  'restartPolicyRules',
  'livenessProbe',
  'readinessProbe',
  'startupProbe',
  'lifecycle',
];

/** What goes beyond the rules of every container. */
export function ephemeralContainerErrors(c: Json, at: string, spec: Json): FieldError[] {
  const names = [...(spec.containers ?? []), ...(spec.initContainers ?? [])].map((other: Json) => other.name);
  const { targetContainerName: target } = c;
  return [
    ...(target && !names.includes(target) ? [notFound(`${at}.targetContainerName`, target)] : []),
    ...FORBIDDEN.filter((field) => !same(c[field], undefined)).map((field) => forbidden(`${at}.${field}`, REFUSAL)),
    ...(c.volumeMounts ?? []).flatMap((mount: Json, i: number) =>
      ['subPath', 'subPathExpr']
        .filter((field) => mount[field])
        .map((field) => forbidden(`${at}.volumeMounts[${i}].${field}`, REFUSAL)),
    ),
  ];
}

export function ephemeralCreateErrors({ spec }: Json): FieldError[] {
  return spec?.ephemeralContainers?.length > 0 ? [forbidden(AT, 'cannot be set on create')] : [];
}

export function ephemeralUpdateErrors(pod: Json, old: Json): FieldError[] {
  if (old.metadata.annotations?.['kubernetes.io/config.mirror'] !== undefined)
    return [forbidden('', 'static pods do not support ephemeral containers')];
  const now = new Map<string, Json>((pod.spec.ephemeralContainers ?? []).map((c: Json) => [c.name, c]));
  return (old.spec.ephemeralContainers ?? []).flatMap((before: Json) => {
    const name = JSON.stringify(before.name);
    if (!now.has(before.name)) return [forbidden(AT, `existing ephemeral containers ${name} may not be removed\n`)];
    if (same(now.get(before.name), before)) return [];
    return [forbidden(AT, `existing ephemeral containers ${name} may not be changed\n`)];
  });
}

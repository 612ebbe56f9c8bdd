/** For tests: a write's way through a kind's strategy, in the order in which the handlers take it. */
import type { FieldError, Json } from '../definition.ts';
import { describeFieldErrors, validateMetadata, validateMetadataUpdate } from '../validation/index.ts';
import { builtInKinds } from './index.ts';

export const NAMESPACE = 'default';
const NOW = Date.UTC(2026, 0, 1, 12);

export function kind(name: string, group?: string) {
  const found = builtInKinds.find((d) => d.kind === name && (group === undefined || d.group === group));
  if (!found) throw new Error(`no kind ${name}`);
  return found;
}

/** A new object of a kind as it would be stored, and what is wrong with it. */
export function created(name: string, draft: Json, group?: string): { object: Json; errors: FieldError[] } {
  const definition = kind(name, group);
  const object = structuredClone(draft);
  object.metadata = {
    name: 'x',
    ...(definition.namespaced && { namespace: NAMESPACE }),
    uid: 'uid-1',
    ...object.metadata,
  };
  definition.strategy?.default?.(object);
  definition.strategy?.prepareForCreate?.(object);
  const errors = [
    ...validateMetadata(object, definition),
    ...(definition.strategy?.validate?.(object) ?? []),
    ...(definition.strategy?.validateCreate?.(object) ?? []),
  ];
  return { object, errors };
}

/** A created object after `change`, and what is wrong with that. */
export function updated(
  name: string,
  draft: Json,
  change: (object: Json) => void,
  subresource?: string,
): { object: Json; errors: FieldError[] } {
  const { strategy, ...definition } = kind(name);
  const old = created(name, draft).object;
  const object = structuredClone(old);
  change(object);
  strategy?.default?.(object);
  strategy?.prepareForUpdate?.(object, old, subresource);
  const errors = [
    ...validateMetadata(object, definition),
    ...validateMetadataUpdate(object, old),
    ...(strategy?.validate?.(object) ?? []),
    ...(strategy?.validateUpdate?.(object, old, subresource) ?? []),
  ];
  return { object, errors };
}

/** The change that puts `value` at a path: `set('spec.replicas', 3)`. */
export function set(path: string, value: Json): (object: Json) => void {
  const steps = path.split('.');
  return (object) => {
    const parent = steps.slice(0, -1).reduce((o, step) => o[step], object);
    parent[steps.at(-1)!] = value;
  };
}

/** What kubectl prints behind `is invalid:`, or an empty text. */
export function words(errors: readonly FieldError[]): string {
  return errors.length === 0 ? '' : describeFieldErrors(errors);
}

/** The cells of `kubectl get`, with `-o wide` if wanted. */
export function cells(name: string, object: Json, wide = false): unknown[] {
  const columns = (kind(name).columns ?? []).filter((c) => wide || !c.priority);
  return columns.map((c) => c.cell(object, NOW));
}

export function headers(name: string): string[] {
  return (kind(name).columns ?? []).filter((c) => !c.priority).map((c) => c.name.toUpperCase());
}

/** RFC 3339 of so many seconds before {@link NOW}. */
export function ago(seconds: number): string {
  return `${new Date(NOW - seconds * 1000).toISOString().slice(0, 19)}Z`;
}

export const podSpec = Object.freeze({ containers: [{ name: 'c', image: 'nginx:1.27' }] });

export function template(labels: Record<string, string> = { app: 'web' }, spec: Json = podSpec): Json {
  return { metadata: { labels }, spec };
}

/** What a workload of any kind needs: a selector and the template that it selects. */
export function workload(more: Json = {}): Json {
  return { spec: { selector: { matchLabels: { app: 'web' } }, template: template(), ...more } };
}

export const pod = (spec: Json = {}) => ({ spec: { ...podSpec, ...spec } });

/** A Pod whose one container has something more. */
export const containing = (more: Json) => pod({ containers: [{ ...podSpec.containers[0], ...more }] });

export const job = (spec: Json = {}) => ({
  spec: { template: template({}, { ...podSpec, restartPolicy: 'Never' }), ...spec },
});

export const service = (spec: Json = {}) => ({ spec: { ports: [{ port: 80 }], ...spec } });

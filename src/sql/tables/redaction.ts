/** What never enters a table: values of secrets and of environment variables, and copies of them in annotations. */
import type { KubeObject } from '../../kube/index.ts';

/** These annotations hold whole objects, or secrets by custom. */
const SILENT = [/last-applied-configuration$/, /(^|[./-])(password|passwd|secret|token|private-?key|credentials?)$/i];
const HIDDEN = '***';

/** Takes out of a fresh object, in place, what no column may show. */
export function redact<T extends KubeObject>(object: T): T {
  const { metadata } = object;
  metadata.managedFields = undefined;
  for (const key of Object.keys(metadata.annotations ?? {})) {
    if (SILENT.some((pattern) => pattern.test(key))) delete metadata.annotations![key];
  }
  return object;
}

/** The annotations that may be shown. */
export function shown(document: unknown): unknown {
  if (Array.isArray(document)) return document.map(shown);
  if (typeof document !== 'object' || document === null) return document;
  return Object.fromEntries(Object.entries(document).map(([key, value]) => [key, shownField(key, value)]));
}

function shownField(key: string, value: unknown): unknown {
  if (key === 'env' && Array.isArray(value)) return value.map(withoutValue);
  if (key === 'annotations') return undefined;
  if (typeof value === 'string' && SILENT.some((pattern) => pattern.test(key))) return HIDDEN;
  return shown(value);
}

function withoutValue(variable: unknown): unknown {
  if (typeof variable !== 'object' || variable === null) return variable;
  const { value, ...rest } = variable as { value?: unknown };
  return value === undefined ? rest : { ...rest, value: HIDDEN };
}

/** The query parameter `fieldValidation`: what becomes of fields that a kind does not have or that come twice. */
import { failure } from '../../kube/index.ts';
import type { Json } from '../registry/definition.ts';
import { decode } from './decode.ts';
import { DecodeFault } from './decode-fault.ts';
import { isTooDeep } from './depth.ts';

export type FieldValidation = 'Strict' | 'Warn' | 'Ignore';

export interface KindName {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
}

/** Faults that only strict decoding minds, in the server's words: `unknown field "spec.foo"`. */
export function strictFaults(unknown: readonly string[], duplicates: readonly string[]): string[] {
  const skipped = (path: string) => unknown.some((u) => path.startsWith(u) && '.['.includes(path[u.length] ?? ''));
  return [
    ...duplicates.filter((path) => !skipped(path)).map((path) => `duplicate field "${path}"`),
    ...unknown.map((path) => `unknown field "${path}"`),
  ];
}

/**
 * The object that a request body means, as the built-in type `type`.
 * @param duplicates paths of fields that came twice, from `duplicateFields`
 * @throws StatusError BadRequest
 */
export function readObject(
  type: string,
  name: KindName,
  value: unknown,
  options: { validation: FieldValidation; duplicates?: readonly string[]; warn?: (message: string) => void },
): Json {
  if (isTooDeep(value)) throw notHandled(name, 'exceeded max depth');
  const { object, unknown } = decodeOrRefuse(type, name, value);
  if (options.validation === 'Ignore') return object;
  const faults = strictFaults(unknown, options.duplicates ?? []);
  if (options.validation === 'Strict' && faults.length > 0) throw strictRefusal(name, faults);
  for (const fault of faults) options.warn?.(fault);
  return object;
}

export function strictRefusal(name: KindName, faults: readonly string[]) {
  return notHandled(name, `strict decoding error: ${faults.join(', ')}`);
}

/** `Deployment in version "v1" cannot be handled as a Deployment: …` */
export function notHandled(name: KindName, detail: string) {
  return failure(
    'BadRequest',
    `${name.kind} in version "${name.version}" cannot be handled as a ${name.kind}: ${detail}`,
  );
}

function decodeOrRefuse(type: string, name: KindName, value: unknown) {
  try {
    return decode(type, value);
  } catch (error) {
    if (error instanceof DecodeFault) throw notHandled(name, error.message);
    throw error;
  }
}

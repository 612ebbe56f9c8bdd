/** Judges an object before it is sent: what the server's schema would say of it, but for the rules in CEL. */
import type { z } from 'zod';
import { apiVersionOf } from '../kube/index.ts';
import type { KindDefinition } from './definition.ts';
import { KINDS } from './kinds.ts';

export interface Fault {
  /** `spec.updateStrategy.type` */
  readonly path: string;
  readonly message: string;
}

/** The kind of an object by its apiVersion and kind; undefined when it is none of JDOS. */
export function kindOf(object: { apiVersion?: unknown; kind?: unknown }): KindDefinition | undefined {
  return KINDS.find(({ type }) => apiVersionOf(type) === object.apiVersion && type.kind === object.kind);
}

/** Nothing when it is well formed. */
export function faultsIn(kind: KindDefinition, object: { spec?: unknown }): Fault[] {
  const { error } = kind.spec.safeParse(object.spec);
  return error?.issues.flatMap((issue) => faultsOf(issue)) ?? [];
}

/** The spec with its defaults filled in, as a server would store it. @throws ZodError */
export function withDefaults(kind: KindDefinition, spec: unknown): Record<string, unknown> {
  return kind.spec.parse(spec);
}

function faultsOf(issue: z.core.$ZodIssue): Fault[] {
  const at = ['spec', ...issue.path].reduce<string>((path, step) => {
    if (typeof step === 'number') return `${path}[${step}]`;
    return path ? `${path}.${String(step)}` : String(step);
  }, '');
  if (issue.code === 'unrecognized_keys')
    return issue.keys.map((key) => ({ path: `${at}.${key}`, message: 'unknown field' }));
  return [{ path: at, message: issue.message }];
}

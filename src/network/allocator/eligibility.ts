/** Whether a claim may have addresses of a pool at all. */
import { selectorOf } from '../../kube/index.ts';
import type { IPClaim } from '../../resources/index.ts';
import type { Pool } from '../pool.ts';

export interface Ineligible {
  readonly reason: 'PoolInvalid' | 'PoolDisabled' | 'NotForClaim' | 'NotForNamespace';
  readonly message: string;
}

export function needsNamespace({ object }: Pool): boolean {
  return object.spec.namespaceSelector !== undefined;
}

/** Undefined: it may. */
export function ineligible(
  pool: Pool,
  { metadata }: IPClaim,
  namespaceLabels: Readonly<Record<string, string>> | undefined,
): Ineligible | undefined {
  const { disable, groupSelector, namespaceSelector } = pool.object.spec;
  const named = `IPPool ${pool.name}`;
  if (pool.fault) return { reason: 'PoolInvalid', message: `${named} cannot be used: ${pool.fault}` };
  if (disable) return { reason: 'PoolDisabled', message: `${named} is disabled` };
  if (groupSelector && !selectorOf(groupSelector).matches(metadata.labels))
    return { reason: 'NotForClaim', message: `${named} is for claims with labels ${selectorOf(groupSelector)}` };
  if (namespaceSelector && !selectorOf(namespaceSelector).matches(namespaceLabels))
    return {
      reason: 'NotForNamespace',
      message: `${named} is for namespaces with labels ${selectorOf(namespaceSelector)}`,
    };
  return undefined;
}

/** What a pool's status says, counted from the allocations and claims at hand. */
import { type Clock, setCondition } from '../../kube/index.ts';
import type { IPAllocation, IPClaim, IPPool } from '../../resources/index.ts';
import type { Pool } from '../pool.ts';

export interface Counted {
  readonly allocations: Iterable<IPAllocation>;
  /** The claim of an allocation, if it is there. */
  readonly claimOf: (allocation: IPAllocation) => IPClaim | undefined;
}

export function poolStatus(
  pool: Pool,
  { status, metadata }: IPPool,
  { allocations, claimOf }: Counted,
  clock: Clock,
): NonNullable<IPPool['status']> {
  let [allocated, held] = [0, 0];
  for (const allocation of allocations) {
    allocated++;
    if (allocation.spec.rest || claimOf(allocation)?.status?.phase !== 'Bound') held++;
  }
  const { generation } = metadata;
  const addresses = pool.blocks.reduce((sum, { ledger }) => sum + ledger.total, 0);
  return {
    ...(generation && { observedGeneration: generation }),
    total: pool.total,
    allocated,
    held,
    conditions: setCondition(status?.conditions, readiness(pool, addresses > 0 && allocated >= addresses), clock),
  };
}

function readiness({ fault, object }: Pool, full: boolean) {
  if (fault) return { type: 'Ready', status: 'False' as const, reason: 'Invalid', message: fault };
  if (object.spec.disable)
    return { type: 'Ready', status: 'False' as const, reason: 'Disabled', message: 'spec.disable is true' };
  if (full) return { type: 'Ready', status: 'False' as const, reason: 'Exhausted', message: 'all addresses are out' };
  return { type: 'Ready', status: 'True' as const, reason: 'Ready', message: '' };
}

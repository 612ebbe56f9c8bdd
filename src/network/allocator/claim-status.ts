/** Writes of a claim's status, each on the version that was read: of two writers one loses and reads again. */
import { type Clock, type KubeClient, setCondition } from '../../kube/index.ts';
import { IP_CLAIMS, type IPClaim, type IPClaimStatus } from '../../resources/index.ts';
import { inOrder, type Plan } from './plan.ts';

/** The API server says who may have a claim deleted under a Pod that uses it: nobody, while this is among its finalizers. */
export const RELEASE_FINALIZER = 'network.jdos.jd.com/release';

export function writeStatus(
  client: Pick<KubeClient, 'replace'>,
  claim: IPClaim,
  status: IPClaimStatus,
): Promise<IPClaim> {
  return client.replace(IP_CLAIMS, { ...claim, status }, { subresource: 'status' });
}

/** The claim has these addresses now; what it had and keeps not is on its way back. */
export function assigned(
  claim: IPClaim,
  pool: string,
  plan: Plan,
  found: readonly string[],
  clock: Clock,
): IPClaimStatus {
  const { releasing = [], ...before } = claim.status ?? {};
  const leaving = [...releasing, ...plan.giveUp];
  return {
    ...before,
    phase: before.holder ? 'Held' : 'Allocated',
    pool,
    ips: inOrder([...plan.keep, ...found]),
    ...(leaving.length > 0 ? { releasing: leaving } : {}),
    conditions: setCondition(
      before.conditions,
      { type: 'Allocated', status: 'True', reason: 'Allocated', message: '' },
      clock,
    ),
  };
}

/** The status with the condition that says why there is no address; the very one given when it says so already. */
export function refused(
  { status = {}, metadata }: IPClaim,
  reason: string,
  message: string,
  clock: Clock,
): IPClaimStatus {
  const observedGeneration = metadata.generation;
  const update = {
    type: 'Allocated',
    status: 'False' as const,
    reason,
    message,
    ...(observedGeneration && { observedGeneration }),
  };
  const conditions = setCondition(status.conditions, update, clock);
  return conditions === status.conditions ? status : { ...status, conditions };
}

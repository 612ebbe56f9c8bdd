/**
 * The object that makes an address one claim's: an IPAllocation whose name is the address. That it was created, or was
 * changed from what was read, is the proof; nothing kept in memory is.
 */
import { ifFound, isStatus, type KubeClient, rfc3339 } from '../../kube/index.ts';
import { IP_ALLOCATIONS, type IPAllocation, type IPClaim } from '../../resources/index.ts';
import { type Address, formatAddress, nameOfAddress } from '../addresses/address.ts';

export type ReservationClient = Pick<KubeClient, 'get' | 'create' | 'replace' | 'delete'>;

/** False: somebody else has it. */
export async function reserve(
  client: ReservationClient,
  claim: IPClaim,
  address: Address,
  pool: string,
): Promise<boolean> {
  const spec = { address: formatAddress(address), pool, claim: claimRef(claim) };
  try {
    await client.create(IP_ALLOCATIONS, { metadata: { name: nameOfAddress(address) }, spec });
    return true;
  } catch (error) {
    if (isStatus(error, 'AlreadyExists')) return false;
    throw error;
  }
}

/** One that rests for a claim of this name becomes this claim's; one that is this claim's is looked at again. */
export async function takeUp(client: ReservationClient, claim: IPClaim, found: IPAllocation): Promise<boolean> {
  const now = await ifFound(client.get(IP_ALLOCATIONS, found.metadata.name));
  if (!now || now.metadata.uid !== found.metadata.uid) return false;
  if (!now.spec.rest) return now.spec.claim.uid === claim.metadata.uid;
  if (!restsFor(now, claim)) return false;
  const { rest: _, suspectSince: __, ...spec } = now.spec;
  await client.replace(IP_ALLOCATIONS, { ...now, spec: { ...spec, claim: claimRef(claim) } });
  return true;
}

export function restsFor({ spec }: IPAllocation, { metadata }: IPClaim): boolean {
  return (
    spec.rest?.reason === 'Released' && spec.claim.namespace === metadata.namespace && spec.claim.name === metadata.name
  );
}

export interface GiveBack {
  /** How long nobody else may have it; 0 frees it at once. */
  readonly restMs: number;
  readonly reason: 'Released' | 'Conflict';
  readonly now: number;
}

/** The address is this claim's no more. What is another's by now is left alone. */
export async function giveBack(
  client: ReservationClient,
  claim: IPClaim,
  address: Address,
  how: GiveBack,
): Promise<void> {
  const now = await ifFound(client.get(IP_ALLOCATIONS, nameOfAddress(address)));
  if (!now || now.spec.claim.uid !== claim.metadata.uid || now.spec.rest) return;
  if (how.restMs <= 0) return remove(client, now);
  const rest = { until: rfc3339(how.now + how.restMs), reason: how.reason };
  await client.replace(IP_ALLOCATIONS, { ...now, spec: { ...now.spec, rest } });
}

/** Deletes just this version of it: whoever has taken it up meanwhile keeps it. */
export async function remove(client: ReservationClient, { metadata }: IPAllocation): Promise<void> {
  const { name, uid, resourceVersion } = metadata;
  await ifFound(client.delete(IP_ALLOCATIONS, name, { preconditions: { uid, resourceVersion } }));
}

function claimRef({ metadata }: IPClaim): IPAllocation['spec']['claim'] {
  return { namespace: metadata.namespace ?? '', name: metadata.name, uid: metadata.uid };
}

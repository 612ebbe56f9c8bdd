/** What a claim has, lacks and must give back, as a pure function of the claim and its pool. */
import type { IPClaim } from '../../resources/index.ts';
import { canonicalAddress, parseAddress } from '../addresses/address.ts';
import type { Pool } from '../pool.ts';

export interface Plan {
  readonly keep: readonly string[];
  /** Families that it lacks an address of, and which one it asks for, if it asks for one. */
  readonly lacks: readonly { readonly family: 4 | 6; readonly wish?: string }[];
  readonly giveUp: readonly string[];
}

export function planOf({ spec, status }: IPClaim, pool: Pool): Plan {
  const ips = status?.ips ?? [];
  const wishes = (spec.ips ?? []).map((ip) => canonicalAddress(ip) ?? ip);
  const lacks: { family: 4 | 6; wish?: string }[] = [];
  const keep: string[] = [];
  for (const { family } of pool.blocks) {
    const wish = wishes.find((ip) => familyOf(ip) === family);
    const has = ips.find((ip) => familyOf(ip) === family);
    if (has && status?.pool === pool.name && !isRefused(status, has) && (wish ? wish === has : pool.offers(has)))
      keep.push(has);
    else lacks.push({ family, ...(wish && { wish }) });
  }
  return { keep, lacks, giveUp: ips.filter((ip) => !keep.includes(ip)) };
}

/** Does the claim's spec, or its pool, ask for other addresses than the claim has? */
export function isOutdated(claim: IPClaim, pool: Pool): boolean {
  const { lacks, giveUp } = planOf(claim, pool);
  return lacks.length > 0 || giveUp.length > 0;
}

/** Somebody outside has it, and no Pod of this claim ever had. A Pod that had it waits for it, whatever comes. */
function isRefused({ boundAt, conflicts }: NonNullable<IPClaim['status']>, ip: string): boolean {
  return boundAt === undefined && (conflicts?.includes(ip) ?? false);
}

export function familyOf(ip: string): 4 | 6 | undefined {
  return parseAddress(ip)?.family;
}

/** IPv4 first, as people expect it. */
export function inOrder(ips: readonly string[]): string[] {
  return ips.toSorted((a, b) => (familyOf(a) ?? 0) - (familyOf(b) ?? 0) || (a < b ? -1 : 1));
}

/** Finds an address for each family that a claim lacks, and reserves it. */
import type { IPAllocation, IPClaim } from '../../resources/index.ts';
import { formatAddress, parseAddress } from '../addresses/address.ts';
import type { Pool, PoolBlock } from '../pool.ts';
import type { Plan } from './plan.ts';
import type { Register } from './register.ts';
import { type ReservationClient, reserve, restsFor, takeUp } from './reservation.ts';

/** Why there is no address, in the words of a condition. */
export class NoAddress extends Error {
  readonly reason: 'PoolExhausted' | 'AddressTaken' | 'AddressNotInPool';

  constructor(reason: NoAddress['reason'], message: string) {
    super(message);
    this.name = 'NoAddress';
    this.reason = reason;
  }
}

export interface Assignment {
  readonly client: ReservationClient;
  readonly register: Register;
  readonly claim: IPClaim;
  readonly pool: Pool;
}

/** @throws NoAddress; what was reserved before stays reserved for this claim and is found again. */
export async function assign(at: Assignment, lacks: Plan['lacks']): Promise<string[]> {
  const ips: string[] = [];
  for (const { family, wish } of lacks) ips.push(await addressOf(at, at.pool.block(family)!, wish));
  return ips;
}

async function addressOf(at: Assignment, block: PoolBlock, wish: string | undefined): Promise<string> {
  return (await ownAlready(at, block, wish)) ?? (wish ? wished(at, wish) : anyFree(at, block));
}

/** One reserved before a crash comes before one that rests, and that before a new one. */
async function ownAlready(at: Assignment, block: PoolBlock, wish: string | undefined): Promise<string | undefined> {
  const found = at.register
    .of(at.claim)
    .filter((one) => isCandidate(at, block, one, wish))
    .sort((a, b) => Number(a.spec.rest !== undefined) - Number(b.spec.rest !== undefined));
  for (const one of found) if (await takeUp(at.client, at.claim, one)) return one.spec.address;
  return undefined;
}

function isCandidate({ claim, pool }: Assignment, { family }: PoolBlock, one: IPAllocation, wish?: string): boolean {
  const { address, rest } = one.spec;
  const { releasing = [], conflicts = [] } = claim.status ?? {};
  if (parseAddress(address)?.family !== family) return false;
  if (wish ? address !== wish : !pool.offers(address)) return false;
  if (releasing.includes(address) || conflicts.includes(address)) return false;
  return rest ? restsFor(one, claim) : one.spec.claim.uid === claim.metadata.uid;
}

async function wished({ client, register, claim, pool }: Assignment, wish: string): Promise<string> {
  if (!pool.mayBeWished(wish))
    throw new NoAddress('AddressNotInPool', `${wish} is not an address of IPPool ${pool.name}`);
  const address = parseAddress(wish)!;
  register.note(address);
  if (await reserve(client, claim, address, pool.name)) return formatAddress(address);
  throw new NoAddress('AddressTaken', `${wish} is another claim's: see \`kubectl get ipallocations\``);
}

async function anyFree({ client, register, claim, pool }: Assignment, { family, ledger }: PoolBlock): Promise<string> {
  for (let address = ledger.take(); address; address = ledger.take()) {
    try {
      if (await reserve(client, claim, address, pool.name)) return formatAddress(address);
    } catch (error) {
      register.free(address);
      throw error;
    }
  }
  throw new NoAddress('PoolExhausted', `IPPool ${pool.name} has no free IPv${family} address of ${ledger.total}`);
}

/**
 * Allocations whose claim is no more, and those whose rest has ended. A claim that vanished without giving back may leave
 * a Pod with the address behind: it is freed only when its claim was missed twice, five minutes apart, and no Pod that
 * was listed after that has it.
 */
import { type Clock, ifFound, type KubeClient, PODS, rfc3339 } from '../../kube/index.ts';
import { IP_ALLOCATIONS, IP_CLAIMS, type IPAllocation } from '../../resources/index.ts';
import { MISSING_MS } from './holder-watch.ts';
import { remove } from './reservation.ts';

export interface OrphansOptions {
  readonly client: Pick<KubeClient, 'get' | 'create' | 'replace' | 'delete' | 'listAll'>;
  readonly clock: Clock;
}

export class Orphans {
  readonly #o: OrphansOptions;

  constructor(options: OrphansOptions) {
    this.#o = options;
  }

  /** One step for the allocation as it was read; the answer says when to look again, if ever. */
  async step(allocation: IPAllocation): Promise<number | undefined> {
    const { rest } = allocation.spec;
    if (rest) return this.#endRest(allocation, rest.until);
    if (await this.#hasClaim(allocation)) return this.#clear(allocation);
    return this.#suspect(allocation);
  }

  async #endRest(allocation: IPAllocation, until: string): Promise<number | undefined> {
    const left = Date.parse(until) - this.#o.clock.now();
    if (left > 0) return left;
    await remove(this.#o.client, allocation);
    return undefined;
  }

  /** Asked of the server itself: a cache may not know the claim yet. */
  async #hasClaim({ spec: { claim } }: IPAllocation): Promise<boolean> {
    const there = await ifFound(this.#o.client.get(IP_CLAIMS, claim.name, { namespace: claim.namespace }));
    return there?.metadata.uid === claim.uid;
  }

  async #clear(allocation: IPAllocation): Promise<undefined> {
    const { suspectSince, ...spec } = allocation.spec;
    if (suspectSince) await this.#o.client.replace(IP_ALLOCATIONS, { ...allocation, spec });
    return undefined;
  }

  async #suspect(allocation: IPAllocation): Promise<number | undefined> {
    const now = this.#o.clock.now();
    const { suspectSince, address } = allocation.spec;
    if (!suspectSince) {
      const spec = { ...allocation.spec, suspectSince: rfc3339(now) };
      await this.#o.client.replace(IP_ALLOCATIONS, { ...allocation, spec });
      return MISSING_MS;
    }
    const left = Date.parse(suspectSince) + MISSING_MS - now;
    if (left > 0) return left;
    if (await this.#isOnPod(address)) return MISSING_MS;
    await remove(this.#o.client, allocation);
    return undefined;
  }

  async #isOnPod(address: string): Promise<boolean> {
    for await (const { status } of this.#o.client.listAll(PODS)) {
      const over = status?.phase === 'Succeeded' || status?.phase === 'Failed';
      if (!over && status?.podIPs?.some(({ ip }) => ip === address)) return true;
    }
    return false;
  }
}

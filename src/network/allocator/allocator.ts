/**
 * Gives claims their addresses and takes them back. One step at a time, each a write that may be the last: what an
 * earlier life or another replica did is found and gone on from.
 *
 * An address leaves in this order: first it moves from `status.ips` to `status.releasing`, then its allocation goes, then
 * it leaves `status.releasing`. So whoever writes an address into `status.ips`, on the version of the claim that he read
 * before he looked at the allocation, cannot write one that is on its way out.
 */
import { type Clock, type EventRecorder, ifFound, type KubeClient, NAMESPACES } from '../../kube/index.ts';
import { IP_CLAIMS, type IPClaim } from '../../resources/index.ts';
import { parseAddress } from '../addresses/address.ts';
import type { Pool } from '../pool.ts';
import { assign, NoAddress } from './assignment.ts';
import { assigned, RELEASE_FINALIZER, refused, writeStatus } from './claim-status.ts';
import { ineligible, needsNamespace } from './eligibility.ts';
import type { HolderWatch } from './holder-watch.ts';
import { planOf } from './plan.ts';
import type { Register } from './register.ts';
import { giveBack } from './reservation.ts';

export interface AllocatorOptions {
  readonly client: Pick<KubeClient, 'get' | 'create' | 'replace' | 'patch' | 'delete'>;
  readonly clock: Clock;
  readonly register: Register;
  readonly holders: HolderWatch;
  readonly recorder: Pick<EventRecorder, 'event'>;
}

/** An address that somebody outside answered for is not offered again for so long. */
const CONFLICT_MS = 60 * 60_000;
/** A claim without an address is looked at again even when no news came. */
const PATIENCE_MS = 30_000;

export type Outcome = 'settled' | 'stepped' | { readonly lookAgainMs: number };

export class Allocator {
  readonly #o: AllocatorOptions;

  constructor(options: AllocatorOptions) {
    this.#o = options;
  }

  /** Takes one step for the claim as it was read. `stepped`: it was written, and news of it will come. */
  async step(claim: IPClaim): Promise<Outcome> {
    if (claim.metadata.deletionTimestamp) return this.#release(claim);
    if (claim.status?.releasing?.length) return this.#finishReleasing(claim);
    const holder = await this.#o.holders.step(claim);
    if (holder !== 'settled') return holder;
    if (claim.status?.phase === 'Bound') return 'settled';
    return this.#settle(claim);
  }

  async #settle(claim: IPClaim): Promise<Outcome> {
    const pool = this.#o.register.pool(claim.spec.poolRef.name);
    if (!pool) return this.#refuse(claim, 'PoolNotFound', `there is no IPPool ${claim.spec.poolRef.name}`);
    const plan = planOf(claim, pool);
    if (plan.lacks.length === 0 && plan.giveUp.length === 0 && !pool.fault) return this.#tidy(claim);
    const refusal = ineligible(pool, claim, needsNamespace(pool) ? await this.#namespaceLabels(claim) : undefined);
    if (refusal) return this.#refuse(claim, refusal.reason, refusal.message);
    if (!hasFinalizer(claim)) return this.#addFinalizer(claim);
    return this.#assign(claim, pool);
  }

  async #assign(claim: IPClaim, pool: Pool): Promise<Outcome> {
    const { client, register, clock } = this.#o;
    const plan = planOf(claim, pool);
    try {
      const found = await assign({ client, register, claim, pool }, plan.lacks);
      await writeStatus(client, claim, assigned(claim, pool.name, plan, found, clock));
      return 'stepped';
    } catch (error) {
      if (error instanceof NoAddress) return this.#refuse(claim, error.reason, error.message);
      throw error;
    }
  }

  /** Reservations beyond what the claim has are of a race that was lost; they go the way of all addresses. */
  async #tidy(claim: IPClaim): Promise<Outcome> {
    const { status, metadata } = claim;
    const surplus = this.#o.register
      .of(claim)
      .filter(({ spec }) => spec.claim.uid === metadata.uid && !spec.rest && !status?.ips?.includes(spec.address))
      .map(({ spec }) => spec.address);
    if (surplus.length === 0) return 'settled';
    await writeStatus(this.#o.client, claim, { ...status, releasing: surplus });
    return 'stepped';
  }

  async #finishReleasing(claim: IPClaim): Promise<Outcome> {
    const { releasing = [], conflicts = [], ...status } = claim.status ?? {};
    for (const ip of releasing) await this.#giveBack(claim, ip);
    const left = conflicts.filter((ip) => !releasing.includes(ip));
    await writeStatus(this.#o.client, claim, { ...status, ...(left.length > 0 && { conflicts: left }) });
    return 'stepped';
  }

  /** The claim ends; its addresses go back once no Pod can have them. */
  async #release(claim: IPClaim): Promise<Outcome> {
    if (!hasFinalizer(claim)) return 'settled';
    if (claim.status?.phase === 'Bound') return this.#o.holders.step(claim);
    const { ips = [], releasing = [] } = claim.status ?? {};
    const reserved = this.#o.register.of(claim).map(({ spec }) => spec.address);
    for (const ip of new Set([...ips, ...releasing, ...reserved])) await this.#giveBack(claim, ip);
    await this.#patchFinalizers(
      claim,
      claim.metadata.finalizers!.filter((name) => name !== RELEASE_FINALIZER),
    );
    return 'stepped';
  }

  async #giveBack(claim: IPClaim, ip: string): Promise<void> {
    const address = parseAddress(ip);
    if (!address) return;
    const conflict = claim.status?.conflicts?.includes(ip) ?? false;
    const restMs = conflict ? CONFLICT_MS : claim.spec.holdSeconds * 1000;
    const how = { restMs, reason: conflict ? ('Conflict' as const) : ('Released' as const), now: this.#o.clock.now() };
    await giveBack(this.#o.client, claim, address, how);
  }

  async #refuse(claim: IPClaim, reason: string, message: string): Promise<Outcome> {
    const status = refused(claim, reason, message, this.#o.clock);
    if (status !== claim.status) {
      this.#o.recorder.event(claim, 'Warning', reason, message);
      await writeStatus(this.#o.client, claim, status);
    }
    return { lookAgainMs: PATIENCE_MS };
  }

  async #addFinalizer(claim: IPClaim): Promise<Outcome> {
    await this.#patchFinalizers(claim, [...(claim.metadata.finalizers ?? []), RELEASE_FINALIZER]);
    return 'stepped';
  }

  async #patchFinalizers({ metadata }: IPClaim, finalizers: readonly string[]): Promise<void> {
    const { name, namespace = '', resourceVersion } = metadata;
    const body = { metadata: { resourceVersion, finalizers } };
    await this.#o.client.patch(IP_CLAIMS, name, { kind: 'merge', body }, { namespace });
  }

  async #namespaceLabels({ metadata }: IPClaim): Promise<Record<string, string> | undefined> {
    return (await ifFound(this.#o.client.get(NAMESPACES, metadata.namespace ?? '')))?.metadata.labels;
  }
}

function hasFinalizer({ metadata }: IPClaim): boolean {
  return metadata.finalizers?.includes(RELEASE_FINALIZER) ?? false;
}

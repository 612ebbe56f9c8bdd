/** One of several processes leads at a time, by holding a Lease. */

import type { KubeClient } from './client.ts';
import { type Clock, rfc3339Micro, sleep, systemClock } from './clock.ts';
import { ifFound } from './if-found.ts';
import type { Draft, Lease } from './object.ts';
import { LEASES } from './resource-type.ts';
import { isStatus } from './status.ts';

export interface LeaderElectionOptions {
  readonly lease: { readonly namespace: string; readonly name: string };
  /** Differs from every other candidate's, also from those on the same host. */
  readonly identity: string;
  /** Others wait so long after the last sign of life before they take over. @default 15_000 */
  readonly leaseDurationMs?: number;
  /** A leader that could not renew for so long stops leading. Shorter than the lease. @default 10_000 */
  readonly renewDeadlineMs?: number;
  /** @default 2_000 */
  readonly retryPeriodMs?: number;
  readonly clock?: Clock;
  readonly random?: () => number;
  /** Told of attempts that failed for another reason than someone else leading. */
  readonly onError?: (error: unknown) => void;
}

/**
 * Proof of leading at a time. Put `token` beside what is written and refuse a lower one than was seen: it belongs to a
 * leader that has been replaced and does not know it yet.
 */
export interface Fence {
  /** Rises with every change of leader. */
  readonly token: number;
  readonly identity: string;
  /** Is it certain, by this process's own clock, that nobody else can lead yet? */
  held(): boolean;
}

type NextLease = (known: Lease | undefined) => Draft<Lease> | undefined;

/**
 * Times in the Lease are never compared with this clock: another holder counts as alive until its record has stood
 * unchanged for a whole lease duration by our own clock, so clocks may differ.
 */
export class LeaderElection {
  readonly #client: Pick<KubeClient, 'get' | 'create' | 'replace'>;
  readonly #o: Required<Omit<LeaderElectionOptions, 'onError'>> & Pick<LeaderElectionOptions, 'onError'>;
  #seen: Lease | undefined;
  #seenAt = 0;
  #renewedAt = 0;

  constructor(client: Pick<KubeClient, 'get' | 'create' | 'replace'>, options: LeaderElectionOptions) {
    const times = { leaseDurationMs: 15_000, renewDeadlineMs: 10_000, retryPeriodMs: 2_000 };
    this.#client = client;
    this.#o = { ...times, clock: systemClock, random: Math.random, ...options };
    const { leaseDurationMs, renewDeadlineMs, retryPeriodMs } = this.#o;
    if (leaseDurationMs <= renewDeadlineMs || renewDeadlineMs <= retryPeriodMs * 1.2) {
      throw new RangeError('expected lease duration > renew deadline > 1.2 × retry period');
    }
  }

  /** Who leads as far as known; empty while nobody does. */
  get leader(): string {
    return this.#seen?.spec.holderIdentity ?? '';
  }

  /**
   * Waits for its turn, then runs `lead`; its signal aborts as soon as leading is over. If leading was lost it waits for
   * its turn again. Returns when `lead` has returned by itself or `signal` has aborted, rejects when `lead` rejected;
   * the lease is given back in each case, so that another takes over at once.
   */
  async run(signal: AbortSignal, lead: (fence: Fence, signal: AbortSignal) => Promise<void>): Promise<void> {
    while (!signal.aborted) {
      const lease = await this.#acquire(signal);
      if (!lease) return;
      const lost = new AbortController();
      const own = AbortSignal.any([signal, lost.signal]);
      const renewing = this.#renew(own, lost);
      try {
        await lead(this.#fence(lease), own);
        if (!lost.signal.aborted) return;
      } catch (error) {
        if (!own.aborted) throw error;
      } finally {
        const keptUntilNow = !lost.signal.aborted;
        lost.abort(new Error('leading has ended'));
        await renewing;
        if (keptUntilNow) await this.#release();
      }
    }
  }

  async #acquire(signal: AbortSignal): Promise<Lease | undefined> {
    while (!signal.aborted) {
      const lease = await this.#attempt((known) => this.#taken(known), signal);
      if (lease) return lease;
      await sleep(this.#o.clock, this.#o.retryPeriodMs * (1 + 0.2 * this.#o.random()), signal).catch(() => {});
    }
    return undefined;
  }

  /** Aborts `lost` when the deadline has passed without a renewal, or when another holds the lease. */
  async #renew(signal: AbortSignal, lost: AbortController): Promise<void> {
    const { clock, retryPeriodMs, renewDeadlineMs } = this.#o;
    while (!signal.aborted) {
      const deadline = this.#renewedAt + renewDeadlineMs;
      const cancel = clock.after(deadline - clock.now(), () => lost.abort(new Error('the lease could not be renewed')));
      await sleep(clock, retryPeriodMs, signal).catch(() => {});
      if (!signal.aborted) await this.#renewOnce(signal);
      cancel();
      if (this.#seen && this.#seen.spec.holderIdentity !== this.#o.identity) lost.abort(new Error('another leads'));
      if (clock.now() >= this.#renewedAt + renewDeadlineMs) lost.abort(new Error('the lease could not be renewed'));
    }
  }

  /** Reads the lease, writes what `next` makes of it, and answers it if it is ours. */
  async #attempt(next: NextLease, signal?: AbortSignal): Promise<Lease | undefined> {
    try {
      const known = await this.#read(signal);
      if (known) this.#observe(known);
      return await this.#write(known, next(known), signal);
    } catch (error) {
      if (!signal?.aborted && !isStatus(error, 'Conflict', 'AlreadyExists')) this.#o.onError?.(error);
      return undefined;
    }
  }

  /** One request while nobody else has touched the lease, which is always but in trouble. */
  async #renewOnce(signal: AbortSignal): Promise<void> {
    const next = (known: Lease | undefined) => this.#renewed(known);
    try {
      await this.#write(this.#seen, next(this.#seen), signal);
    } catch {
      if (!signal.aborted) await this.#attempt(next, signal);
    }
  }

  async #write(
    known: Lease | undefined,
    wanted: Draft<Lease> | undefined,
    signal: AbortSignal | undefined,
  ): Promise<Lease | undefined> {
    if (!wanted) return undefined;
    const startedAt = this.#o.clock.now();
    const o = signal ? { signal } : {};
    const written = known
      ? await this.#client.replace(LEASES, { ...known, ...wanted, metadata: known.metadata }, o)
      : await this.#client.create(LEASES, wanted, o);
    this.#observe(written);
    this.#renewedAt = startedAt;
    return written;
  }

  async #read(signal: AbortSignal | undefined): Promise<Lease | undefined> {
    const { namespace, name } = this.#o.lease;
    return ifFound(this.#client.get(LEASES, name, { namespace, ...(signal && { signal }) }));
  }

  #observe(lease: Lease): void {
    if (lease.metadata.resourceVersion === this.#seen?.metadata.resourceVersion) return;
    this.#seen = lease;
    this.#seenAt = this.#o.clock.now();
  }

  /** Each taking counts as a change of leader, also by the same identity: that may be another process by now. */
  #taken(known: Lease | undefined): Draft<Lease> | undefined {
    const holder = known?.spec.holderIdentity;
    const duration = (known?.spec.leaseDurationSeconds ?? 0) * 1000 || this.#o.leaseDurationMs;
    const alive = holder && holder !== this.#o.identity && this.#o.clock.now() < this.#seenAt + duration;
    if (alive) return undefined;
    return this.#lease(known, { acquireTime: this.#time(), leaseTransitions: (known?.spec.leaseTransitions ?? 0) + 1 });
  }

  #renewed(known: Lease | undefined): Draft<Lease> | undefined {
    return known?.spec.holderIdentity === this.#o.identity ? this.#lease(known, {}) : undefined;
  }

  #lease(known: Lease | undefined, change: Partial<Lease['spec']>): Draft<Lease> {
    return {
      ...known,
      metadata: known?.metadata ?? this.#o.lease,
      spec: {
        ...known?.spec,
        holderIdentity: this.#o.identity,
        leaseDurationSeconds: Math.ceil(this.#o.leaseDurationMs / 1000),
        renewTime: this.#time(),
        ...change,
      },
    };
  }

  /** Someone may be writing at the same time: tried again while the lease is still ours. */
  async #release(): Promise<void> {
    for (let attempt = 0; attempt < 3 && this.leader === this.#o.identity; attempt++) {
      await this.#attempt((known) => {
        const own = this.#renewed(known);
        return own && { ...own, spec: { ...own.spec, holderIdentity: '', leaseDurationSeconds: 1 } };
      });
    }
  }

  #fence(lease: Lease): Fence {
    const { identity, leaseDurationMs, clock } = this.#o;
    const token = lease.spec.leaseTransitions ?? 0;
    return { token, identity, held: () => this.leader === identity && clock.now() < this.#renewedAt + leaseDurationMs };
  }

  #time(): string {
    return rfc3339Micro(this.#o.clock.now());
  }
}

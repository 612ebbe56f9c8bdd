/**
 * Sees when the Pod that has a claim's addresses is gone though no DEL was seen. That a Pod is missing is believed only
 * when it was missing twice, five minutes apart, and its host is alive (a living kubelet has ended what it ran), or when
 * its host is fenced.
 */
import {
  type Clock,
  type Informer,
  isConditionTrue,
  type KubeClient,
  keyOf,
  type Node,
  type Pod,
  rfc3339,
} from '../../kube/index.ts';
import type { IPClaim, IPClaimStatus } from '../../resources/index.ts';
import { held } from '../claims/take-over.ts';
import type { Outcome } from './allocator.ts';
import { writeStatus } from './claim-status.ts';
import { isFenced } from './fence.ts';

/** Between the two looks that must both miss a Pod. */
export const MISSING_MS = 5 * 60_000;

export interface HolderWatchOptions {
  readonly client: Pick<KubeClient, 'replace'>;
  readonly clock: Clock;
  readonly pods: Pick<Informer<Pod>, 'get'>;
  readonly nodes: Pick<Informer<Node>, 'get'>;
}

export class HolderWatch {
  readonly #o: HolderWatchOptions;

  constructor(options: HolderWatchOptions) {
    this.#o = options;
  }

  /** The Pods are read after the claim was: a Pod that was there when the claim was bound is not overlooked. */
  async step(claim: IPClaim): Promise<Outcome> {
    const pod = this.#o.pods.get(keyOf(claim));
    if (claim.spec.driver !== 'JDOS') return this.#follow(claim, pod);
    const { status } = claim;
    if (status?.phase !== 'Bound' || !status.holder) return 'settled';
    const isThere = pod?.metadata.uid === status.holder.podUID;
    return isThere ? this.#found(claim, status) : this.#missed(claim, status);
  }

  async #found(claim: IPClaim, status: IPClaimStatus): Promise<Outcome> {
    if (!status.missingSince) return 'settled';
    const { missingSince: _, ...rest } = status;
    return this.#write(claim, rest);
  }

  async #missed(claim: IPClaim, status: IPClaimStatus): Promise<Outcome> {
    const node = this.#o.nodes.get(status.holder!.node);
    if (isFenced(node)) return this.#write(claim, held(status) as IPClaimStatus);
    const now = this.#o.clock.now();
    if (!status.missingSince) return this.#write(claim, { ...status, missingSince: rfc3339(now) });
    const left = Date.parse(status.missingSince) + MISSING_MS - now;
    if (left > 0) return { lookAgainMs: left };
    return isConditionTrue(node!, 'Ready')
      ? this.#write(claim, held(status) as IPClaimStatus)
      : { lookAgainMs: MISSING_MS };
  }

  /** Another's plugin keeps the addresses: what the Pod says of them is what is known. */
  async #follow(claim: IPClaim, pod: Pod | undefined): Promise<Outcome> {
    const { status = {} } = claim;
    const has = pod?.status?.podIPs?.some(({ ip }) => ip && status.ips?.includes(ip)) ?? false;
    if (!has) return status.phase === 'Bound' && !pod ? this.#write(claim, held(status) as IPClaimStatus) : 'settled';
    if (status.phase === 'Bound' && status.holder?.podUID === pod!.metadata.uid) return 'settled';
    const node = pod!.spec.nodeName ?? '';
    const holder = { podUID: pod!.metadata.uid, containerID: '', node, epoch: (status.holder?.epoch ?? 0) + 1 };
    return this.#write(claim, {
      ...status,
      phase: 'Bound',
      holder,
      lastNode: node,
      boundAt: rfc3339(this.#o.clock.now()),
    });
  }

  async #write(claim: IPClaim, status: IPClaimStatus): Promise<Outcome> {
    await writeStatus(this.#o.client, claim, status);
    return 'stepped';
  }
}

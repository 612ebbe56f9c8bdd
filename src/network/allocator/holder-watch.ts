/**
 * Sees when the Pod that has a claim's addresses is gone though no DEL was seen. That a Pod is missing is believed only
 * when it was missing twice, five minutes apart, and its host was ready all the while (a living kubelet ends what has no
 * Pod), or when its host is fenced.
 */
import {
  type Clock,
  type Informer,
  isFenced,
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

  /** The five minutes count while the host is alive all along: one that has just come back has not tidied up yet. */
  async #missed(claim: IPClaim, status: IPClaimStatus): Promise<Outcome> {
    const node = this.#o.nodes.get(status.holder!.node);
    if (!node || isFenced(node)) return this.#write(claim, held(status) as IPClaimStatus);
    const now = this.#o.clock.now();
    const aliveSince = readySince(node);
    if (aliveSince === undefined) return { lookAgainMs: MISSING_MS };
    const missedSince = status.missingSince ? Date.parse(status.missingSince) : Number.NaN;
    if (!(missedSince >= aliveSince)) return this.#write(claim, { ...status, missingSince: rfc3339(now) });
    const left = missedSince + MISSING_MS - now;
    return left > 0 ? { lookAgainMs: left } : this.#write(claim, held(status) as IPClaimStatus);
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

/** Undefined: it is not ready. Times are of whole seconds, as is the moment of the first look. */
function readySince({ status }: Node): number | undefined {
  const ready = status?.conditions?.find(({ type }) => type === 'Ready');
  if (ready?.status !== 'True') return undefined;
  return ready.lastTransitionTime ? Date.parse(ready.lastTransitionTime) : 0;
}

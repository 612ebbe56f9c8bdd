/** Carries out a volume plan before a Pod is bound: binds volumes, has others made, and waits until all claims are bound. */
import {
  type Clock,
  type KubeClient,
  keyOf,
  PERSISTENT_VOLUME_CLAIMS,
  PERSISTENT_VOLUMES,
  type PersistentVolume,
  type PersistentVolumeClaim,
  sleep,
} from '../../kube/index.ts';
import { type Cluster, isBound, SELECTED_NODE, type VolumePlan } from '../core/index.ts';

export interface VolumeBinderOptions {
  readonly client: Pick<KubeClient, 'patch'>;
  readonly cluster: Cluster;
  readonly clock: Clock;
  /** @default 600000 */
  readonly timeoutMs?: number;
}

const POLL_MS = 200;

export class VolumeBinder {
  readonly #o: VolumeBinderOptions;

  constructor(options: VolumeBinderOptions) {
    this.#o = options;
  }

  /** From now on no other claim is given these volumes; the answer gives them free. */
  reserve(plan: VolumePlan): () => void {
    const { reservedVolumes } = this.#o.cluster.storage;
    for (const { claim, volume } of plan.bindings) reservedVolumes.set(volume.metadata.name, keyOf(claim));
    return () => {
      for (const { volume } of plan.bindings) reservedVolumes.delete(volume.metadata.name);
    };
  }

  async carryOut(plan: VolumePlan, nodeName: string, signal: AbortSignal): Promise<void> {
    await Promise.all([
      ...plan.bindings.map(({ claim, volume }) => this.#claimVolume(claim, volume)),
      ...plan.provisions.map((claim) => this.#selectNode(claim, nodeName)),
    ]);
    await this.#allBound([...plan.bindings.map(({ claim }) => claim), ...plan.provisions], nodeName, signal);
  }

  async #claimVolume(claim: PersistentVolumeClaim, volume: PersistentVolume): Promise<void> {
    const { name, namespace, uid, resourceVersion } = claim.metadata;
    const claimRef = { apiVersion: 'v1', kind: 'PersistentVolumeClaim', name, namespace, uid, resourceVersion };
    const annotations = { 'pv.kubernetes.io/bound-by-controller': 'yes' };
    const body = { metadata: { annotations, resourceVersion: volume.metadata.resourceVersion }, spec: { claimRef } };
    await this.#o.client.patch(PERSISTENT_VOLUMES, volume.metadata.name, { kind: 'merge', body });
  }

  async #selectNode(claim: PersistentVolumeClaim, nodeName: string): Promise<void> {
    const { name, namespace } = claim.metadata;
    if (claim.metadata.annotations?.[SELECTED_NODE] === nodeName) return;
    const body = { metadata: { annotations: { [SELECTED_NODE]: nodeName } } };
    await this.#o.client.patch(PERSISTENT_VOLUME_CLAIMS, name, { kind: 'merge', body }, { namespace });
  }

  /** Rejects when the time is over, or when the provisioner has given the host up by taking the annotation off. */
  async #allBound(claims: readonly PersistentVolumeClaim[], nodeName: string, signal: AbortSignal): Promise<void> {
    const { cluster, clock, timeoutMs = 600_000 } = this.#o;
    const end = clock.now() + timeoutMs;
    const seen = new Set<string>();
    for (;;) {
      const waiting = claims.filter((claim) => {
        const now = cluster.storage.claims.get(keyOf(claim));
        if (!now) throw new Error(`claim ${keyOf(claim)} was deleted while its volume was being bound`);
        const node = now.metadata.annotations?.[SELECTED_NODE];
        if (node === nodeName) seen.add(keyOf(claim));
        else if (seen.has(keyOf(claim)))
          throw new Error(`no volume for claim ${keyOf(claim)} could be made near ${nodeName}`);
        return !isBound(now);
      });
      if (waiting.length === 0) return;
      if (clock.now() >= end) throw new Error(`binding volumes: claim ${keyOf(waiting[0]!)} was not bound in time`);
      await sleep(clock, POLL_MS, signal);
    }
  }
}

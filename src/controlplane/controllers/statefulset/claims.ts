/** Makes and assigns the volume claims of a StatefulSet's Pods. */

import { text } from '../../../control/index.ts';
import {
  type EventRecorder,
  type Informer,
  isStatus,
  type KubeClient,
  PERSISTENT_VOLUME_CLAIMS,
  type PersistentVolumeClaim,
  type Pod,
  type StatefulSet,
} from '../../../kube/index.ts';
import { claimOwners, claimsOf, ordinalOf } from './identity.ts';

export class Claims {
  readonly #client: KubeClient;
  readonly #recorder: EventRecorder;
  readonly #cache: Informer<PersistentVolumeClaim>;

  constructor(client: KubeClient, recorder: EventRecorder, cache: Informer<PersistentVolumeClaim>) {
    this.#client = client;
    this.#recorder = recorder;
    this.#cache = cache;
  }

  /** The claims of an ordinal are there afterwards. One that is leaving is waited for: its data is not to be reused. */
  async ensure(set: StatefulSet, ordinal: number): Promise<void> {
    for (const draft of claimsOf(set, ordinal)) {
      const { namespace, name } = draft.metadata;
      const known = this.#cache.get(`${namespace}/${name}`);
      if (known?.metadata.deletionTimestamp) throw new Error(`claim ${name} is being deleted`);
      if (known) continue;
      const what = `Claim ${name} Pod ${set.metadata.name}-${ordinal} in StatefulSet ${set.metadata.name}`;
      try {
        const claim = await this.#client.create(PERSISTENT_VOLUME_CLAIMS, draft);
        this.#recorder.event(set, 'Normal', 'SuccessfulCreate', `create ${what} success`);
        await this.#assign(set, claim, undefined);
      } catch (error) {
        if (isStatus(error, 'AlreadyExists')) continue;
        this.#recorder.event(set, 'Warning', 'FailedCreate', `create ${what} failed error: ${text(error)}`);
        throw error;
      }
    }
  }

  /** Brings the owners of a Pod's claims in line with the retention policy. */
  async retain(set: StatefulSet, pod: Pod): Promise<void> {
    for (const { metadata } of claimsOf(set, ordinalOf(set, pod)!)) {
      const claim = this.#cache.get(`${metadata.namespace}/${metadata.name}`);
      if (claim && !claim.metadata.deletionTimestamp) await this.#assign(set, claim, pod);
    }
  }

  async #assign(set: StatefulSet, claim: PersistentVolumeClaim, pod: Pod | undefined): Promise<void> {
    const ownerReferences = claimOwners(set, claim, pod);
    if (!ownerReferences) return;
    const { namespace, name, resourceVersion } = claim.metadata;
    const body = { metadata: { resourceVersion, ownerReferences } };
    await this.#client.patch(PERSISTENT_VOLUME_CLAIMS, name, { kind: 'merge', body }, { namespace });
  }
}

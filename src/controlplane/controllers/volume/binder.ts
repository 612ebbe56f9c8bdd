/** The writes that join a claim and a volume. Each may be the last; the next reconcile goes on from there. */

import { sameJson, sameStatus } from '../../../control/index.ts';
import {
  type EventRecorder,
  isStatus,
  type KubeClient,
  PERSISTENT_VOLUME_CLAIMS,
  PERSISTENT_VOLUMES,
  type PersistentVolume,
  type PersistentVolumeClaim,
  type StorageClass,
} from '../../../kube/index.ts';
import { BIND_COMPLETED, BOUND_BY_CONTROLLER } from './binding.ts';
import { simulatedVolume } from './simulated-volume.ts';

export class Binder {
  readonly #client: KubeClient;
  readonly #recorder: EventRecorder;

  constructor(client: KubeClient, recorder: EventRecorder) {
    this.#client = client;
    this.#recorder = recorder;
  }

  /** The volume first, so that no other claim can get it; each write is repeated until it is seen. */
  async bind(claim: PersistentVolumeClaim, volume: PersistentVolume): Promise<void> {
    const held = await this.#hold(volume, claim);
    if (held.status?.phase !== 'Bound') {
      await this.#client.replace(
        PERSISTENT_VOLUMES,
        { ...held, status: { ...held.status, phase: 'Bound' } },
        { subresource: 'status' },
      );
    }
    const named = await this.#nameVolume(claim, volume.metadata.name);
    const { accessModes, capacity } = volume.spec;
    await this.writeStatus(named, {
      ...named.status,
      phase: 'Bound',
      ...(accessModes && { accessModes }),
      ...(capacity && { capacity }),
    });
  }

  async #hold(volume: PersistentVolume, claim: PersistentVolumeClaim): Promise<PersistentVolume> {
    const { namespace, name, uid, resourceVersion } = claim.metadata;
    if (volume.spec.claimRef?.uid === uid) return volume;
    const chosenHere: Record<string, string> = volume.spec.claimRef ? {} : { [BOUND_BY_CONTROLLER]: 'yes' };
    const claimRef = { apiVersion: 'v1', kind: 'PersistentVolumeClaim', namespace, name, uid, resourceVersion };
    const annotations: Record<string, string> = { ...volume.metadata.annotations, ...chosenHere };
    const metadata = { ...volume.metadata, annotations };
    return this.#client.replace(PERSISTENT_VOLUMES, { ...volume, metadata, spec: { ...volume.spec, claimRef } });
  }

  async #nameVolume(claim: PersistentVolumeClaim, volumeName: string): Promise<PersistentVolumeClaim> {
    const chosenHere: Record<string, string> = claim.spec.volumeName ? {} : { [BOUND_BY_CONTROLLER]: 'yes' };
    const annotations = { ...claim.metadata.annotations, ...chosenHere, [BIND_COMPLETED]: 'yes' };
    if (claim.spec.volumeName === volumeName && sameJson(annotations, claim.metadata.annotations)) return claim;
    const metadata = { ...claim.metadata, annotations };
    return this.#client.replace(PERSISTENT_VOLUME_CLAIMS, { ...claim, metadata, spec: { ...claim.spec, volumeName } });
  }

  async writeStatus(claim: PersistentVolumeClaim, status: PersistentVolumeClaim['status']): Promise<void> {
    if (sameStatus(status, claim.status)) return;
    await this.#client.replace(PERSISTENT_VOLUME_CLAIMS, { ...claim, status }, { subresource: 'status' });
  }

  /** Named after the claim, so that trying again makes no second one. */
  async provision(claim: PersistentVolumeClaim, storageClass: StorageClass): Promise<void> {
    const draft = simulatedVolume(claim, storageClass);
    try {
      await this.#client.create(PERSISTENT_VOLUMES, draft);
      this.#recorder.event(
        claim,
        'Normal',
        'ProvisioningSucceeded',
        `Successfully provisioned volume ${draft.metadata.name}`,
      );
    } catch (error) {
      if (!isStatus(error, 'AlreadyExists')) throw error;
    }
  }
}

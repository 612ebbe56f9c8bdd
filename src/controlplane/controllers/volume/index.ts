/** Binds volume claims to volumes, and makes the volumes of a simulated storage class. */

import { BY_CLAIM, createLoop, type Env, isFinished, type Loop, type Reconciled } from '../../../control/index.ts';
import {
  ifFound,
  keyOf,
  PERSISTENT_VOLUME_CLAIMS,
  PERSISTENT_VOLUMES,
  type PersistentVolume,
  type PersistentVolumeClaim,
  PODS,
  type Pod,
  STORAGE_CLASSES,
} from '../../../kube/index.ts';
import { Binder } from './binder.ts';
import { type ClaimStep, PROVISIONED_BY, planClaim } from './binding.ts';
import { setFinalizer } from './finalizer.ts';
import { SIMULATED_PROVISIONER, VOLUME_PROTECTION } from './simulated-volume.ts';

const CLAIM_PROTECTION = 'kubernetes.io/pvc-protection';
const COMPONENT = 'persistentvolume-controller';

export function volumeController(env: Env): Loop {
  const { client } = env;
  const claims = env.caches.of(PERSISTENT_VOLUME_CLAIMS);
  const volumes = env.caches.of(PERSISTENT_VOLUMES);
  const classes = env.caches.of(STORAGE_CLASSES);
  const pods = env.caches.of(PODS);
  const recorder = env.recorder(COMPONENT);
  const binder = new Binder(client, recorder);
  const claimLoop = createLoop(env, 'volume-claims', reconcileClaim, 5);
  const volumeLoop = createLoop(env, 'volumes', reconcileVolume, 5);

  claims.onChange({
    add: (claim) => claimLoop.enqueue(keyOf(claim)),
    update: (claim) => claimLoop.enqueue(keyOf(claim)),
    delete: (claim) => claim.spec.volumeName && volumeLoop.enqueue(claim.spec.volumeName),
  });
  volumes.onChange({ add: tellVolume, update: tellVolume, delete: tellClaimOf });
  classes.onChange({ add: tellPending, update: tellPending });
  pods.onChange({
    add: tellClaims,
    update: (pod, old) =>
      (pod.spec.nodeName !== old.spec.nodeName || isFinished(pod) !== isFinished(old)) && tellClaims(pod),
    delete: tellClaims,
  });
  return { start: (signal) => Promise.all([claimLoop.start(signal), volumeLoop.start(signal)]).then(() => undefined) };

  function tellVolume(volume: PersistentVolume): void {
    volumeLoop.enqueue(volume.metadata.name);
    tellClaimOf(volume);
    if (!volume.spec.claimRef) tellPending();
  }

  function tellClaimOf({ spec }: PersistentVolume): void {
    if (spec.claimRef) claimLoop.enqueue(`${spec.claimRef.namespace}/${spec.claimRef.name}`);
  }

  function tellPending(): void {
    for (const claim of claims.list()) if (claim.status?.phase !== 'Bound') claimLoop.enqueue(keyOf(claim));
  }

  function tellClaims({ metadata, spec }: Pod): void {
    for (const volume of spec.volumes ?? []) {
      const name = volume.ephemeral ? `${metadata.name}-${volume.name}` : volume.persistentVolumeClaim?.claimName;
      if (name) claimLoop.enqueue(`${metadata.namespace}/${name}`);
    }
  }

  async function reconcileClaim(key: string): Promise<Reconciled> {
    const claim = claims.get(key);
    if (!claim) return undefined;
    const users = pods.byIndex(BY_CLAIM, key).filter((pod) => !isFinished(pod));
    if (claim.metadata.deletionTimestamp) {
      if (users.length === 0) await setFinalizer(client, PERSISTENT_VOLUME_CLAIMS, claim, CLAIM_PROTECTION, false);
      return undefined;
    }
    const guarded = await setFinalizer(client, PERSISTENT_VOLUME_CLAIMS, claim, CLAIM_PROTECTION, true);
    const hasConsumer = users.some((pod) => pod.spec.nodeName);
    const world = { volumes: volumes.list(), classes: classes.list(), provisioner: SIMULATED_PROVISIONER, hasConsumer };
    await take(guarded, planClaim(guarded, { ...world, volumes: [...world.volumes], classes: [...world.classes] }));
    return undefined;
  }

  async function take(claim: PersistentVolumeClaim, step: ClaimStep): Promise<void> {
    switch (step.kind) {
      case 'assignClass': {
        const { namespace, name, resourceVersion } = claim.metadata;
        const body = { metadata: { resourceVersion }, spec: { storageClassName: step.className } };
        await client.patch(PERSISTENT_VOLUME_CLAIMS, name, { kind: 'merge', body }, { namespace });
        return;
      }
      case 'bind':
        return binder.bind(claim, step.volume);
      case 'provision':
        return binder.provision(claim, step.storageClass);
      case 'lost':
        recorder.event(claim, 'Warning', step.reason, step.message);
        return binder.writeStatus(claim, { phase: 'Lost' });
      case 'wait': {
        const type = step.reason === 'ProvisioningFailed' ? 'Warning' : 'Normal';
        recorder.event(claim, type, step.reason, step.message);
        return binder.writeStatus(claim, { ...claim.status, phase: 'Pending' });
      }
      case 'nothing':
    }
  }

  async function reconcileVolume(name: string): Promise<Reconciled> {
    const volume = volumes.get(name);
    if (!volume) return undefined;
    const claim = await claimOf(volume);
    const released = volume.spec.claimRef?.uid && !claim;
    if (volume.metadata.deletionTimestamp) {
      if (!claim) await setFinalizer(client, PERSISTENT_VOLUMES, volume, VOLUME_PROTECTION, false);
      return undefined;
    }
    const guarded = await setFinalizer(client, PERSISTENT_VOLUMES, volume, VOLUME_PROTECTION, true);
    if (released && isOurs(guarded)) return void (await remove(guarded));
    const phase = released ? 'Released' : claim ? 'Bound' : 'Available';
    if (guarded.status?.phase !== phase && !(volume.spec.claimRef && phase === 'Available' && guarded.status?.phase)) {
      await client.replace(
        PERSISTENT_VOLUMES,
        { ...guarded, status: { ...guarded.status, phase } },
        { subresource: 'status' },
      );
    }
    return undefined;
  }

  function isOurs({ metadata, spec }: PersistentVolume): boolean {
    return (
      spec.persistentVolumeReclaimPolicy === 'Delete' &&
      metadata.annotations?.[PROVISIONED_BY] === SIMULATED_PROVISIONER
    );
  }

  /** The claim that holds the volume. Absent from the cache is not enough to give a volume up. */
  async function claimOf({ spec }: PersistentVolume): Promise<PersistentVolumeClaim | undefined> {
    const { claimRef } = spec;
    if (!claimRef?.uid) return undefined;
    const cached = claims.get(`${claimRef.namespace}/${claimRef.name}`);
    if (cached?.metadata.uid === claimRef.uid) return cached;
    const at = { namespace: claimRef.namespace! };
    const claim = await ifFound(client.get(PERSISTENT_VOLUME_CLAIMS, claimRef.name!, at));
    return claim?.metadata.uid === claimRef.uid ? claim : undefined;
  }

  async function remove({ metadata }: PersistentVolume): Promise<void> {
    await ifFound(client.delete(PERSISTENT_VOLUMES, metadata.name, { preconditions: { uid: metadata.uid } }));
  }
}

export { ephemeralVolumeController } from './ephemeral.ts';

/** Binds volume claims to volumes, and makes the volumes of a simulated storage class. */
import {
  type Draft,
  isStatus,
  keyOf,
  PERSISTENT_VOLUME_CLAIMS,
  PERSISTENT_VOLUMES,
  type PersistentVolume,
  type PersistentVolumeClaim,
  PODS,
  type Pod,
  type ResourceType,
  STORAGE_CLASSES,
  type StorageClass,
} from '../../../kube/index.ts';
import { BY_CLAIM, createLoop, type Env, type Loop, type Reconciled, sameJson, sameStatus } from '../runtime/index.ts';
import { isFinished } from '../workload/index.ts';
import {
  BIND_COMPLETED,
  BOUND_BY_CONTROLLER,
  type ClaimStep,
  DEFAULT_CLASS,
  PROVISIONED_BY,
  PROVISIONER,
  planClaim,
} from './binding.ts';

/** Volumes of this provisioner hold nothing: simulated hosts mount nothing. */
export const SIMULATED_PROVISIONER = 'simulated.jdos.jd.com';
const CLAIM_PROTECTION = 'kubernetes.io/pvc-protection';
const VOLUME_PROTECTION = 'kubernetes.io/pv-protection';
const COMPONENT = 'persistentvolume-controller';

export function volumeController(env: Env): Loop {
  const { client } = env;
  const claims = env.caches.of(PERSISTENT_VOLUME_CLAIMS);
  const volumes = env.caches.of(PERSISTENT_VOLUMES);
  const classes = env.caches.of(STORAGE_CLASSES);
  const pods = env.caches.of(PODS);
  const recorder = env.recorder(COMPONENT);
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
  return {
    async start(signal) {
      await ensureClass();
      await Promise.all([claimLoop.start(signal), volumeLoop.start(signal)]);
    },
  };

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

  /** A cluster without any storage class gets one, so that ordinary manifests find a volume. */
  async function ensureClass(): Promise<void> {
    if (classes.size > 0) return;
    const metadata = { name: 'standard', annotations: { [DEFAULT_CLASS]: 'true' } };
    const rest = { provisioner: SIMULATED_PROVISIONER, reclaimPolicy: 'Delete', volumeBindingMode: 'Immediate' };
    try {
      await client.create(STORAGE_CLASSES, {
        apiVersion: 'storage.k8s.io/v1',
        kind: 'StorageClass',
        metadata,
        ...rest,
        allowVolumeExpansion: true,
      });
    } catch (error) {
      if (!isStatus(error, 'AlreadyExists')) env.onError?.('volumes', 'standard', error);
    }
  }

  async function reconcileClaim(key: string): Promise<Reconciled> {
    const claim = claims.get(key);
    if (!claim) return undefined;
    const users = pods.byIndex(BY_CLAIM, key).filter((pod) => !isFinished(pod));
    if (claim.metadata.deletionTimestamp) {
      if (users.length === 0) await setFinalizer(PERSISTENT_VOLUME_CLAIMS, claim, CLAIM_PROTECTION, false);
      return undefined;
    }
    const guarded = await setFinalizer(PERSISTENT_VOLUME_CLAIMS, claim, CLAIM_PROTECTION, true);
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
        return bind(claim, step.volume);
      case 'provision':
        return provision(claim, step.storageClass);
      case 'lost':
        recorder.event(claim, 'Warning', step.reason, step.message);
        return writeClaimStatus(claim, { phase: 'Lost' });
      case 'wait': {
        const type = step.reason === 'ProvisioningFailed' ? 'Warning' : 'Normal';
        recorder.event(claim, type, step.reason, step.message);
        return writeClaimStatus(claim, { ...claim.status, phase: 'Pending' });
      }
      case 'nothing':
    }
  }

  /** The volume first, so that no other claim can get it; each write is repeated until it is seen. */
  async function bind(claim: PersistentVolumeClaim, volume: PersistentVolume): Promise<void> {
    const held = await hold(volume, claim);
    if (held.status?.phase !== 'Bound') {
      await client.replace(
        PERSISTENT_VOLUMES,
        { ...held, status: { ...held.status, phase: 'Bound' } },
        { subresource: 'status' },
      );
    }
    const named = await nameVolume(claim, volume.metadata.name);
    const { accessModes, capacity } = volume.spec;
    await writeClaimStatus(named, {
      ...named.status,
      phase: 'Bound',
      ...(accessModes && { accessModes }),
      ...(capacity && { capacity }),
    });
  }

  async function hold(volume: PersistentVolume, claim: PersistentVolumeClaim): Promise<PersistentVolume> {
    const { namespace, name, uid, resourceVersion } = claim.metadata;
    if (volume.spec.claimRef?.uid === uid) return volume;
    const chosenHere: Record<string, string> = volume.spec.claimRef ? {} : { [BOUND_BY_CONTROLLER]: 'yes' };
    const claimRef = { apiVersion: 'v1', kind: 'PersistentVolumeClaim', namespace, name, uid, resourceVersion };
    const annotations: Record<string, string> = { ...volume.metadata.annotations, ...chosenHere };
    const metadata = { ...volume.metadata, annotations };
    return client.replace(PERSISTENT_VOLUMES, { ...volume, metadata, spec: { ...volume.spec, claimRef } });
  }

  async function nameVolume(claim: PersistentVolumeClaim, volumeName: string): Promise<PersistentVolumeClaim> {
    const chosenHere: Record<string, string> = claim.spec.volumeName ? {} : { [BOUND_BY_CONTROLLER]: 'yes' };
    const annotations = { ...claim.metadata.annotations, ...chosenHere, [BIND_COMPLETED]: 'yes' };
    if (claim.spec.volumeName === volumeName && sameJson(annotations, claim.metadata.annotations)) return claim;
    const metadata = { ...claim.metadata, annotations };
    return client.replace(PERSISTENT_VOLUME_CLAIMS, { ...claim, metadata, spec: { ...claim.spec, volumeName } });
  }

  async function writeClaimStatus(
    claim: PersistentVolumeClaim,
    status: PersistentVolumeClaim['status'],
  ): Promise<void> {
    if (sameStatus(status, claim.status)) return;
    await client.replace(PERSISTENT_VOLUME_CLAIMS, { ...claim, status }, { subresource: 'status' });
  }

  /** Named after the claim, so that trying again makes no second one. */
  async function provision(claim: PersistentVolumeClaim, storageClass: StorageClass): Promise<void> {
    const draft = simulatedVolume(claim, storageClass);
    try {
      await client.create(PERSISTENT_VOLUMES, draft);
      recorder.event(
        claim,
        'Normal',
        'ProvisioningSucceeded',
        `Successfully provisioned volume ${draft.metadata.name}`,
      );
    } catch (error) {
      if (!isStatus(error, 'AlreadyExists')) throw error;
    }
  }

  async function reconcileVolume(name: string): Promise<Reconciled> {
    const volume = volumes.get(name);
    if (!volume) return undefined;
    const claim = await claimOf(volume);
    const released = volume.spec.claimRef?.uid && !claim;
    if (volume.metadata.deletionTimestamp) {
      if (!claim) await setFinalizer(PERSISTENT_VOLUMES, volume, VOLUME_PROTECTION, false);
      return undefined;
    }
    const guarded = await setFinalizer(PERSISTENT_VOLUMES, volume, VOLUME_PROTECTION, true);
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
    try {
      const claim = await client.get(PERSISTENT_VOLUME_CLAIMS, claimRef.name!, { namespace: claimRef.namespace! });
      return claim.metadata.uid === claimRef.uid ? claim : undefined;
    } catch (error) {
      if (isStatus(error, 'NotFound')) return undefined;
      throw error;
    }
  }

  async function remove({ metadata }: PersistentVolume): Promise<void> {
    try {
      await client.delete(PERSISTENT_VOLUMES, metadata.name, { preconditions: { uid: metadata.uid } });
    } catch (error) {
      if (!isStatus(error, 'NotFound')) throw error;
    }
  }

  async function setFinalizer<T extends PersistentVolume | PersistentVolumeClaim>(
    type: ResourceType<T>,
    object: T,
    finalizer: string,
    wanted: boolean,
  ): Promise<T> {
    const { namespace, name, uid, resourceVersion, finalizers: before = [] } = object.metadata;
    if (before.includes(finalizer) === wanted) return object;
    const others = before.filter((other) => other !== finalizer);
    const finalizers = wanted ? [...others, finalizer] : others;
    const body = { metadata: { uid, resourceVersion, finalizers } };
    return client.patch(type, name, { kind: 'merge', body }, { ...(namespace && { namespace }) });
  }
}

export function simulatedVolume(claim: PersistentVolumeClaim, storageClass: StorageClass): Draft<PersistentVolume> {
  const { namespace, name, uid } = claim.metadata;
  const { accessModes = ['ReadWriteOnce'], resources, volumeMode } = claim.spec;
  const volume = `pvc-${uid}`;
  return {
    apiVersion: 'v1',
    kind: 'PersistentVolume',
    metadata: {
      name: volume,
      annotations: { [PROVISIONED_BY]: SIMULATED_PROVISIONER, [PROVISIONER]: SIMULATED_PROVISIONER },
      finalizers: [VOLUME_PROTECTION],
    },
    spec: {
      accessModes: [...accessModes],
      capacity: { storage: resources?.requests?.storage ?? '1Gi' },
      claimRef: { apiVersion: 'v1', kind: 'PersistentVolumeClaim', namespace, name, uid },
      csi: { driver: SIMULATED_PROVISIONER, volumeHandle: volume },
      persistentVolumeReclaimPolicy: storageClass.reclaimPolicy ?? 'Delete',
      storageClassName: storageClass.metadata.name,
      ...(volumeMode && { volumeMode }),
    },
  };
}

/** What a Pod refers to and cannot do without: ConfigMaps, Secrets, claims. */
import type { core } from '../kube/index.ts';
import type { PodLife } from './pod-life.ts';

/** Why the container cannot be made: `configmap "x" not found`; empty when nothing is missing. */
export function missingReference(spec: core.Container, life: PodLife): string {
  for (const source of spec.envFrom ?? []) {
    const missing = lacking('ConfigMap', source.configMapRef, life) || lacking('Secret', source.secretRef, life);
    if (missing) return missing;
  }
  for (const { valueFrom } of spec.env ?? []) {
    const missing =
      lacking('ConfigMap', valueFrom?.configMapKeyRef, life) || lacking('Secret', valueFrom?.secretKeyRef, life);
    if (missing) return missing;
  }
  return '';
}

/** Part of every token volume; a simulated container does not miss it where no controller publishes it. */
const ROOT_CA = 'kube-root-ca.crt';

interface Reference {
  readonly name?: string;
  readonly key?: string;
  readonly optional?: boolean;
}

function lacking(kind: 'ConfigMap' | 'Secret', ref: Reference | undefined, life: PodLife): string {
  if (!ref?.name || ref.optional || ref.name === ROOT_CA) return '';
  const namespace = life.pod.metadata.namespace ?? '';
  const keys = life.world.keys(kind, namespace, ref.name);
  if (!keys) return `${kind.toLowerCase()} "${ref.name}" not found`;
  if (ref.key === undefined || keys.has(ref.key)) return '';
  return `couldn't find key ${ref.key} in ${kind} ${namespace}/${ref.name}`;
}

/** Why the Pod's volumes cannot be mounted, in the words of a FailedMount event; empty when they can. */
export function missingVolume(life: PodLife): string {
  for (const volume of life.pod.spec.volumes ?? []) {
    const why = whyNotMounted(volume, life);
    if (why) return `MountVolume.SetUp failed for volume "${volume.name}" : ${why}`;
  }
  return '';
}

function whyNotMounted(volume: core.Volume, life: PodLife): string {
  const secret = volume.secret && { name: volume.secret.secretName ?? '', optional: volume.secret.optional ?? false };
  return (
    lacking('ConfigMap', volume.configMap, life) ||
    lacking('Secret', secret, life) ||
    claimTrouble(volume.persistentVolumeClaim?.claimName, life) ||
    (volume.projected?.sources ?? [])
      .map((source) => lacking('ConfigMap', source.configMap, life) || lacking('Secret', source.secret, life))
      .find((why) => why !== '') ||
    ''
  );
}

function claimTrouble(claim: string | undefined, life: PodLife): string {
  if (!claim) return '';
  const state = life.world.claim(life.pod.metadata.namespace ?? '', claim);
  if (state === 'bound') return '';
  return state === 'missing' ? `persistentvolumeclaim "${claim}" not found` : `PVC is not bound: ${claim}`;
}

/** What a drain does with each Pod of a host, and what it must be allowed to. Pure. */
import type { Pod } from '../../kube/index.ts';

export const POD_CLASSES = [
  'evict',
  'daemonset',
  'mirror',
  'finished',
  'going',
  'empty-dir',
  'bare',
  'local-volume',
] as const;
export type PodClass = (typeof POD_CLASSES)[number];

/** What people have agreed to lose. Names are `namespace/name`. */
export interface Consent {
  /** Pods with data in an emptyDir may go, and the data with them. */
  readonly emptyDir?: boolean;
  /** Pods that nobody makes anew may go. */
  readonly bare?: boolean;
  /** Pods whose volume is a disk of this host may go; they come back only when the host does. */
  readonly localVolume?: boolean;
  /** These stay where they are. */
  readonly skip?: readonly string[];
  /** These go although their budget forbids it: each was named with a reason and approved. */
  readonly override?: readonly string[];
  /** These are taken off a host that is proved to be off: nobody is left there to end them. */
  readonly force?: readonly string[];
}

export interface PodPlan {
  readonly pod: Pod;
  readonly key: string;
  readonly class: PodClass;
  /** `leave` stays, `evict` is to go, `blocked` would have to go and may not. */
  readonly act: 'leave' | 'evict' | 'blocked';
}

const MIRROR = 'kubernetes.io/config.mirror';

/** Does this claim (`namespace/name`) lie on a disk of the host? */
export type IsLocalClaim = (claim: string) => boolean;

export function planPod(pod: Pod, consent: Consent = {}, isLocalClaim: IsLocalClaim = () => false): PodPlan {
  const key = `${pod.metadata.namespace}/${pod.metadata.name}`;
  const kind = classOf(pod, isLocalClaim);
  if (consent.skip?.includes(key)) return { pod, key, class: kind, act: 'leave' };
  return { pod, key, class: kind, act: actOf(kind, consent) };
}

/** In kubectl's order: the first that holds. */
export function classOf(pod: Pod, isLocalClaim: IsLocalClaim = () => false): PodClass {
  if (pod.metadata.annotations?.[MIRROR] !== undefined) return 'mirror';
  const controller = pod.metadata.ownerReferences?.find((owner) => owner.controller);
  if (controller?.kind === 'DaemonSet') return 'daemonset';
  if (pod.metadata.deletionTimestamp) return 'going';
  if (pod.status?.phase === 'Succeeded' || pod.status?.phase === 'Failed') return 'finished';
  if (!controller) return 'bare';
  const volumes = pod.spec.volumes ?? [];
  const claims = volumes.flatMap((volume) => volume.persistentVolumeClaim?.claimName ?? []);
  if (claims.some((name) => isLocalClaim(`${pod.metadata.namespace}/${name}`))) return 'local-volume';
  return volumes.some((volume) => volume.emptyDir && volume.emptyDir.medium !== 'Memory') ? 'empty-dir' : 'evict';
}

/** What must be agreed to before a Pod of this class goes. */
export function consentFor(kind: PodClass): 'emptyDir' | 'bare' | 'localVolume' | undefined {
  const needs = { 'empty-dir': 'emptyDir', bare: 'bare', 'local-volume': 'localVolume' } as const;
  return kind in needs ? needs[kind as keyof typeof needs] : undefined;
}

function actOf(kind: PodClass, consent: Consent): PodPlan['act'] {
  if (kind === 'daemonset' || kind === 'mirror') return 'leave';
  const needs = consentFor(kind);
  return !needs || consent[needs] ? 'evict' : 'blocked';
}

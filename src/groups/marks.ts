/** What a Group writes on its Pods: labels, annotations, the readiness gate. */

export const GROUP = 'apps.jdos.jd.com/group';
export const ORDINAL = 'apps.jdos.jd.com/ordinal';
/** Short name of the revision that a Pod has. */
export const REVISION = 'apps.jdos.jd.com/revision';
/** Where a Pod is in its life: {@link PodState}. */
export const STATE = 'apps.jdos.jd.com/state';

/** The update under way in a Pod, as JSON: UpdateRecord. */
export const UPDATE = 'apps.jdos.jd.com/update';
/** A request of a PodRebuild, as JSON: RebuildRequest. */
export const REBUILD = 'apps.jdos.jd.com/rebuild';
/** Followed by the name of a static config: the revision of it that the Pod's containers read. */
export const CONFIG = 'config.apps.jdos.jd.com/';
/** Followed by container and variable: a value that may change without another Pod. */
export const ENV = 'env.apps.jdos.jd.com/';

/** The readiness gate of each Pod: closed while the Group keeps it out of service. */
export const GATE = 'apps.jdos.jd.com/Ready';

/** Pods of a Group stay on hosts that are not ready: whether they move is not for taints to decide. */
export const NODE_TAINTS = ['node.kubernetes.io/not-ready', 'node.kubernetes.io/unreachable'] as const;

/** The owner of the fields that the Group's controller writes. */
export const FIELD_MANAGER = 'jdos-groups';

export const POD_STATES = [
  'PreparingNormal',
  'Normal',
  'PreparingUpdate',
  'Draining',
  'Resizing',
  'Updating',
  'Updated',
  'PreparingDelete',
] as const;
export type PodState = (typeof POD_STATES)[number];

/** States in which an update has been begun and not yet ended. */
export const IN_FLIGHT: ReadonlySet<PodState> = new Set([
  'PreparingUpdate',
  'Draining',
  'Resizing',
  'Updating',
  'Updated',
  'PreparingDelete',
]);

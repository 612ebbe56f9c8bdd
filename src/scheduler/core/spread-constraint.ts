/** One topology spread constraint of a Pod, compiled. */
import { type core, NOTHING, type Selector } from '../../kube/index.ts';
import { livePodMatcher, type PodMatcher, selectorWithKeys } from './pod-matcher.ts';

export const HOSTNAME = 'kubernetes.io/hostname';
export const ZONE = 'topology.kubernetes.io/zone';

export interface SpreadConstraint {
  readonly maxSkew: number;
  readonly topologyKey: string;
  /** `DoNotSchedule` filters, `ScheduleAnyway` only scores. */
  readonly hard: boolean;
  readonly minDomains: number;
  readonly selector: Selector;
  readonly matcher: PodMatcher;
  /** Leave out hosts that the Pod's node selector refuses. */
  readonly honorNodeAffinity: boolean;
  /** Leave out hosts whose taints the Pod does not tolerate. */
  readonly honorTaints: boolean;
}

export function spreadConstraint(
  constraint: core.TopologySpreadConstraint,
  namespace: string,
  labels: Readonly<Record<string, string>>,
): SpreadConstraint {
  const selector = selectorWithKeys(constraint.labelSelector, labels, constraint.matchLabelKeys);
  return {
    maxSkew: constraint.maxSkew,
    topologyKey: constraint.topologyKey,
    hard: constraint.whenUnsatisfiable !== 'ScheduleAnyway',
    minDomains: constraint.minDomains ?? 1,
    selector,
    matcher: livePodMatcher(namespace, selector),
    honorNodeAffinity: constraint.nodeAffinityPolicy !== 'Ignore',
    honorTaints: constraint.nodeTaintsPolicy === 'Honor',
  };
}

/** A constraint as an administrator writes it for Pods that bring none: its selector is found Pod by Pod. */
export interface DefaultConstraint {
  readonly maxSkew: number;
  readonly topologyKey: string;
  readonly whenUnsatisfiable: 'DoNotSchedule' | 'ScheduleAnyway';
}

/** What holds when nobody has configured anything. */
export const SYSTEM_DEFAULTS: readonly DefaultConstraint[] = [
  { maxSkew: 3, topologyKey: HOSTNAME, whenUnsatisfiable: 'ScheduleAnyway' },
  { maxSkew: 5, topologyKey: ZONE, whenUnsatisfiable: 'ScheduleAnyway' },
];

/** Defaults for a Pod whose services and owner select it by `selector`; none when nothing selects it. */
export function defaultConstraints(
  defaults: readonly DefaultConstraint[],
  namespace: string,
  selector: Selector,
): SpreadConstraint[] {
  if (selector === NOTHING || selector.requirements.length === 0) return [];
  const matcher = livePodMatcher(namespace, selector);
  return defaults.map(({ maxSkew, topologyKey, whenUnsatisfiable }) => ({
    maxSkew,
    topologyKey,
    hard: whenUnsatisfiable === 'DoNotSchedule',
    minDomains: 1,
    selector,
    matcher,
    honorNodeAffinity: true,
    honorTaints: false,
  }));
}

/** One Pod of a Group as the Group sees it. */
import { isFinished, isReady } from '../control/index.ts';
import { isConditionTrue, type Pod } from '../kube/index.ts';
import type { Group } from '../resources/index.ts';
import { GATE, IN_FLIGHT, POD_STATES, type PodState, REVISION, STATE } from './marks.ts';
import { ordinalOf } from './ordinals.ts';
import { recordOf, requested, type UpdateRecord } from './record.ts';

export interface Member {
  readonly pod: Pod;
  readonly ordinal: number;
  /** Short name of its revision. */
  readonly hash: string;
  readonly state: PodState;
  readonly record: UpdateRecord | undefined;
  /** Containers that a PodRebuild wants anew. */
  readonly requested: readonly string[];
  readonly leaving: boolean;
  /** It has ended, well or not. */
  readonly over: boolean;
  /** The Group lets it be in service. */
  readonly gateOpen: boolean;
  readonly containersReady: boolean;
  readonly ready: boolean;
  /** Ready for as long as the Group asks. */
  readonly available: boolean;
  readonly inFlight: boolean;
  /** Somebody has been promised that it may be taken away, and has not done so yet. */
  readonly promised: boolean;
  /** In ms of the controller's clock; undefined while it is not ready. */
  readonly readySince: number | undefined;
}

/** `readySince` in ms; undefined while it is not ready. */
export function memberOf(group: Group, pod: Pod, readySince: number | undefined, now: number): Member {
  const facts = factsOf(pod);
  const minReadyMs = group.spec.minReadySeconds * 1000;
  return {
    ...facts,
    pod,
    ordinal: ordinalOf(group, pod.metadata.name)!,
    available: facts.ready && readySince !== undefined && readySince + minReadyMs <= now,
    promised: false,
    readySince: facts.ready ? readySince : undefined,
  };
}

/** What a Pod as read says of itself. */
type Facts = Omit<Member, 'pod' | 'ordinal' | 'available' | 'promised' | 'readySince'>;

const known = new WeakMap<Pod, Facts>();

/** Read once for each Pod as read: of the Pods of a large Group only few have changed since the last look. */
function factsOf(pod: Pod): Facts {
  const before = known.get(pod);
  if (before) return before;
  const facts = readFacts(pod);
  known.set(pod, facts);
  return facts;
}

function readFacts(pod: Pod): Facts {
  const { labels = {}, deletionTimestamp } = pod.metadata;
  const state = stateOf(labels[STATE]);
  return {
    hash: labels[REVISION] ?? '',
    state,
    record: recordOf(pod),
    requested: requested(pod),
    leaving: deletionTimestamp !== undefined,
    over: isFinished(pod),
    gateOpen: isConditionTrue(pod, GATE),
    containersReady: isConditionTrue(pod, 'ContainersReady'),
    ready: isReady(pod),
    inFlight: IN_FLIGHT.has(state),
  };
}

/** A Pod whose label somebody has taken off begins anew. */
function stateOf(label: string | undefined): PodState {
  return POD_STATES.find((state) => state === label) ?? 'PreparingNormal';
}

/** Is it missed, or will it be in a moment? */
export function isOut({ available, inFlight, leaving, over, promised }: Member): boolean {
  return !available || inFlight || leaving || over || promised;
}

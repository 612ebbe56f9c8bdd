/** What a Node should look like by its host's status: labels, taints, cordon, conditions. Pure: the patch, or nothing. */
import { type Clock, type core, isConditionTrue, type Node, setCondition } from '../../kube/index.ts';
import type { HostState } from './host-book.ts';
import { CORDON_OWNER, CORDON_REASON, OPERATION_ID, PREFIX, PREV_UNSCHEDULABLE, STATUS } from './host-labels.ts';
import { isInHands } from './host-status.ts';
import { type InventoryHost, labelsFrom } from './inventory.ts';
import { isFit } from './transition.ts';

export const NOT_READY_TAINT = `${PREFIX}not-ready`;
export const MAINTENANCE_TAINT = `${PREFIX}maintenance`;
/** Who is said to have cordoned what this program cordons. */
const OWNER = 'jdos';

/** A merge patch that carries the version it was made for. */
export type NodePatch = { metadata: object; spec?: object };

type Taint = core.Taint;

export function nodePatch(node: Node, state: HostState, inventory?: InventoryHost): NodePatch | undefined {
  const labels = differing({ ...(inventory && labelsFrom(inventory)), [STATUS]: state.status }, node.metadata.labels);
  const taints = taintsFor(node, state, { ...node.metadata.labels, ...labels });
  const cordon = cordonFor(node, state);
  const spec = { ...(taints && { taints }), ...cordon.spec };
  const meta = {
    ...(size(labels) && { labels }),
    ...(size(cordon.annotations) && { annotations: cordon.annotations }),
  };
  if (!size(meta) && !size(spec)) return undefined;
  return {
    metadata: { ...meta, resourceVersion: node.metadata.resourceVersion },
    ...(size(spec) && { spec }),
  };
}

/** Does somebody else want this host to take no Pods? Those cordons are left as they are. */
export function isCordonedByOthers(node: Node): boolean {
  return node.spec.unschedulable === true && node.metadata.annotations?.[CORDON_OWNER] !== OWNER;
}

export function isCordonedByUs(node: Node): boolean {
  return node.metadata.annotations?.[CORDON_OWNER] === OWNER;
}

/** The whole list of taints where it differs: a merge patch replaces lists. */
function taintsFor(node: Node, state: HostState, labels: Record<string, string>): Taint[] | undefined {
  const inHands = isInHands(state.status);
  const wanted = new Set<string>();
  if (inHands) wanted.add(MAINTENANCE_TAINT);
  else if (!isFit(state.status, labels)) wanted.add(NOT_READY_TAINT);
  const before = node.spec.taints ?? [];
  const own = (taint: Taint) => taint.key === NOT_READY_TAINT || taint.key === MAINTENANCE_TAINT;
  const kept = before.filter((taint) => !own(taint) || (wanted.has(taint.key) && taint.effect === 'NoSchedule'));
  const missing = [...wanted].filter((key) => !kept.some((taint) => taint.key === key));
  if (missing.length === 0 && kept.length === before.length) return undefined;
  return [...kept, ...missing.map((key) => ({ key, effect: 'NoSchedule', value: state.status }))];
}

/** Taken once, with what was there before; given back once. What a person does in between is not undone. */
function cordonFor(node: Node, state: HostState): { spec: object; annotations: Record<string, string | null> } {
  const annotations = node.metadata.annotations ?? {};
  const held = annotations[CORDON_OWNER] === OWNER;
  if (isInHands(state.status) && !held) {
    return {
      spec: { unschedulable: true },
      annotations: {
        [CORDON_OWNER]: OWNER,
        [CORDON_REASON]: state.reason,
        [PREV_UNSCHEDULABLE]: String(node.spec.unschedulable ?? false),
        ...(state.operation && { [OPERATION_ID]: state.operation }),
      },
    };
  }
  if (isInHands(state.status) || !held) return { spec: {}, annotations: {} };
  const before = annotations[PREV_UNSCHEDULABLE] === 'true';
  const none = Object.fromEntries(
    [CORDON_OWNER, CORDON_REASON, PREV_UNSCHEDULABLE, OPERATION_ID].map((key) => [key, null]),
  );
  return { spec: { unschedulable: before ? true : null }, annotations: none };
}

const CONDITIONS = [
  'MaintenancePlanned',
  'DrainInProgress',
  'Drained',
  'MaintenanceInProgress',
  'JdosSuspect',
] as const;

/** The conditions that are to change. Those that never held are not written. */
export function nodeConditions(node: Node, state: HostState, clock: Clock): core.NodeCondition[] {
  const { status, operation } = state;
  const emptied = status === 'maintenance' || status === 'recovering';
  const holds: Record<(typeof CONDITIONS)[number], boolean> = {
    MaintenancePlanned: operation !== undefined && !emptied && status !== 'draining',
    DrainInProgress: status === 'draining',
    Drained: emptied,
    MaintenanceInProgress: emptied,
    JdosSuspect: status === 'suspect',
  };
  let conditions = node.status?.conditions;
  for (const type of CONDITIONS) {
    if (!holds[type] && !isConditionTrue(node, type)) continue;
    const reason = operation ? 'Operation' : 'HostStatus';
    const message = operation ? `${operation}: ${state.reason}` : state.reason;
    conditions = setCondition(conditions, { type, status: holds[type] ? 'True' : 'False', reason, message }, clock);
  }
  const before = new Set(node.status?.conditions);
  return (conditions ?? []).filter((condition) => !before.has(condition));
}

function differing(wanted: Record<string, string>, there: Record<string, string> = {}): Record<string, string> {
  return Object.fromEntries(Object.entries(wanted).filter(([key, value]) => there[key] !== value));
}

function size(object: object): number {
  return Object.keys(object).length;
}

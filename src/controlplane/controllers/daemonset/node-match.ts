/** May a DaemonSet's Pod run on a host? */
import type { core, DaemonSet, Node } from '../../../kube/index.ts';

export interface Verdict {
  /** A Pod belongs there. */
  readonly shouldRun: boolean;
  /** A Pod that is there may stay. */
  readonly mayStay: boolean;
}

/** What every daemon bears, so that it outlives the troubles it may be there to see. */
const TOLERATIONS: readonly core.Toleration[] = [
  { key: 'node.kubernetes.io/not-ready', operator: 'Exists', effect: 'NoExecute' },
  { key: 'node.kubernetes.io/unreachable', operator: 'Exists', effect: 'NoExecute' },
  { key: 'node.kubernetes.io/disk-pressure', operator: 'Exists', effect: 'NoSchedule' },
  { key: 'node.kubernetes.io/memory-pressure', operator: 'Exists', effect: 'NoSchedule' },
  { key: 'node.kubernetes.io/pid-pressure', operator: 'Exists', effect: 'NoSchedule' },
  { key: 'node.kubernetes.io/unschedulable', operator: 'Exists', effect: 'NoSchedule' },
];
const NETWORK: core.Toleration = {
  key: 'node.kubernetes.io/network-unavailable',
  operator: 'Exists',
  effect: 'NoSchedule',
};

export function daemonTolerations(spec: core.PodSpec): core.Toleration[] {
  const added = spec.hostNetwork ? [...TOLERATIONS, NETWORK] : TOLERATIONS;
  const same = (a: core.Toleration, b: core.Toleration) =>
    a.key === b.key && a.effect === b.effect && a.operator === b.operator && (a.value ?? '') === (b.value ?? '');
  const own = spec.tolerations ?? [];
  return [
    ...own,
    ...added.filter(
      (toleration) => !own.some((other) => same(other, toleration) && other.tolerationSeconds === undefined),
    ),
  ];
}

export function judgeNode(set: DaemonSet, node: Node, tolerations: readonly core.Toleration[]): Verdict {
  const spec = set.spec.template.spec!;
  const nowhere = { shouldRun: false, mayStay: false };
  if (spec.nodeName && spec.nodeName !== node.metadata.name) return nowhere;
  if (!matchesNode(spec, node)) return nowhere;
  const untolerated = (node.spec.taints ?? []).filter((taint) => !tolerations.some((t) => tolerates(t, taint)));
  return {
    shouldRun: !untolerated.some(({ effect }) => effect === 'NoSchedule' || effect === 'NoExecute'),
    mayStay: !untolerated.some(({ effect }) => effect === 'NoExecute'),
  };
}

export function tolerates(toleration: core.Toleration, taint: core.Taint): boolean {
  if (toleration.effect && toleration.effect !== taint.effect) return false;
  if (toleration.key && toleration.key !== taint.key) return false;
  if (toleration.operator === 'Exists') return true;
  return Boolean(toleration.key) && (toleration.value ?? '') === (taint.value ?? '');
}

function matchesNode(spec: core.PodSpec, node: Node): boolean {
  const labels = node.metadata.labels ?? {};
  if (Object.entries(spec.nodeSelector ?? {}).some(([key, value]) => labels[key] !== value)) return false;
  const required = spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution;
  return required === undefined || required.nodeSelectorTerms.some((term) => matchesTerm(term, node));
}

/** A term without any condition selects nothing. */
function matchesTerm({ matchExpressions = [], matchFields = [] }: core.NodeSelectorTerm, node: Node): boolean {
  if (matchExpressions.length + matchFields.length === 0) return false;
  const labels = node.metadata.labels ?? {};
  return (
    matchExpressions.every((requirement) => holds(requirement, labels[requirement.key])) &&
    matchFields.every((requirement) => requirement.key === 'metadata.name' && holds(requirement, node.metadata.name))
  );
}

function holds({ operator, values = [] }: core.NodeSelectorRequirement, value: string | undefined): boolean {
  switch (operator) {
    case 'In':
      return value !== undefined && values.includes(value);
    case 'NotIn':
      return value === undefined || !values.includes(value);
    case 'Exists':
      return value !== undefined;
    case 'DoesNotExist':
      return value === undefined;
    case 'Gt':
      return value !== undefined && Number(value) > Number(values[0]);
    case 'Lt':
      return value !== undefined && Number(value) < Number(values[0]);
    default:
      return false;
  }
}

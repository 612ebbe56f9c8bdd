/** Which hosts a Pod's nodeSelector and node affinity accept. */
import type { core } from '../../kube/index.ts';
import type { NodeFacts } from './node-facts.ts';

/** A compiled selector; answers are remembered for as long as the host's facts live. */
export interface NodeSelector {
  matches(node: NodeFacts): boolean;
  /** The only hosts that can match, where the selector names them (DaemonSet Pods do). */
  readonly names?: ReadonlySet<string>;
}

/** Undefined when the Pod accepts every host. */
export function requiredNodeSelector(spec: core.PodSpec): NodeSelector | undefined {
  const labels = Object.entries(spec.nodeSelector ?? {});
  const terms = spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms;
  if (labels.length === 0 && !terms) return undefined;
  const names = terms && namesOf(terms);
  return {
    matches: remembered(
      (node) =>
        labels.every(([key, value]) => node.labels[key] === value) &&
        (!terms || terms.some((term) => termMatches(term, node))),
    ),
    ...(names && { names }),
  };
}

/** The weight that the preferred terms give to a host; undefined when there is nothing preferred. */
export function preferredNodeWeight(spec: core.PodSpec): ((node: NodeFacts) => number) | undefined {
  const preferred = spec.affinity?.nodeAffinity?.preferredDuringSchedulingIgnoredDuringExecution ?? [];
  if (preferred.length === 0) return undefined;
  return (node) =>
    preferred.reduce((sum, { weight, preference }) => sum + (termMatches(preference, node) ? weight : 0), 0);
}

/** A term without any requirement matches nothing. */
export function termMatches(term: core.NodeSelectorTerm, node: NodeFacts): boolean {
  const { matchExpressions = [], matchFields = [] } = term;
  if (matchExpressions.length + matchFields.length === 0) return false;
  return (
    matchExpressions.every((requirement) => holds(requirement, node.labels[requirement.key])) &&
    matchFields.every((requirement) => requirement.key === 'metadata.name' && holds(requirement, node.name))
  );
}

function holds({ operator, values = [] }: core.NodeSelectorRequirement, actual: string | undefined): boolean {
  switch (operator) {
    case 'In':
      return actual !== undefined && values.includes(actual);
    case 'NotIn':
      return actual === undefined || !values.includes(actual);
    case 'Exists':
      return actual !== undefined;
    case 'DoesNotExist':
      return actual === undefined;
    case 'Gt':
      return compares(actual, values, (a, b) => a > b);
    case 'Lt':
      return compares(actual, values, (a, b) => a < b);
    default:
      return false;
  }
}

const INTEGER = /^[+-]?\d+$/;

function compares(
  actual: string | undefined,
  [bound, ...more]: readonly string[],
  test: (a: bigint, b: bigint) => boolean,
): boolean {
  if (actual === undefined || bound === undefined || more.length > 0) return false;
  return INTEGER.test(actual) && INTEGER.test(bound) && test(BigInt(actual), BigInt(bound));
}

/** All terms must name hosts, each by `metadata.name In (...)`; several such fields in a term intersect. */
function namesOf(terms: readonly core.NodeSelectorTerm[]): ReadonlySet<string> | undefined {
  const all = new Set<string>();
  for (const term of terms) {
    const lists = (term.matchFields ?? []).filter(({ key, operator }) => key === 'metadata.name' && operator === 'In');
    if (lists.length === 0) return undefined;
    const [first, ...others] = lists.map(({ values = [] }) => new Set(values));
    for (const name of others.reduce((names, other) => names.intersection(other), first!)) all.add(name);
  }
  return all;
}

function remembered(matches: (node: NodeFacts) => boolean): (node: NodeFacts) => boolean {
  const answers = new WeakMap<NodeFacts, boolean>();
  return (node) => {
    let answer = answers.get(node);
    if (answer === undefined) {
      answer = matches(node);
      answers.set(node, answer);
    }
    return answer;
  };
}

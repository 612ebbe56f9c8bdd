/** Which replicas a Group has, and what their Pods are called. */
import type { Pod } from '../kube/index.ts';
import type { Group } from '../resources/index.ts';

/** The longest name of a Pod that is still a host name. */
const MAX_NAME = 63;
/** Room for a dash and the ordinal. */
const MAX_PREFIX = MAX_NAME - 11;

const prefixes = new WeakMap<Group, string>();

/** Made once for each Group as read: it is asked for with every Pod. */
export function prefixOf(group: Group): string {
  const known = prefixes.get(group);
  if (known !== undefined) return known;
  const prefix = group.spec.naming.prefix ?? group.metadata.name.slice(0, MAX_PREFIX);
  const made = prefix.replaceAll('.', '-').replace(/-+$/, '');
  prefixes.set(group, made);
  return made;
}

export function podName(group: Group, ordinal: number): string {
  return `${prefixOf(group)}-${ordinal}`;
}

/** Undefined when the name is not one of this Group's. */
export function ordinalOf(group: Group, name: string): number | undefined {
  const prefix = `${prefixOf(group)}-`;
  const text = name.startsWith(prefix) ? name.slice(prefix.length) : '';
  return /^(0|[1-9]\d{0,8})$/.test(text) ? Number(text) : undefined;
}

/** May an ordinal be used? Not below the first one, not a reserved one, not one whose Pod is to go. */
export function usable(group: Group): (ordinal: number) => boolean {
  const { startOrdinal, reserveOrdinals = [] } = group.spec.naming;
  const ranges = reserveOrdinals.map(rangeOf);
  const leaving = new Set((group.spec.scaleStrategy.podsToDelete ?? []).map((name) => ordinalOf(group, name)));
  return (ordinal) =>
    ordinal >= startOrdinal && !leaving.has(ordinal) && !ranges.some(([from, to]) => from <= ordinal && ordinal <= to);
}

function rangeOf(reserved: number | string): readonly [number, number] {
  const [from, to = from] = String(reserved).split('-').map(Number);
  return [from!, to!];
}

/** The lowest `count` usable ordinals that are not taken. */
export function lowest(group: Group, count: number, taken: ReadonlySet<number> = new Set()): number[] {
  const allowed = usable(group);
  const found: number[] = [];
  for (let ordinal = group.spec.naming.startOrdinal; found.length < count; ordinal++)
    if (allowed(ordinal) && !taken.has(ordinal)) found.push(ordinal);
  return found;
}

/** Is this Pod, which nobody manages, one that the Group may take in? By its label and its name, never by chance. */
export function isAdoptable(group: Group, pod: Pod, label: string): boolean {
  return pod.metadata.labels?.[label] === group.metadata.name && ordinalOf(group, pod.metadata.name) !== undefined;
}

/** When many hosts fall silent within one grace period, the one who cannot see is the control plane. Pure. */

export interface Silence {
  readonly host: string;
  readonly rack: string | undefined;
  readonly zone: string | undefined;
  /** When its silence was noticed; undefined while it reports. */
  readonly since: number | undefined;
}

export interface BlindRules {
  /** Share of a rack or zone. @default 0.2 */
  readonly ofPlace: number;
  /** Share of all hosts. @default 0.05 */
  readonly ofAll: number;
  /** Fewer than this are never a blindness, whatever their share. @default 3 */
  readonly least: number;
  /** @default 40 s */
  readonly withinMs: number;
}

export const DEFAULT_BLIND_RULES: BlindRules = { ofPlace: 0.2, ofAll: 0.05, least: 3, withinMs: 40_000 };

/**
 * Why the control plane counts as blind, in words, or nothing. It stays blind until so many report again that the rule
 * no longer holds: silences that began within one grace period of each other are counted together for as long as they last.
 */
export function blindness(hosts: readonly Silence[], rules: BlindRules = DEFAULT_BLIND_RULES): string | undefined {
  return (
    tooMany('the cluster', hosts, rules.ofAll, rules) ??
    inPlaces(hosts, 'rack', rules) ??
    inPlaces(hosts, 'zone', rules)
  );
}

function inPlaces(hosts: readonly Silence[], kind: 'rack' | 'zone', rules: BlindRules): string | undefined {
  for (const [place, members] of Map.groupBy(hosts, (host) => host[kind])) {
    const why = place === undefined ? undefined : tooMany(`${kind} ${place}`, members, rules.ofPlace, rules);
    if (why) return why;
  }
  return undefined;
}

function tooMany(
  place: string,
  hosts: readonly Silence[],
  share: number,
  { least, withinMs }: BlindRules,
): string | undefined {
  const most = mostWithin(
    hosts.flatMap(({ since }) => since ?? []),
    withinMs,
  );
  if (most < least || most <= hosts.length * share) return undefined;
  return `${most} of ${hosts.length} hosts of ${place} fell silent within ${withinMs / 1000} s`;
}

/** The largest number of moments that lie within one window. */
function mostWithin(moments: readonly number[], windowMs: number): number {
  const sorted = moments.toSorted((a, b) => a - b);
  let [most, first] = [0, 0];
  for (let last = 0; last < sorted.length; last++) {
    while (sorted[last]! - sorted[first]! > windowMs) first++;
    most = Math.max(most, last - first + 1);
  }
  return most;
}

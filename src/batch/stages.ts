/** In which order and how many at a time a command goes out: first one, then a few, then many, then all. Pure. */
import type { Target } from './target.ts';

/** Shares of all targets that are done after each stage. */
export const DEFAULT_STAGES: readonly (number | 'canary')[] = ['canary', 0.05, 0.25, 1];

/** The targets of each stage; stages that add nothing are left out. Racks take turns, so that a stage meets many. */
export function stagesOf(
  targets: readonly Target[],
  stages: readonly (number | 'canary')[] = DEFAULT_STAGES,
): Target[][] {
  const ordered = byTurns(targets);
  const found: Target[][] = [];
  let done = 0;
  for (const stage of stages) {
    const end = stage === 'canary' ? Math.min(1, ordered.length) : Math.ceil(ordered.length * stage);
    if (end > done) found.push(ordered.slice(done, end));
    done = Math.max(done, end);
  }
  return found;
}

/** One of each rack, then the second of each, and so on. */
function byTurns(targets: readonly Target[]): Target[] {
  const racks = [...Map.groupBy(targets, ({ rack, host }) => rack ?? host ?? '').values()];
  const longest = Math.max(0, ...racks.map((rack) => rack.length));
  return Array.from({ length: longest }, (_, turn) => racks.flatMap((rack) => rack[turn] ?? [])).flat();
}

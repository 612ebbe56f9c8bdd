/**
 * Many histories: `node test/conformance/history/run.ts --seeds 100 --from 1 --parallel 2 [--writes 400]`. Prints a line
 * of counts, or for each seed that breaks a rule which rule, where, and the trace around it.
 */
import process from 'node:process';
import { parseArgs } from 'node:util';
import { check, type Verdict } from './check.ts';
import { runScenario } from './scenario.ts';
import { traceOf } from './trace.ts';

export interface RunOptions {
  readonly from: number;
  readonly seeds: number;
  readonly parallel: number;
  readonly writes?: number;
  onSeed?(seed: number, verdict: Verdict): void;
}

/** What went wrong, in words, by seed; and the counts of all seeds together. */
export async function runSeeds({ from, seeds, parallel, writes, onSeed }: RunOptions) {
  const failures: string[] = [];
  const counts: Record<string, number> = { seeds: 0 };
  let next = from;
  const work = async (): Promise<void> => {
    while (next < from + seeds) {
      const seed = next++;
      const history = await runScenario({ seed, ...(writes && { writes }) });
      const verdict = check(history);
      onSeed?.(seed, verdict);
      counts.seeds!++;
      for (const [name, count] of Object.entries(verdict.counts)) counts[name] = (counts[name] ?? 0) + count;
      const first = verdict.violations[0];
      if (!first) continue;
      const rules = verdict.violations.slice(0, 8).map(({ rule, text }) => `${rule}: ${text}`);
      failures.push(
        `seed ${seed}: ${verdict.violations.length} violations\n${rules.join('\n')}\n${traceOf(history, first)}`,
      );
    }
  };
  await Promise.all(Array.from({ length: parallel }, work));
  return { failures, counts };
}

if (process.argv[1] === import.meta.filename) {
  const { values } = parseArgs({
    options: {
      seeds: { type: 'string', default: '20' },
      from: { type: 'string', default: '1' },
      parallel: { type: 'string', default: '2' },
      writes: { type: 'string', default: '400' },
    },
  });
  const started = Date.now();
  const { failures, counts } = await runSeeds({
    from: Number(values.from),
    seeds: Number(values.seeds),
    parallel: Number(values.parallel),
    writes: Number(values.writes),
  });
  for (const failure of failures) console.log(`${failure}\n`);
  console.log(
    Object.entries(counts)
      .map(([name, count]) => `${name} ${count}`)
      .join(', '),
  );
  console.log(`${failures.length} of ${counts.seeds} seeds broke a rule, ${(Date.now() - started) / 1000} s`);
  process.exit(failures.length === 0 ? 0 : 1);
}

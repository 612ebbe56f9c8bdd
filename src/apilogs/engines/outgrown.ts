/** When one machine is no longer enough, said by the tool itself; and how large a cluster would be right. */
import type { Extent } from '../query/index.ts';

/** Parquet in the time that is asked about. */
export const LARGEST = 10 ** 12;
/** Of one report. */
export const BUDGET_MS = 60_000;

/** Undefined where this machine will do. */
export function outgrown({ bytes }: Pick<Extent, 'bytes'>, slowestMs = 0): string | undefined {
  if (bytes > LARGEST) return `${(bytes / 10 ** 12).toFixed(1)} TB of events are in the time asked about`;
  if (slowestMs > BUDGET_MS) return `a report took ${Math.round(slowestMs / 1000)} s`;
  return undefined;
}

const CORES = 4;
const [FEWEST, MOST] = [2, 200];
/** What one executor reads in a minute or so. */
const SHARE = 50 * 10 ** 9;

/** As `spark-defaults.conf` has it. */
export function sparkSettings(bytes: number): Readonly<Record<string, string>> {
  const executors = Math.min(MOST, Math.max(FEWEST, Math.ceil(bytes / SHARE)));
  return {
    'spark.executor.instances': String(executors),
    'spark.executor.cores': String(CORES),
    'spark.executor.memory': '8g',
    'spark.sql.shuffle.partitions': String(executors * CORES * 2),
    'spark.sql.session.timeZone': 'UTC',
    'spark.sql.files.maxPartitionBytes': '256m',
  };
}

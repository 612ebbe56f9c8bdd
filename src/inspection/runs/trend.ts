/** How the fleet has fared from run to run. A run that has ended changes no more, so each is reckoned once. */
import type { Records } from '../../records/index.ts';
import { LEVELS, type Level } from '../level.ts';
import { briefOf } from './brief.ts';
import { listRuns, type Run } from './run.ts';

export interface TrendPoint {
  readonly run: Run;
  readonly counts: Readonly<Record<Level, number>>;
  readonly score: number;
  readonly grade: string;
}

export interface TrendQuery {
  /** Of this plan only. */
  readonly plan?: string;
  /** @default 30 */
  readonly limit?: number;
}

/** More than anybody looks at; the oldest are forgotten and reckoned again when asked for. */
const MOST_KNOWN = 500;

export class Trend {
  readonly #records: Records;
  readonly #known = new Map<number, TrendPoint>();

  constructor(records: Records) {
    this.#records = records;
  }

  /** The newest runs that have ended, oldest first. */
  async points({ plan, limit = 30 }: TrendQuery = {}): Promise<TrendPoint[]> {
    const { items } = await listRuns(this.#records, { limit, ...(plan !== undefined && { plan }) });
    const points: TrendPoint[] = [];
    for (const run of items.toReversed()) if (run.state !== 'running') points.push(await this.#point(run));
    return points;
  }

  async #point(run: Run): Promise<TrendPoint> {
    const known = this.#known.get(run.id);
    if (known) return known;
    const { rows, score, grade } = await briefOf(this.#records, run);
    const sum = (level: Level) => rows.reduce((all, row) => all + row[level], 0);
    const counts = Object.fromEntries(LEVELS.map((level) => [level, sum(level)])) as Record<Level, number>;
    const point = { run, counts, score, grade };
    this.#known.set(run.id, point);
    if (this.#known.size > MOST_KNOWN) this.#known.delete(this.#known.keys().next().value!);
    return point;
  }
}

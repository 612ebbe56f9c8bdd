/** The same of what has been taken in: one question to the store for each look. */
import type { Plain } from '../../engine/index.ts';
import type { AuditQuery } from '../query/index.ts';
import { type Dimension, type Figures, type Frame, first, type Look, type Row } from './frame.ts';

const COLUMN: Readonly<Record<Dimension, string>> = {
  user: 'username',
  client: 'client',
  verb: 'verb',
  resource: "concat_ws('/', coalesce(resource, path), subresource)",
  namespace: 'namespace',
  source: 'source_ip',
  code: 'code',
};

const FIGURES = `count(*),
  sum(CASE WHEN code >= 400 THEN 1 ELSE 0 END), sum(CASE WHEN code = 429 THEN 1 ELSE 0 END),
  @pct(@latency, 0.5), @pct(@latency, 0.99)`;

/** The window ends at the newest event, or now: what is taken in every few seconds is always a little behind. */
export async function storedFrame(query: AuditQuery, look: Look, now: number): Promise<Frame> {
  const newest = query.extent().toUs / 1000;
  const at = newest > 0 ? Math.min(now, newest) : now;
  const range = { fromUs: Math.floor((at - look.windowMs) * 1000), toUs: Math.floor(at * 1000) + 1 };
  const keys = look.by.map((one) => `coalesce(CAST(${COLUMN[one]} AS VARCHAR), '')`);
  const grouped = `SELECT ${keys.join(', ')}, ${FIGURES} FROM @events WHERE @where GROUP BY ${keys.join(', ')}`;
  const [all, groups] = await Promise.all([
    query.run(`SELECT ${FIGURES} FROM @events WHERE @where`, range),
    query.run(grouped, range),
  ]);
  const rows = groups.rows.map((row): Row => {
    const key = row.slice(0, keys.length).map(String);
    return { key, ...figuresOf(row.slice(keys.length)) };
  });
  const { windowMs } = look;
  return { at, windowMs, total: figuresOf(all.rows[0]!), rows: first(rows, look), newest: newest || undefined };
}

function figuresOf(cells: readonly Plain[]): Figures {
  const [requests, errors, throttled, p50, p99] = cells.map((cell) => (cell === null ? null : Number(cell)));
  return {
    requests: requests ?? 0,
    errors: errors ?? 0,
    throttled: throttled ?? 0,
    p50: p50 ?? null,
    p99: p99 ?? null,
  };
}

/** A look of `jdos apilogs top` as text. Names in it were chosen by clients: what would move the cursor is taken out. */
import type { Figures, Frame, Look, Row } from '../../apilogs/index.ts';
import { formatTable } from '../table.ts';

export function frameText(frame: Frame, look: Look, columns: number): string {
  const { at, windowMs, total, rows, newest } = frame;
  const time = new Date(at).toISOString().slice(11, 19);
  const head = `${time}Z  last ${windowMs / 1000} s  ${summary(total, windowMs)}`;
  if (rows.length === 0) return `${head}\n\n${quiet(newest, at)}\n`;
  const names = look.by.map((name, i) => ({ head: name.toUpperCase(), cell: ({ key }: Row) => shown(key[i]!) }));
  const figures = [
    { head: 'REQUESTS', cell: ({ requests }: Row) => requests },
    { head: '/S', cell: ({ requests }: Row) => rate(requests, windowMs) },
    { head: 'ERRORS', cell: ({ errors }: Row) => errors },
    { head: '429', cell: ({ throttled }: Row) => throttled },
    { head: 'P50', cell: ({ p50 }: Row) => duration(p50) },
    { head: 'P99', cell: ({ p99 }: Row) => duration(p99) },
  ];
  const table = formatTable([...figures, ...names], rows);
  return `${[head, '', ...table.split('\n')].map((line) => line.slice(0, columns)).join('\n')}`;
}

function summary({ requests, errors, throttled, p50, p99 }: Figures, windowMs: number): string {
  const share = requests === 0 ? 0 : (100 * errors) / requests;
  const counts = `${requests} requests (${rate(requests, windowMs)}/s)  errors ${share.toFixed(1)}%  429 ${throttled}`;
  return `${counts}  p50 ${duration(p50)}  p99 ${duration(p99)}`;
}

function quiet(newest: number | undefined, at: number): string {
  if (newest === undefined) return 'No request yet.';
  return `No request in this time; the newest ended ${Math.round((at - newest) / 1000)} s before.`;
}

function rate(requests: number, windowMs: number): string {
  return ((requests * 1000) / windowMs).toFixed(1);
}

function duration(us: number | null): string {
  if (us === null) return '-';
  if (us < 1000) return `${us}us`;
  return us < 1_000_000 ? `${(us / 1000).toFixed(1)}ms` : `${(us / 1_000_000).toFixed(2)}s`;
}

function shown(name: string): string {
  return name.replace(/\p{C}/gu, '\ufffd') || '-';
}

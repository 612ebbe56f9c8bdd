/** What is worth reading of a history that broke a rule: the writes and events around one violation. */
import type { Violation } from './check.ts';
import type { History, WatchRecord } from './record.ts';
import { keyOf } from './world.ts';

const AROUND = 12;
const MOST = 40;

export function traceOf(history: History, { kind, key, rev = 0 }: Violation): string {
  if (kind === undefined) return '';
  const near = (other: number) => rev === 0 || Math.abs(other - rev) <= AROUND;
  const writes = history.writes
    .filter((w) => w.kind === kind && (key === undefined || w.key === key))
    .filter((w) => !w.meta || near(Number(w.meta.resourceVersion)))
    .map(
      (w) =>
        `  ${w.began}-${w.ended}  ${w.id} ${w.verb} ${w.key}${w.onlyAt ? ` at ${w.onlyAt}` : ''}: ${w.outcome} ${w.status ?? ''} ${w.meta?.resourceVersion ?? ''}`,
    );
  const watched = (watch: WatchRecord) =>
    watch.events
      .filter((e) => e.type === 'ERROR' || (near(e.rev) && (key === undefined || !e.meta || keyOf(e.meta) === key)))
      .map(
        (e) =>
          `  ${watch.client} from ${watch.from}: ${e.type} ${e.meta ? keyOf(e.meta) : ''} ${e.rev} ${e.meta?.annotations?.op ?? ''}`,
      );
  const witnesses = history.witnesses.filter((watch) => watch.kind === kind).flatMap(watched);
  return ['writes:', ...writes.slice(-MOST), 'the witness:', ...witnesses.slice(0, MOST)].join('\n');
}

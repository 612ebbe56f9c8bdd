/** What really happened to one kind, as its witness saw it: states and changes, with gaps where history was lost. */
import type { History, Listing, Meta, WatchedEvent } from './record.ts';
import { keyOf } from './world.ts';

export interface Step {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED';
  readonly rev: number;
  readonly key: string;
  readonly meta: Meta;
  readonly before: Meta | undefined;
}

/** A stretch of history without gaps: everything after `from` up to `to` is known. */
export interface Segment {
  readonly from: number;
  readonly to: number;
  readonly base: Listing;
  readonly steps: readonly Step[];
}

export class Timeline {
  readonly kind: string;
  readonly segments: readonly Segment[];
  /** Where the witness itself was told what cannot be. */
  readonly faults: readonly string[];

  constructor(kind: string, history: History) {
    this.kind = kind;
    const faults: string[] = [];
    const bases = history.bases.filter((base) => base.kind === kind).sort((a, b) => a.began - b.began);
    const watches = history.witnesses.filter((watch) => watch.kind === kind);
    this.segments = bases.map((base, i) => {
      const until = bases[i + 1]?.began ?? Number.POSITIVE_INFINITY;
      const mine = watches.filter((watch) => watch.began > base.began && watch.began < until);
      return segment(
        base,
        mine.flatMap((watch) => watch.events),
        (fault) => faults.push(`${kind}: the witness ${fault}`),
      );
    });
    this.faults = faults;
  }

  get steps(): Step[] {
    return this.segments.flatMap((each) => each.steps);
  }

  /** The stretch in which a change at `rev` would be seen. */
  covering(rev: number): Segment | undefined {
    return this.segments.find((each) => each.from < rev && rev <= each.to);
  }

  /** Everything that there was at a revision, by key; undefined where that is not known. */
  at(rev: number): Map<string, Meta> | undefined {
    const found = this.segments.find((each) => each.from <= rev && rev <= each.to);
    if (!found) return undefined;
    const state = new Map(found.base.items.map((meta) => [keyOf(meta), meta]));
    for (const step of found.steps) {
      if (step.rev > rev) break;
      if (step.type === 'DELETED') state.delete(step.key);
      else state.set(step.key, step.meta);
    }
    return state;
  }

  /** All changes of (from, to], or undefined when some are not known. */
  between(from: number, to: number): Step[] | undefined {
    const found = this.segments.find((each) => each.from <= from && to <= each.to);
    return found?.steps.filter((step) => step.rev > from && step.rev <= to);
  }
}

function segment(base: Listing, events: readonly WatchedEvent[], fault: (text: string) => void): Segment {
  const state = new Map(base.items.map((meta) => [keyOf(meta), meta]));
  const steps: Step[] = [];
  let to = base.rev;
  for (const { type, rev, meta } of events) {
    if (type === 'ERROR') continue;
    if (type === 'BOOKMARK' ? rev < to : rev <= to) fault(`got ${type} at ${rev} after ${to}`);
    to = Math.max(to, rev);
    if (type === 'BOOKMARK' || !meta) continue;
    const key = keyOf(meta);
    const before = state.get(key);
    if ((type === 'ADDED') !== (before === undefined))
      fault(
        `got ${type} of ${key} at ${rev}, which was ${before ? `there at ${before.resourceVersion}` : 'not there'}`,
      );
    if (type === 'DELETED') state.delete(key);
    else state.set(key, meta);
    steps.push({ type, rev, key, meta, before });
  }
  return { from: base.rev, to, base, steps };
}

/** The rules that a history must keep. Each gives its violations in words; the keys and revisions in them find the trace. */
import { isDeepStrictEqual } from 'node:util';
import type { History, Listing, Meta, WatchRecord, Write } from './record.ts';
import { inSight } from './selectors.ts';
import { type Step, Timeline } from './timeline.ts';
import { keyOf } from './world.ts';

export interface Violation {
  readonly rule: string;
  readonly text: string;
  readonly kind?: string;
  readonly key?: string;
  readonly rev?: number;
}

type Report = (rule: string, text: string, where?: Omit<Violation, 'rule' | 'text'>) => void;

export interface Verdict {
  readonly violations: readonly Violation[];
  /** How much was there to be judged. */
  readonly counts: Readonly<Record<string, number>>;
}

export function check(history: History): Verdict {
  const violations: Violation[] = [];
  const report: Report = (rule, text, where) => violations.push({ rule, text, ...where });
  const kinds = [...new Set(history.bases.map((base) => base.kind))];
  const timelines = new Map(kinds.map((kind) => [kind, new Timeline(kind, history)]));
  for (const oddity of history.oddities) report('answers are sound', oddity);
  checkOrder(history, report);
  for (const timeline of timelines.values()) {
    for (const fault of timeline.faults) report('each event once and in order', fault, { kind: timeline.kind });
    checkWrites(history, timeline, report);
    checkCauses(history, timeline, report);
    checkLists(history, timeline, report);
    checkWatches(history, timeline, report);
  }
  checkRaces(history, report);
  checkCaches(history, report);
  return { violations, counts: countsOf(history, timelines) };
}

/** What was answered before a request was sent is older than what that request makes or sees. */
function checkOrder({ writes, listings, bases, last }: History, report: Report): void {
  const answered = writes
    .filter((write) => write.outcome === 'ok' && write.meta && write.verb !== 'delete')
    .map((write) => ({ at: write.ended!, rev: Number(write.meta!.resourceVersion), write }))
    .sort((a, b) => a.at - b.at);
  const askers = [
    ...answered.map(({ rev, write }) => ({ began: write.began, rev, who: write.id, kind: write.kind, strict: true })),
    ...[...listings, ...bases, ...last]
      .filter((listing) => listing.newest)
      .map(({ began, rev, client, kind }) => ({ began, rev, who: `the list of ${client}`, kind, strict: false })),
  ].sort((a, b) => a.began - b.began);
  let newest = 0;
  let i = 0;
  for (const { began, rev, who, kind, strict } of askers) {
    while (i < answered.length && answered[i]!.at < began) newest = Math.max(newest, answered[i++]!.rev);
    if (strict ? rev <= newest : rev < newest)
      report('what is acknowledged is seen', `${who} was answered at ${rev} when ${newest} had been acknowledged`, {
        kind,
        rev,
      });
  }
}

/** Every acknowledged write is in the history, where that is known, and in every later list unless something undid it. */
function checkWrites({ writes, listings, bases, last }: History, timeline: Timeline, report: Report): void {
  const mine = writes.filter((write) => write.kind === timeline.kind);
  const steps = new Map(timeline.steps.map((step) => [step.rev, step]));
  const later = [...listings, ...bases, ...last].filter((l) => l.newest && l.kind === timeline.kind);
  const undone = new Set(mine.filter((w) => w.outcome !== 'refused' && mayRemove(w)).map((w) => w.key));
  for (const write of mine) {
    if (write.outcome !== 'ok') continue;
    const where = { kind: write.kind, key: write.key, rev: Number(write.meta?.resourceVersion ?? 0) };
    if (write.goneUid !== undefined || (write.verb === 'delete' && write.meta)) {
      checkGone(write, later, where, report);
      continue;
    }
    const rev = where.rev;
    if (timeline.covering(rev) && !matchesStep(write, steps.get(rev)))
      report(
        'no acknowledged write is lost',
        `${write.id} was acknowledged at ${rev}, but no such change was seen`,
        where,
      );
    for (const listing of later) {
      if (listing.began < write.ended! || listing.labels || outside(listing, write)) continue;
      const now = listing.items.find((item) => keyOf(item) === write.key);
      if (now ? Number(now.resourceVersion) < rev : !undone.has(write.key))
        report(
          'no acknowledged write is lost',
          `${write.id} is not in the list at ${listing.rev} of ${listing.client}`,
          where,
        );
    }
  }
}

function mayRemove(write: Write): boolean {
  return write.verb === 'delete' || write.verb === 'patch' || write.verb === 'update';
}

function outside(listing: Listing, write: Write): boolean {
  return listing.namespace !== undefined && !write.key.startsWith(`${listing.namespace}/`);
}

function matchesStep(write: Write, step: Step | undefined): boolean {
  if (!step || step.key !== write.key) return false;
  // The write that lets go of a deleted object removes it; of that only the last state is shown.
  return step.type === 'DELETED' || step.meta.annotations?.op === write.id;
}

function checkGone(
  write: Write,
  later: readonly Listing[],
  where: Omit<Violation, 'rule' | 'text'>,
  report: Report,
): void {
  const uid = write.goneUid ?? write.meta!.uid;
  for (const listing of later) {
    if (listing.began < write.ended!) continue;
    const there = listing.items.find((item) => item.uid === uid);
    if (there && (write.goneUid !== undefined || !there.deletionTimestamp))
      report(
        'no acknowledged write is lost',
        `${write.id} deleted ${uid}, which is in the list at ${listing.rev}`,
        where,
      );
  }
}

/** Every change was asked for, once, is whole, and was made on what its writer named. */
function checkCauses({ writes }: History, timeline: Timeline, report: Report): void {
  const byId = new Map(writes.map((write) => [write.id, write]));
  const used = new Map<string, number>();
  const deleted = new Set(
    writes.filter((w) => w.kind === timeline.kind && w.verb === 'delete' && w.outcome !== 'refused').map((w) => w.key),
  );
  for (const { type, key, rev, meta, before } of timeline.steps) {
    const { op, a, b } = meta.annotations ?? {};
    const where = { kind: timeline.kind, key, rev };
    if (op === undefined) continue;
    if (op !== a || op !== b) report('writes are whole', `${key} at ${rev} is made of ${op}, ${a} and ${b}`, where);
    if (type === 'DELETED') {
      if (!deleted.has(key))
        report('every change has a cause', `${key} was deleted at ${rev}, which nobody asked for`, where);
      if (before && !sameButVersion(meta, before))
        report(
          'a deletion shows the last state',
          `${key} deleted at ${rev} differs from its last state at ${before.resourceVersion}`,
          where,
        );
      continue;
    }
    if (before?.annotations?.op === op) {
      if (!meta.deletionTimestamp || before.deletionTimestamp)
        report('every change has a cause', `${key} at ${rev} changed without a write`, where);
      continue;
    }
    const write = byId.get(op);
    if (!write || write.kind !== timeline.kind || write.key !== key || write.outcome === 'refused') {
      report(
        'every change has a cause',
        `${key} at ${rev} comes from ${op}, which ${write ? `was ${write.outcome} for ${write.key}` : 'nobody sent'}`,
        where,
      );
      continue;
    }
    if (used.has(op)) report('no write happens twice', `${op} made ${key} at ${used.get(op)} and at ${rev}`, where);
    used.set(op, rev);
    if (write.color !== undefined && meta.labels?.color !== write.color)
      report('writes are whole', `${op} says color ${write.color}, ${key} at ${rev} has ${meta.labels?.color}`, where);
    if (write.onlyAt !== undefined && before?.resourceVersion !== write.onlyAt)
      report(
        'one winner',
        `${op} was to change ${key} at ${write.onlyAt} only, but found ${before?.resourceVersion}`,
        where,
      );
    if (type === 'ADDED' && !makes(write))
      report('every change has a cause', `${op}, ${write.verb} of what is there, made ${key} at ${rev}`, where);
  }
}

/** Leases are made by updates too. */
function makes({ verb, kind }: Write): boolean {
  return verb === 'create' || verb === 'apply' || (verb === 'update' && kind === 'leases');
}

function sameButVersion(a: Meta, b: Meta): boolean {
  return isDeepStrictEqual({ ...a, resourceVersion: '' }, { ...b, resourceVersion: '' });
}

/** A list, in however many pages, is exactly what there was at its revision. */
function checkLists({ listings, last }: History, timeline: Timeline, report: Report): void {
  for (const listing of [...listings, ...last]) {
    const state = listing.kind === timeline.kind ? timeline.at(listing.rev) : undefined;
    if (!state) continue;
    const expected = [...state.values()].filter((meta) => inSight(meta, listing.namespace, listing.labels));
    const keys = listing.items.map(keyOf);
    const what = `the list of ${listing.client} at ${listing.rev} (${listing.pages} pages)`;
    const where = { kind: listing.kind, rev: listing.rev };
    if (new Set(keys).size < keys.length) report('a list is one snapshot', `${what} has an object twice`, where);
    for (const meta of expected)
      if (!keys.includes(keyOf(meta)))
        report('a list is one snapshot', `${what} misses ${keyOf(meta)}`, { ...where, key: keyOf(meta) });
    for (const item of listing.items) {
      const meta = state.get(keyOf(item));
      if (!meta || !expected.includes(meta))
        report('a list is one snapshot', `${what} shows ${keyOf(item)}, which was not in sight`, {
          ...where,
          key: keyOf(item),
        });
      else if (!isDeepStrictEqual(item, meta))
        report(
          'a list is one snapshot',
          `${what} shows ${keyOf(item)} at ${item.resourceVersion} other than it was at ${meta.resourceVersion}`,
          { ...where, key: keyOf(item) },
        );
    }
  }
}

/** A watch shows all changes in its sight, each once, in order and as what they are to it. */
function checkWatches({ watches }: History, timeline: Timeline, report: Report): void {
  for (const watch of watches) if (watch.kind === timeline.kind) checkWatch(watch, timeline, report);
}

function checkWatch(watch: WatchRecord, timeline: Timeline, report: Report): void {
  const { client, kind, form } = watch;
  const what = `the watch of ${client} from ${watch.from} (${[form, watch.namespace, watch.labels].filter(Boolean).join(', ')})`;
  let reached = watch.from ?? 0;
  for (const { type, rev } of watch.events) {
    if (type === 'ERROR') break;
    if (type === 'BOOKMARK' ? rev < reached : rev <= reached)
      report('each event once and in order', `${what} got ${type} at ${rev} after ${reached}`, { kind, rev });
    reached = Math.max(reached, rev);
  }
  const steps = timeline.between(watch.from ?? 0, reached);
  if (!steps) return;
  const expected = steps.flatMap((step) => shown(step, watch));
  const got = watch.events.filter((event) => event.type !== 'BOOKMARK' && event.type !== 'ERROR');
  for (let i = 0; i < Math.max(expected.length, got.length); i++) {
    const [should, is] = [expected[i], got[i]];
    const where = { kind, key: should ? keyOf(should.meta) : keyOf(is!.meta!), rev: should?.rev ?? is!.rev };
    if (should && is && should.type === is.type && isDeepStrictEqual(should.meta, is.meta)) continue;
    const text = (event: { type: string; rev: number; meta?: Meta } | undefined) =>
      event ? `${event.type} ${event.meta && keyOf(event.meta)} at ${event.rev}` : 'nothing';
    const same = text(should) === text(is) ? ' with another content' : '';
    report('each event once and in order', `${what} got ${text(is)}${same} instead of ${text(should)}`, where);
    return;
  }
}

/** What a change is to a watch: with selectors, objects come into sight and leave it. */
function shown({ type, rev, meta, before }: Step, { namespace, labels }: WatchRecord) {
  const is = type !== 'DELETED' && inSight(meta, namespace, labels);
  const was = before !== undefined && inSight(before, namespace, labels);
  if (is) return [{ type: was ? 'MODIFIED' : 'ADDED', rev, meta }];
  if (!was) return [];
  return [{ type: 'DELETED', rev, meta: { ...(type === 'DELETED' ? meta : before), resourceVersion: String(rev) } }];
}

/** Of updates that must all find the same version, one wins. */
function checkRaces({ races }: History, report: Report): void {
  for (const { key, onlyAt, statuses } of races) {
    const won = statuses.filter((status) => status === 200).length;
    const open = statuses.includes('unknown');
    const odd = statuses.find((status) => status !== 200 && status !== 409 && status !== 'unknown');
    if (won > 1 || (won === 0 && !open))
      report('one winner', `the race for ${key} at ${onlyAt} had ${won} winners: ${statuses.join(', ')}`);
    if (odd !== undefined) report('one winner', `a racer for ${key} at ${onlyAt} was answered ${odd}`);
  }
}

/** A list and the events since give what a later list gives. */
function checkCaches({ caches, last }: History, report: Report): void {
  for (const { client, kind, namespace, labels, items } of caches) {
    const final = last.find((listing) => listing.kind === kind);
    if (!final) continue;
    const expected = final.items.filter((meta) => inSight(meta, namespace, labels));
    for (const meta of expected)
      if (items.get(keyOf(meta)) !== meta.resourceVersion)
        report(
          'list and events give the later list',
          `${client} has ${keyOf(meta)} at ${items.get(keyOf(meta))}, not at ${meta.resourceVersion}`,
          { kind, key: keyOf(meta), rev: Number(meta.resourceVersion) },
        );
    for (const key of items.keys())
      if (!expected.some((meta) => keyOf(meta) === key))
        report('list and events give the later list', `${client} still has ${key}`, { kind, key });
  }
}

function countsOf(history: History, timelines: ReadonlyMap<string, Timeline>): Record<string, number> {
  const sum = (numbers: Iterable<number>) => [...numbers].reduce((a, b) => a + b, 0);
  return {
    writes: history.writes.filter((write) => write.outcome === 'ok').length,
    refused: history.writes.filter((write) => write.outcome === 'refused').length,
    unknown: history.writes.filter((write) => write.outcome === 'unknown').length,
    changes: sum([...timelines.values()].map((timeline) => timeline.steps.length)),
    gaps: sum([...timelines.values()].map((timeline) => timeline.segments.length - 1)),
    lists: history.listings.length,
    watches: history.watches.length,
    events: sum(history.watches.map((watch) => watch.events.length)),
    expired: history.watches.filter((watch) => watch.events.some((event) => event.type === 'ERROR')).length,
    races: history.races.length,
  };
}

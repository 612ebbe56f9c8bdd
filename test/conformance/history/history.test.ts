/** Histories of random clients of a plane that is killed in the middle; and proof that the rules find what they are for. */
import { describe, expect, it } from 'vitest';
import { check } from './check.ts';
import type { History, Meta } from './record.ts';
import { runSeeds } from './run.ts';
import { runScenario } from './scenario.ts';
import { type Segment, Timeline } from './timeline.ts';

const SEEDS = 100;
const WRITES = 150;
const PARALLEL = 3;

describe('histories', () => {
  it(`of ${SEEDS} seeds keep every rule`, { timeout: 600_000 }, async () => {
    const { failures, counts } = await runSeeds({ from: 1, seeds: SEEDS, parallel: PARALLEL, writes: WRITES });
    expect(failures.join('\n\n')).toBe('');
    // Or the rules would have had nothing to judge.
    expect(counts.writes).toBeGreaterThan(SEEDS * 10);
    expect(counts.expired).toBeGreaterThan(0);
  });
});

describe('the rules find', () => {
  const faults: Readonly<Record<string, { rule: string; spoil(history: History): void }>> = {
    'an event that is lost': {
      rule: 'each event once and in order',
      // In all watches: one alone may lie where the witness itself has a gap.
      spoil: ({ watches }) => {
        for (const { events } of watches) if (realEvent(events) >= 0) events.splice(realEvent(events), 1);
      },
    },
    'an event that comes twice': {
      rule: 'each event once and in order',
      spoil: ({ watches }) => {
        for (const { events } of watches) {
          const at = realEvent(events);
          if (at >= 0) events.splice(at, 0, events[at]!);
        }
      },
    },
    'events out of order': {
      rule: 'each event once and in order',
      spoil: ({ watches }) => {
        for (const { events } of watches) events.reverse();
      },
    },
    'a list that misses an object': {
      rule: 'a list is one snapshot',
      spoil: ({ listings }) => void (biggest(listings).items as Meta[]).pop(),
    },
    'a list that mixes two revisions': {
      rule: 'a list is one snapshot',
      spoil: ({ listings }) => {
        const { items } = biggest(listings);
        (items as Meta[])[0] = { ...items[0]!, resourceVersion: '7', annotations: {} };
      },
    },
    'an acknowledged write that is lost': {
      rule: 'no acknowledged write is lost',
      spoil: (history) => {
        const inside = new Set(segmentsOf(history).flatMap(({ steps }) => steps.slice(0, -1).map(({ rev }) => rev)));
        const made = history.writes.filter(({ outcome, verb }) => outcome === 'ok' && verb === 'create');
        const rev = made.map(({ meta }) => Number(meta!.resourceVersion)).find((each) => inside.has(each))!;
        for (const { events } of history.witnesses)
          events.splice(0, events.length, ...events.filter((e) => e.rev !== rev));
      },
    },
    'half a write': {
      rule: 'writes are whole',
      spoil: ({ witnesses }) => {
        const event = longest(witnesses).events.find((each) => each.meta?.annotations?.op)!;
        (event.meta!.annotations as Record<string, string>).b = 'w9-9';
      },
    },
    'two winners': {
      rule: 'one winner',
      spoil: ({ races }) => void races.push({ key: 'x', onlyAt: '3', statuses: [200, 409, 200] }),
    },
    'a copy that differs from a later list': {
      rule: 'list and events give the later list',
      spoil: ({ caches }) => void (caches[0]!.items as Map<string, string>).set('default/ghost', '3'),
    },
    'a refused write that happened': {
      rule: 'every change has a cause',
      spoil: ({ writes }) => {
        for (const write of writes) if (write.outcome === 'ok' && write.verb === 'create') write.outcome = 'refused';
      },
    },
  };

  const sound = runScenario({ seed: 4242, writes: 120 });

  it('nothing in a sound history', async () => {
    expect(check(await sound).violations).toEqual([]);
  });

  for (const [name, { rule, spoil }] of Object.entries(faults))
    it(name, async () => {
      const history = structuredClone(await sound);
      spoil(history);
      expect(check(history).violations.map((violation) => violation.rule)).toContain(rule);
    });
});

/** Every stretch of which the witnesses know all. */
function segmentsOf(history: History): Segment[] {
  const kinds = new Set(history.witnesses.map(({ kind }) => kind));
  return [...kinds].flatMap((kind) => new Timeline(kind, history).segments);
}

/** Where an event is that is no bookmark: of those some may be lost, or come twice. */
function realEvent(events: readonly { type: string }[]): number {
  return events.findIndex((event) => event.type === 'ADDED' || event.type === 'MODIFIED');
}

function longest<T extends { events: readonly unknown[]; labels?: unknown }>(watches: readonly T[]): T {
  return watches.toSorted((a, b) => b.events.length - a.events.length)[0]!;
}

function biggest<T extends { items: readonly unknown[] }>(listings: readonly T[]): T {
  return listings.toSorted((a, b) => b.items.length - a.items.length)[0]!;
}

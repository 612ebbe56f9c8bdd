import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { configRevision, type Hub, hubChange, MOST_BYTES } from './hub.ts';

function applied(hub: Hub | undefined, change: ReturnType<typeof hubChange>): Hub {
  if ('tooLarge' in change) throw new Error('too large');
  const data = Object.fromEntries(Object.entries({ ...hub?.data, ...change.data }).filter(([, text]) => text !== null));
  return { data: data as Record<string, string>, published: change.published };
}

describe('the hub of static configs', () => {
  it('holds each file of each revision under a key of its own', () => {
    const change = hubChange(undefined, { r1: { 'a.yaml': 'x', 'b.yaml': 'y' } }, new Set(), 5000);
    expect(applied(undefined, change)).toEqual({
      data: { 'r1.a.yaml': 'x', 'r1.b.yaml': 'y' },
      published: { r1: 0 },
    });
  });

  it('C6 gives up a revision only when nobody needs it', () => {
    const hub = { data: { 'r1.a': 'x', 'r2.a': 'y' }, published: { r1: 0, r2: 1 } };
    const kept = applied(hub, hubChange(hub, { r3: { a: 'z' } }, new Set(['r1']), 9));
    expect(Object.keys(kept.data)).toEqual(['r1.a', 'r3.a']);
    expect(kept.published).toEqual({ r1: 0, r3: 9 });
  });

  it('C7 says so when it would grow too large, and does nothing', () => {
    const hub = { data: { 'r1.a': 'x'.repeat(MOST_BYTES - 10) }, published: { r1: 0 } };
    expect(hubChange(hub, { r2: { a: 'y'.repeat(11) } }, new Set(['r1']), 9)).toEqual({ tooLarge: MOST_BYTES + 1 });
    expect(hubChange(hub, { r2: { a: 'y'.repeat(11) } }, new Set(), 9)).toMatchObject({ changed: true });
  });

  it('never changes what it has said of a revision, and keeps every revision that is needed', () => {
    const text = fc.string({ maxLength: 4 });
    fc.assert(
      fc.property(fc.array(fc.tuple(text, fc.boolean()), { maxLength: 20 }), (steps) => {
        let hub: Hub | undefined;
        const used = new Set<string>();
        for (const [content, pin] of steps) {
          const revision = configRevision('app', { a: content });
          const before = hub;
          hub = applied(hub, hubChange(hub, { [revision]: { a: content } }, used, 1));
          if (pin) used.add(revision);
          for (const needed of [...used, revision]) expect(hub.data).toHaveProperty([`${needed}.a`]);
          for (const [key, value] of Object.entries(before?.data ?? {}))
            if (key in hub.data) expect(hub.data[key]).toBe(value);
        }
      }),
    );
  });
});

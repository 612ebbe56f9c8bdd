import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { VirtualClock } from '../kube/index.ts';
import { Agenda } from './agenda.ts';

test('keys come due in the order of their times, each at the time set last', async () => {
  const plan = fc.array(fc.tuple(fc.integer({ min: 0, max: 9 }), fc.integer({ min: 0, max: 1000 })), { maxLength: 60 });
  await fc.assert(
    fc.asyncProperty(plan, async (settings) => {
      const clock = new VirtualClock(0);
      const met: [number, number][] = [];
      const agenda = new Agenda<number>({ clock, due: (key) => met.push([key, clock.now()]) });
      for (const [key, at] of settings) agenda.set(key, at);
      await clock.advance(2000);
      expect(Object.fromEntries(met)).toEqual(Object.fromEntries(settings));
      expect(met.map(([, at]) => at)).toEqual(met.map(([, at]) => at).sort((a, b) => a - b));
      expect(met.length).toBe(new Set(settings.map(([key]) => key)).size);
      expect(agenda.size).toBe(0);
    }),
    { numRuns: 30 },
  );
});

test('a removed key does not come, a hastened one comes earlier, and nothing comes after close', async () => {
  const clock = new VirtualClock(0);
  const met: string[] = [];
  const agenda = new Agenda<string>({ clock, due: (key) => met.push(`${key}@${clock.now()}`) });
  agenda.set('a', 10);
  agenda.set('b', 20);
  agenda.set('c', 30);
  agenda.remove('a');
  agenda.hasten('b', 5);
  agenda.hasten('b', 15);
  await clock.advance(20);
  agenda.close();
  await clock.advance(20);
  expect(met).toEqual(['b@5']);
});

test('a key may set itself again when it is due', async () => {
  const clock = new VirtualClock(0);
  let times = 0;
  const agenda: Agenda<string> = new Agenda({
    clock,
    due: (key) => {
      if (++times < 5) agenda.set(key, clock.now() + 10);
    },
  });
  agenda.set('a', 0);
  await clock.advance(1000);
  expect(times).toBe(5);
});

/** Hosts, ways to them and records for tests of runs: hosts are healthy unless said otherwise. */
import { VirtualClock } from '../../kube/index.ts';
import { newPlace } from '../../records/fixture.ts';
import { openRecords, type Records } from '../../records/index.ts';
import { NOW, type Otherwise, subject, textWith } from '../host.testing.ts';
import type { Reach } from '../reach.ts';
import { NO_SETTINGS } from '../settings.ts';
import type { Subject } from '../subject.ts';
import { createRun, findRun, type NewRun, type Run } from './run.ts';
import { type RunnerOptions, work } from './runner.ts';

export type Behaviour = Otherwise | 'dead' | 'hung';

export function newRecords(): Promise<Records> {
  return openRecords(newPlace());
}

/** `count` hosts in zones of `perZone`. */
export function hosts(count: number, perZone = count): Subject[] {
  return Array.from({ length: count }, (_, i) =>
    subject({ host: `h${String(i).padStart(4, '0')}`, labels: { 'jdos.jd.com/zone': `z${Math.floor(i / perZone)}` } }),
  );
}

/** A way on which each host behaves as said. Asked hosts are noted. */
export function reachFor(behaviours: Readonly<Record<string, Behaviour>> = {}, asked: string[] = []): Reach {
  // The fixture's clock stands still; it is left out, or it would be found wrong.
  const healthy = textWith({ clock: null });
  return () => ({
    name: 'test',
    collect: async ({ host }) => {
      asked.push(host);
      const behaviour = behaviours[host];
      if (behaviour === 'dead') throw new Error('no route to host');
      if (behaviour === 'hung') return new Promise<never>(() => undefined);
      return { text: behaviour ? textWith({ clock: null, ...behaviour }) : healthy };
    },
  });
}

export interface World {
  readonly records: Records;
  readonly clock: VirtualClock;
}

export async function newWorld(): Promise<World> {
  return { records: await newRecords(), clock: new VirtualClock(NOW) };
}

export async function newRun(
  { records, clock }: World,
  scope: readonly Subject[],
  more: Partial<NewRun> = {},
): Promise<Run> {
  const run = { by: 'test', now: clock.now(), timeoutMs: 600_000, spec: {}, ...more };
  return (await createRun(records, run, scope))!;
}

export async function through(world: World, run: Run, reach: Reach, more: Partial<RunnerOptions> = {}): Promise<Run> {
  const { records, clock } = world;
  await work(run, { records, clock, reach, settings: NO_SETTINGS, worker: 'w1', ...more });
  return (await findRun(records, run.id))!;
}

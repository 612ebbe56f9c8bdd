/** One Pod's life without a cluster, on time that costs nothing: what the golden tests of the stages run. */
import { isDeepStrictEqual } from 'node:util';
import type { Pod } from '../kube/index.ts';
import { AddressBlock } from './address-block.ts';
import { chanceOf } from './chance.ts';
import type { Fault } from './fault.ts';
import { podFaults } from './fault-set.ts';
import { PodLife } from './pod-life.ts';
import type { PodStatus } from './pod-status.ts';
import type { Stage } from './stage.ts';
import type { HostPlace, World } from './world.ts';

export interface Simulation {
  readonly pod: Pod;
  readonly stages: readonly Stage[];
  /** Milliseconds since the epoch. */
  readonly start: number;
  /** Milliseconds from the start after which nobody looks any more. */
  readonly untilMs: number;
  readonly faults?: readonly Fault[];
  readonly host?: Partial<HostPlace>;
  readonly world?: Partial<World>;
  readonly changes?: readonly SimulatedChange[];
}

/** What somebody else does at some moment: changes the Pod, or the world. */
export interface SimulatedChange {
  readonly atMs: number;
  readonly change: (pod: Pod) => Pod;
}

export interface SimulatedStep {
  readonly atMs: number;
  readonly stages: readonly string[];
  readonly events: readonly string[];
  /** The fields of the status that changed, whole. */
  readonly status: Partial<PodStatus>;
  readonly gone?: true;
}

export function simulate(simulation: Simulation): SimulatedStep[] {
  const { pod, stages, start, untilMs, faults = [] } = simulation;
  const host = hostOf(simulation);
  const world: World = {
    keys: () => undefined,
    claim: () => 'bound',
    faults: (of) => podFaults(faults, of, { name: host.name, labels: {} }, life?.now ?? start),
    ...simulation.world,
  };
  let life: PodLife | undefined;
  life = new PodLife(pod, { host, world, stages, chance: chanceOf(1) });
  const changes = [...(simulation.changes ?? [])].sort((a, b) => a.atMs - b.atMs);
  const steps: SimulatedStep[] = [];
  let told: Partial<PodStatus> = {};
  while (!life.gone) {
    // An expired fault wakes nobody by itself; its end is a moment to look, too.
    const ends = faults.flatMap((f) => (f.until !== undefined && f.until > life.now ? [f.until] : []));
    const at = Math.min(
      life.next(life.now || start) ?? Infinity,
      changes[0] ? start + changes[0].atMs : Infinity,
      ...ends,
    );
    if (at > start + untilMs) break;
    if (changes[0] && at === start + changes[0].atMs) life.update(changes.shift()!.change(life.pod));
    const { stages: ran, events } = life.run(at);
    if (ran.length === 0 && !changedFields(told, life.status)) continue;
    steps.push({
      atMs: at - start,
      stages: ran,
      events: events.map((e) => `${e.type} ${e.reason}${e.container ? ` (${e.container})` : ''}: ${e.message}`),
      status: changedFields(told, life.status) ?? {},
      ...(life.gone ? { gone: true as const } : {}),
    });
    told = life.status;
  }
  return steps;
}

function hostOf({ host }: Simulation): HostPlace {
  return {
    name: 'host-1',
    address: '10.64.0.1',
    addresses: new AddressBlock('10.128.0.0/24'),
    images: new Set<string>(),
    allocatable: { cpu: '8', memory: '16Gi' },
    diskPressure: false,
    granted: () => ({}),
    ...host,
  };
}

function changedFields(before: Partial<PodStatus>, after: PodStatus): Partial<PodStatus> | undefined {
  const changed = Object.entries(after).filter(
    ([field, value]) => !isDeepStrictEqual(before[field as keyof PodStatus], value),
  );
  return changed.length === 0 ? undefined : Object.fromEntries(changed);
}

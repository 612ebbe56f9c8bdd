/**
 * What simulated containers use of CPU and memory: a share of what they ask for, in slow waves. It follows from seed,
 * names and time alone, so two runs read alike; annotations choose it exactly.
 */
import { type core, parseQuantity } from '../kube/index.ts';
import type { Chance } from './chance.ts';
import type { ContainerRecord } from './container-record.ts';
import type { Host } from './host.ts';
import { annotationFor, CPU_USAGE, MEMORY_USAGE } from './names.ts';
import type { PodLife } from './pod-life.ts';

/** CPU in billionths of a core, memory in bytes. */
export interface Usage {
  readonly cpu: number;
  readonly memory: number;
}

interface Habit {
  readonly resource: 'cpu' | 'memory';
  readonly annotation: string;
  /** Asked for by a container that asks for nothing. */
  readonly usual: number;
  /** The share of the request about which a container's use swings lies between these. */
  readonly least: number;
  readonly most: number;
  /** How far it swings, as a share of itself, and how long that takes. */
  readonly swing: number;
  readonly periodMs: number;
  /** Amounts are whole multiples of this. */
  readonly grain: number;
}

const MINUTE_MS = 60_000;
const NANO = 1e9;
const MI = 2 ** 20;

const CPU: Habit = {
  resource: 'cpu',
  annotation: CPU_USAGE,
  usual: 0.1 * NANO,
  least: 0.2,
  most: 0.6,
  swing: 0.3,
  periodMs: 20 * MINUTE_MS,
  grain: 1000,
};
const MEMORY: Habit = {
  resource: 'memory',
  annotation: MEMORY_USAGE,
  usual: 64 * MI,
  least: 0.4,
  most: 0.8,
  swing: 0.05,
  periodMs: 60 * MINUTE_MS,
  grain: 1024,
};
/** What a host's own programs take. */
const SYSTEM: Usage = { cpu: 0.05 * NANO, memory: 400 * MI };

/** Of one running container at a moment in ms. */
export function containerUsage(c: ContainerRecord, life: PodLife, now: number): Usage {
  return { cpu: amount(CPU, c, life, now), memory: amount(MEMORY, c, life, now) };
}

/** Of all that runs on a host, and of the host itself. */
export function hostUsage(host: Host, now: number): Usage {
  const sum = { ...SYSTEM };
  for (const { life } of host.residents)
    for (const c of life.containers) {
      if (!c.status.state.running) continue;
      const { cpu, memory } = containerUsage(c, life, now);
      sum.cpu += cpu;
      sum.memory += memory;
    }
  return sum;
}

function amount(habit: Habit, c: ContainerRecord, life: PodLife, now: number): number {
  const chosen = quantity(annotationFor(life.pod, habit.annotation, c.spec.name), habit);
  if (chosen !== undefined) return chosen;
  const { requests, limits } = c.status.resources ?? c.spec.resources ?? {};
  const asked = quantity(requests?.[habit.resource], habit) || habit.usual;
  const limit = quantity(limits?.[habit.resource], habit) ?? Number.POSITIVE_INFINITY;
  const used = asked * level(habit, life.chance, wordsOf(c, life), now);
  return Math.floor(Math.min(used, limit) / habit.grain) * habit.grain;
}

function level({ least, most, swing, periodMs, resource }: Habit, chance: Chance, words: string[], now: number) {
  const middle = least + (most - least) * chance(...words, resource, 'level');
  const phase = now / periodMs + chance(...words, resource, 'phase');
  return middle * (1 + swing * Math.sin(2 * Math.PI * phase));
}

function wordsOf(c: ContainerRecord, { pod }: PodLife): string[] {
  return [pod.metadata.namespace ?? '', pod.metadata.name, c.spec.name];
}

/** In the habit's unit; what is no quantity counts as not written. */
function quantity(text: core.ResourceRequirements['requests'] | string | undefined, { resource }: Habit) {
  if (typeof text !== 'string') return undefined;
  try {
    const { nanos } = parseQuantity(text.trim());
    const value = resource === 'cpu' ? Number(nanos) : Math.ceil(Number(nanos) / NANO);
    return value >= 0 ? value : undefined;
  } catch {
    return undefined;
  }
}

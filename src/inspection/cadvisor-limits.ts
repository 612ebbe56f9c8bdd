/**
 * The limits of cadvisor: what its cgroup has, in either version, and what it should have. That is told by the pool's
 * settings, by the unit or container that started it, or else by what was seen before: a limit that was there and is gone
 * was lost, as after a daemon-reload.
 */
import { parseQuantity } from '../kube/index.ts';
import type { Context } from './check.ts';
import { numberIn, Unreadable } from './facts.ts';
import { unitOf } from './reading.ts';

const FACT = 'cadvisor_cgroup';
/** v1 tells "no limit" as the largest number of pages. */
const UNLIMITED = 2 ** 60;
const SPANS: Readonly<Record<string, number>> = { us: 1e-6, ms: 1e-3, s: 1, min: 60, h: 3600 };

/** Undefined where cadvisor has no process of its own. @throws Unreadable */
export function formOf({ facts }: Context, controller: 'cpu' | 'memory'): 'v1' | 'v2' | undefined {
  if (facts.find(FACT)?.lines[0] === 'absent') return undefined;
  const form = facts.text(FACT, controller)?.split(' ')[0];
  if (form !== 'v1' && form !== 'v2') throw new Unreadable(FACT, `no cgroup of the controller ${controller}`);
  return form;
}

/** In processors; Infinity without a limit. @throws Unreadable */
export function cpuLimit(context: Context, form: 'v1' | 'v2'): number {
  const { facts } = context;
  if (form === 'v1') {
    const quota = facts.number(FACT, 'cpu.cfs_quota_us');
    return quota < 0 ? Infinity : quota / facts.number(FACT, 'cpu.cfs_period_us');
  }
  const [quota = '', period = ''] = (facts.text(FACT, 'cpu.max') ?? '').split(' ');
  return quota === 'max' ? Infinity : numberIn(FACT, quota) / numberIn(FACT, period);
}

/** In bytes; Infinity without a limit. @throws Unreadable */
export function memoryLimit({ facts }: Context, form: 'v1' | 'v2'): number {
  return bytes(form === 'v1' ? facts.text(FACT, 'memory.limit_in_bytes') : facts.text(FACT, 'memory.max'));
}

/** Of swap alone; undefined where the kernel does not count swap. @throws Unreadable */
export function swapLimit(context: Context, form: 'v1' | 'v2'): number | undefined {
  const { facts } = context;
  const text = facts.text(FACT, form === 'v1' ? 'memory.memsw.limit_in_bytes' : 'memory.swap.max');
  if (text === undefined) return undefined;
  const limit = bytes(text);
  return form === 'v1' && limit !== Infinity ? limit - memoryLimit(context, form) : limit;
}

export function swapUsed({ facts }: Context, form: 'v1' | 'v2'): number {
  if (form === 'v2') return facts.maybe(FACT, 'memory.swap.current') ?? 0;
  return facts.maybe(FACT, 'memory.stat total_swap') ?? facts.maybe(FACT, 'memory.stat swap') ?? 0;
}

/** What is in use and cannot be given back at once. @throws Unreadable */
export function workingSet({ facts }: Context, form: 'v1' | 'v2'): number {
  const used = facts.number(FACT, form === 'v1' ? 'memory.usage_in_bytes' : 'memory.current');
  const inactive = facts.maybe(FACT, `memory.stat ${form === 'v1' ? 'total_inactive_file' : 'inactive_file'}`) ?? 0;
  return Math.max(0, used - inactive);
}

export function counter({ facts }: Context, ...keys: string[]): number | undefined {
  return keys.map((key) => facts.maybe(FACT, key)).find((value) => value !== undefined);
}

function bytes(text: string | undefined): number {
  if (text === undefined) throw new Unreadable(FACT, 'no limit of memory is told');
  const value = text === 'max' ? Infinity : numberIn(FACT, text);
  return value >= UNLIMITED ? Infinity : value;
}

export function expectedCpu(context: Context): number | undefined {
  const { words, before } = context;
  if (words.cpu) return Number(parseQuantity(words.cpu).nanos) / 1e9;
  const container = docker(context);
  if (container && Number(container.NanoCpus) > 0) return Number(container.NanoCpus) / 1e9;
  if (container && Number(container.CpuQuota) > 0)
    return Number(container.CpuQuota) / (Number(container.CpuPeriod) || 100_000);
  return seconds(unitOf(context.facts, 'cadvisor_unit', 'CPUQuotaPerSecUSec')) ?? remembered(before?.kept.limit);
}

export function expectedMemory(context: Context): number | undefined {
  const { facts, words, before } = context;
  if (words.memory) return Number(parseQuantity(words.memory).nanos) / 1e9;
  const container = docker(context);
  if (container && Number(container.Memory) > 0) return Number(container.Memory);
  const unit =
    finite(unitOf(facts, 'cadvisor_unit', 'MemoryMax')) ?? finite(unitOf(facts, 'cadvisor_unit', 'MemoryLimit'));
  return unit ?? remembered(before?.kept.limit);
}

export function expectedSwap(context: Context): number | undefined {
  const { facts, words, before } = context;
  if (words.swap) return Number(parseQuantity(words.swap).nanos) / 1e9;
  const container = docker(context);
  const both = Number(container?.MemorySwap);
  if (container && both > 0) return both - Number(container.Memory);
  return finite(unitOf(facts, 'cadvisor_unit', 'MemorySwapMax')) ?? remembered(before?.kept.limit);
}

function docker({ facts }: Context): Record<string, string> | undefined {
  const text = facts.text('cadvisor_unit', 'docker');
  if (text === undefined) return undefined;
  return Object.fromEntries(text.split(' ').map((word) => word.split('=') as [string, string]));
}

/** systemd's spans: `500ms`, `1min 30s`, `infinity`. */
function seconds(text: string | undefined): number | undefined {
  if (!text || text === 'infinity') return undefined;
  const parts = [...text.matchAll(/([\d.]+)(us|ms|s|min|h)\b/g)];
  return parts.length === 0
    ? undefined
    : parts.reduce((sum, [, value, unit]) => sum + Number(value) * SPANS[unit!]!, 0);
}

function finite(text: string | undefined): number | undefined {
  const value = text && /^\d+$/.test(text) ? Number(text) : Infinity;
  return value < UNLIMITED ? value : undefined;
}

function remembered(value: number | string | undefined): number | undefined {
  return typeof value === 'number' ? value : undefined;
}

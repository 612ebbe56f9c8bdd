import { type Check, type Context, type Finding, found } from '../check.ts';
import { type Facts, numberIn, Unreadable } from '../facts.ts';
import { settle } from '../grade.ts';
import { worstOf } from '../level.ts';
import { meminfo, PERCENT, samples } from '../reading.ts';

const MI = 2 ** 20;

export const memUsage: Check = {
  id: 'mem.usage',
  name: { zh: '内存使用率检查', en: 'memory usage' },
  remedy: {
    zh: '找出占用最多的容器与 tmpfs;SUnreclaim 高时查 slabtop；必要时迁移容器。',
    en: 'Find the containers and tmpfs that take most; with much SUnreclaim look at slabtop; move containers away if need be.',
  },
  findings: {
    healthy: { zh: '已用 {percent}%', en: '{percent}% used' },
    usage: { zh: '已用 {percent}%，可用 {available} Mi', en: '{percent}% used, {available} Mi available' },
    little: { zh: '仅剩 {available} Mi', en: 'only {available} Mi available' },
    pressure: { zh: '内存压力 full avg60={pressure}', en: 'memory pressure full avg60={pressure}' },
    slab: { zh: '不可回收 slab 占 {percent}%', en: 'slab that cannot be reclaimed takes {percent}%' },
  },
  limits: { error: 95, alarm: 90, warn: 85, leastMi: 100, pressure: 10, slab: 10 },
  judge(context) {
    const { facts } = context;
    const memories = samples('memory', (fact) => memoryIn(facts, fact));
    const level = settle(
      memories.map((memory) => memory.percent),
      context.limits,
      context.before,
    );
    const { percent, available } = memories.at(-1)!;
    const params = { percent: Math.round(percent * 10) / 10, available: Math.round(available / MI) };
    const usage = found(level, level === 'info' ? 'healthy' : 'usage', params);
    const least = Math.max(...memories.map((memory) => memory.available));
    return { ...worstOf([usage, ...ofRest(context, least)])!, value: params.percent };
  },
};

function memoryIn(facts: Facts, fact: string): { percent: number; available: number } {
  const total = meminfo(facts, fact, 'MemTotal');
  if (!total) throw new Unreadable(fact, 'no MemTotal', facts.lines(fact).join('\n'));
  const available = meminfo(facts, fact, 'MemAvailable') ?? reclaimable(facts, fact);
  return { percent: (1 - available / total) * PERCENT, available };
}

/** Kernels before 3.14 do not tell what is available. */
function reclaimable(facts: Facts, fact: string): number {
  const of = (name: string) => meminfo(facts, fact, name) ?? 0;
  return of('MemFree') + of('Buffers') + of('Cached') - of('Shmem') + of('SReclaimable');
}

function ofRest({ facts, limits }: Context, available: number): Finding[] {
  const pressure = pressureOf(facts, 'memory full') ?? 0;
  const slab = ((meminfo(facts, 'memory', 'SUnreclaim') ?? 0) / meminfo(facts, 'memory', 'MemTotal')!) * PERCENT;
  return [
    ...(available < limits.leastMi! * MI ? [found('error', 'little', { available: Math.round(available / MI) })] : []),
    ...(pressure >= limits.pressure! ? [found('error', 'pressure', { pressure })] : []),
    ...(slab > limits.slab! ? [found('warn', 'slab', { percent: Math.round(slab) })] : []),
  ];
}

/** The average over a minute; undefined where the kernel does not tell. */
export function pressureOf(facts: Facts, key: string): number | undefined {
  const fact = facts.find('pressure');
  if (!fact || fact.error !== undefined || facts.absent('pressure')) return undefined;
  const average = /avg60=([\d.]+)/.exec(facts.text('pressure', key) ?? '')?.[1];
  return average === undefined ? undefined : numberIn('pressure', average);
}

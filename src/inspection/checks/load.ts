import { type Check, found } from '../check.ts';
import { numberIn } from '../facts.ts';
import { settle } from '../grade.ts';
import { cpusOf, processesIn, samples } from '../reading.ts';
import { pressureOf } from './mem-usage.ts';

export const load: Check = {
  id: 'load',
  name: { zh: '负载检查', en: 'load' },
  remedy: {
    zh: '负载高而 CPU 空闲时查 D 状态进程与存储；CPU 忙时找出最忙的容器并限流或迁移。',
    en: 'High load with idle CPUs: look at processes in state D and the storage; busy CPUs: find the container, limit or move it.',
  },
  findings: {
    healthy: { zh: '每核负载 {load}', en: 'load {load} a core' },
    high: {
      zh: '每核负载 {load}（D 状态 {stuck}，cpu 压力 {pressure}）',
      en: 'load {load} a core ({stuck} in state D, CPU pressure {pressure})',
    },
  },
  limits: { error: 4, alarm: 2, warn: 1, errorWithStuck: 3 },
  judge({ facts, limits, before }) {
    const cores = cpusOf(facts);
    const loads = samples('load', (fact) => numberIn(fact, facts.lines(fact)[0]?.split(' ')[1] ?? '') / cores);
    const stuck = Math.min(...samples('tasks', (fact) => processesIn(facts, fact, 'D')));
    const value = Math.round(loads.at(-1)! * 100) / 100;
    const params = { load: value, stuck, pressure: pressureOf(facts, 'cpu some') ?? '-' };
    if (stuck >= cores && Math.min(...loads) >= limits.errorWithStuck!) return found('error', 'high', params, value);
    const level = settle(loads, limits, before, 0.05);
    return found(level, level === 'info' ? 'healthy' : 'high', params, value);
  },
};

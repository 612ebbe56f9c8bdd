import { type Check, type Context, type Finding, found } from '../check.ts';
import { grade, settle } from '../grade.ts';
import { worstOf } from '../level.ts';
import { PERCENT, processesIn, samples, threadsIn } from '../reading.ts';

export const procCount: Check = {
  id: 'proc.count',
  name: { zh: '进程数检查', en: 'process count' },
  remedy: {
    zh: '找出线程最多的进程（ps -eLf）；僵尸进程查其父进程，D 状态查存储；pid_max 过小则调大。',
    en: 'Find who has the threads (ps -eLf); for zombies look at the parent, for state D at the storage; raise pid_max if it is small.',
  },
  findings: {
    healthy: { zh: '{threads} 个线程，上限的 {percent}%', en: '{threads} threads, {percent}% of the limit' },
    many: {
      zh: '{threads} 个线程，已达上限 {limit} 的 {percent}%',
      en: '{threads} threads, {percent}% of the limit of {limit}',
    },
    kubepods: {
      zh: '容器线程 {threads}，已达 kubepods 上限的 {percent}%',
      en: '{threads} threads in Pods, {percent}% of their limit',
    },
    zombies: { zh: '{count} 个僵尸进程', en: '{count} zombies' },
    stuck: { zh: '{count} 个进程处于 D 状态', en: '{count} processes in state D' },
  },
  limits: { error: 90, alarm: 70, warn: 50, zombiesAlarm: 1000, zombiesWarn: 100, stuckAlarm: 10 },
  judge(context) {
    const { facts } = context;
    const limit = Math.min(facts.number('limits', 'pid_max'), facts.maybe('limits', 'threads_max') ?? Infinity);
    const counts = samples('load', (fact) => threadsIn(facts, fact));
    const percents = counts.map((count) => (count / limit) * PERCENT);
    const level = settle(percents, context.limits, context.before);
    const percent = Math.round(percents.at(-1)! * 10) / 10;
    const params = { threads: counts.at(-1)!, limit, percent };
    const threads = found(level, level === 'info' ? 'healthy' : 'many', params);
    return { ...worstOf([threads, ...ofPods(context), ...ofStates(context)])!, value: percent };
  },
};

function ofPods({ facts, limits }: Context): Finding[] {
  const threads = facts.maybe('limits', 'kubepods_pids');
  const most = facts.text('limits', 'kubepods_pids_max');
  if (threads === undefined || most === undefined || most === 'max') return [];
  const percent = (threads / facts.number('limits', 'kubepods_pids_max')) * PERCENT;
  const level = grade(percent, limits);
  return level === 'info' ? [] : [found(level, 'kubepods', { threads, percent: Math.round(percent) })];
}

function ofStates({ facts, limits }: Context): Finding[] {
  const least = (state: string) => Math.min(...samples('tasks', (fact) => processesIn(facts, fact, state)));
  const [zombies, stuck] = [least('Z'), least('D')];
  const level = zombies > limits.zombiesAlarm! ? 'alarm' : zombies > limits.zombiesWarn! ? 'warn' : 'info';
  return [
    ...(level === 'info' ? [] : [found(level, 'zombies', { count: zombies })]),
    ...(stuck >= limits.stuckAlarm! ? [found('alarm', 'stuck', { count: stuck })] : []),
  ];
}

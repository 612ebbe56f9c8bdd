import { type Check, type Context, type Finding, found } from '../check.ts';
import { type Facts, numberIn, Unreadable } from '../facts.ts';
import { settle } from '../grade.ts';
import { rank, worstOf } from '../level.ts';
import { mountsOf, PERCENT, samples } from '../reading.ts';

interface Usage {
  readonly percent: number;
  readonly inodePercent: number;
  readonly usedBytes: number;
  readonly availableBytes: number;
}

const HOUR_MS = 3_600_000;
/** Growth over less than this says little. */
const LEAST_SPAN_MS = 10 * 60_000;

export const diskExport: Check = {
  id: 'disk.export',
  name: { zh: '/export使用率检查', en: '/export usage' },
  remedy: {
    zh: '清理未使用的镜像与旧日志（不动数据卷）；确认 /export 为独立挂载且可写；必要时扩容。',
    en: 'Remove unused images and old logs (no volumes); see that /export is a mount of its own and writable; grow it if need be.',
  },
  findings: {
    healthy: { zh: '已用 {percent}%，inode {inodes}%', en: '{percent}% used, {inodes}% of the inodes' },
    usage: { zh: '已用 {percent}%', en: '{percent}% used' },
    inodes: { zh: 'inode 已用 {inodes}%', en: '{inodes}% of the inodes used' },
    filling: {
      zh: '按当前速度 {hours} 小时后写满（已用 {percent}%）',
      en: 'full in {hours} h at this pace ({percent}% used)',
    },
    readOnly: { zh: '{path} 为只读', en: '{path} is read-only' },
    notMounted: { zh: '{path} 不是独立挂载', en: '{path} is not a mount of its own' },
  },
  limits: {
    error: 90,
    alarm: 85,
    warn: 80,
    inodeError: 95,
    inodeAlarm: 90,
    inodeWarn: 80,
    alarmHours: 4,
    warnHours: 24,
  },
  words: { path: '/export' },
  judge(context) {
    const { facts, words } = context;
    const path = words.path!;
    const mount = mountsOf(facts).findLast((candidate) => candidate.point === path);
    if (!mount || facts.absent('disk')) return found('error', 'notMounted', { path });
    if (mount.options.includes('ro')) return found('error', 'readOnly', { path });
    const usages = samples('disk', (fact) => usageIn(facts, fact));
    const last = usages.at(-1)!;
    const finding = worstOf([...ofShares(context, usages), ...ofPace(context, last)])!;
    return { ...finding, value: round(last.percent), keep: { used: last.usedBytes } };
  },
};

/** As df has it: what is kept back for root counts neither as used nor as free. */
function usageIn(facts: Facts, fact: string): Usage {
  const text = facts.text(fact, 'statfs') ?? '';
  const [size, blocks, free, available, inodes, freeInodes] = text.split(' ').map((word) => numberIn(fact, word));
  if (freeInodes === undefined) throw new Unreadable(fact, 'statfs has six numbers', text);
  const used = blocks! - free!;
  return {
    percent: share(used, used + available!),
    inodePercent: share(inodes! - freeInodes, inodes!),
    usedBytes: used * size!,
    availableBytes: available! * size!,
  };
}

function ofShares({ limits, before }: Context, usages: readonly Usage[]): Finding[] {
  const { percent, inodePercent } = usages.at(-1)!;
  const params = { percent: round(percent), inodes: round(inodePercent) };
  const space = settle(
    usages.map((usage) => usage.percent),
    limits,
    before,
  );
  const inodeSteps = { error: limits.inodeError, alarm: limits.inodeAlarm, warn: limits.inodeWarn };
  const inodes = settle(
    usages.map((usage) => usage.inodePercent),
    inodeSteps,
    undefined,
  );
  if (rank(inodes) > rank(space)) return [found(inodes, 'inodes', params)];
  return [found(space, space === 'info' ? 'healthy' : 'usage', params)];
}

function ofPace({ limits, before, now }: Context, { usedBytes, availableBytes, percent }: Usage): Finding[] {
  const was = before?.kept.used;
  if (!before || typeof was !== 'number' || now - before.at < LEAST_SPAN_MS || usedBytes <= was) return [];
  const hours = (availableBytes / (usedBytes - was)) * ((now - before.at) / HOUR_MS);
  const level = hours < limits.alarmHours! ? 'alarm' : hours < limits.warnHours! ? 'warn' : 'info';
  return level === 'info' ? [] : [found(level, 'filling', { hours: round(hours), percent: round(percent) })];
}

function share(part: number, whole: number): number {
  return whole > 0 ? (part / whole) * PERCENT : 0;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}

import { type Check, type Context, type Finding, found } from '../check.ts';
import { type Facts, Unreadable } from '../facts.ts';
import { growth, settle } from '../grade.ts';
import { worstOf } from '../level.ts';
import { cpusOf, kernelNews, PERCENT, samples } from '../reading.ts';

export const netConntrack: Check = {
  id: 'net.conntrack',
  name: { zh: 'nf_conntrack检查', en: 'nf_conntrack' },
  remedy: {
    zh: '调大 net.netfilter.nf_conntrack_max；找出连接最多的来源（conntrack -L）；缩短超时。',
    en: 'Raise net.netfilter.nf_conntrack_max; find who has the connections (conntrack -L); shorten the timeouts.',
  },
  findings: {
    healthy: { zh: '已用 {percent}%', en: '{percent}% used' },
    absent: { zh: '未加载', en: 'not loaded' },
    usage: { zh: '已用 {percent}%（{count}/{max}）', en: '{percent}% used ({count}/{max})' },
    dropped: { zh: '新增 {count} 次丢弃', en: '{count} connections dropped since the last run' },
    full: { zh: '内核日志报告表已满', en: 'the kernel logged that the table was full' },
    races: {
      zh: '新增 {count} 次 insert_failed（竞争，不一定是表满）',
      en: '{count} insert_failed since the last run (races, not always full)',
    },
    small: { zh: '上限 {max}，建议不低于 {wanted}', en: 'the limit is {max}, {wanted} is wanted' },
  },
  limits: { error: 95, alarm: 90, warn: 75, least: 131_072, perCore: 32_768, most: 1_048_576 },
  judge(context) {
    const { facts } = context;
    if (facts.absent('conntrack')) return found('info', 'absent');
    const shares = samples('conntrack', (fact) => shareIn(facts, fact));
    const level = settle(shares, context.limits, context.before);
    const percent = Math.round(shares.at(-1)! * 10) / 10;
    const [count, max] = [facts.number('again:conntrack', 'count'), facts.number('again:conntrack', 'max')];
    const usage = found(level, level === 'info' ? 'healthy' : 'usage', { percent, count, max });
    const counters = countersOf(facts);
    const findings = [usage, ...ofCounters(context, counters), ...ofSize(context, max)];
    return { ...worstOf(findings)!, value: percent, keep: { ...counters, uptime: facts.uptime } };
  },
};

function shareIn(facts: Facts, fact: string): number {
  return (facts.number(fact, 'count') / facts.number(fact, 'max')) * PERCENT;
}

interface Counters {
  readonly dropped: number;
  readonly races: number;
}

/** Sums over processors; the numbers are in base 16. */
function countersOf(facts: Facts): Counters {
  const [head = '', ...rows] = facts.all('again:conntrack', 'stat');
  const names = head.split(/\s+/);
  const sum = (name: string) => {
    const at = names.indexOf(name);
    return at < 0 ? 0 : rows.reduce((total, row) => total + hex(row.split(/\s+/)[at] ?? ''), 0);
  };
  return { dropped: sum('drop') + sum('early_drop'), races: sum('insert_failed') };
}

function hex(text: string): number {
  if (!/^[0-9a-fA-F]+$/.test(text)) throw new Unreadable('conntrack', 'not a number in base 16', text);
  return Number.parseInt(text, 16);
}

function ofCounters(context: Context, { dropped, races }: Counters): Finding[] {
  const [drops, fails] = [growth(dropped, context.before, 'dropped'), growth(races, context.before, 'races')];
  const kernelLog = context.facts.find('kmsg');
  const full = kernelLog && kernelLog.error === undefined ? kernelNews(context, 'conntrack').length : 0;
  return [
    ...(drops ? [found('error', 'dropped', { count: drops })] : []),
    ...(full > 0 ? [found('error', 'full')] : []),
    ...(fails ? [found('warn', 'races', { count: fails })] : []),
  ];
}

function ofSize({ facts, limits }: Context, max: number): Finding[] {
  const wanted = Math.min(limits.most!, Math.max(limits.least!, limits.perCore! * cpusOf(facts)));
  return max < wanted ? [found('warn', 'small', { max, wanted })] : [];
}

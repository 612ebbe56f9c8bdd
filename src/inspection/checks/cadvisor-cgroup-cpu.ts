import { counter, cpuLimit, expectedCpu, formOf } from '../cadvisor-limits.ts';
import { type Check, type Context, type Finding, found } from '../check.ts';
import { growth } from '../grade.ts';

export const cadvisorCgroupCpu: Check = {
  id: 'cadvisor.cgroup.cpu',
  name: { zh: 'cadvisor cgroup cpu quota检查', en: 'cadvisor cgroup CPU quota' },
  remedy: {
    zh: '重新下发 cpu 限额（systemctl daemon-reload 可能使其丢失），并核对 runc/systemd 版本。',
    en: 'Apply the quota again (a systemctl daemon-reload may have lost it), and look at the versions of runc and systemd.',
  },
  findings: {
    healthy: { zh: '限额 {limit} 核', en: 'limited to {limit} CPU' },
    free: { zh: '未要求限额', en: 'no limit is asked for' },
    none: { zh: 'cadvisor 没有独立的 cgroup', en: 'cadvisor has no cgroup of its own' },
    lost: { zh: '限额丢失，应为 {expected} 核', en: 'the limit is lost, it should be {expected} CPU' },
    loose: { zh: '限额 {limit} 核，应为 {expected}', en: 'limited to {limit} CPU, it should be {expected}' },
    tight: {
      zh: '限额 {limit} 核，不到应有的 {expected} 的一半',
      en: 'limited to {limit} CPU, less than half of {expected}',
    },
    throttled: { zh: '{percent}% 的周期被限流', en: 'throttled in {percent}% of the periods' },
  },
  limits: { throttledPercent: 25 },
  words: { cpu: '' },
  judge(context) {
    const form = formOf(context, 'cpu');
    if (!form) return found('info', 'none');
    const limit = cpuLimit(context, form);
    const expected = expectedCpu(context);
    const [periods, throttled] = [counter(context, 'cpu.stat nr_periods'), counter(context, 'cpu.stat nr_throttled')];
    const keep = {
      ...(Number.isFinite(limit) ? { limit } : expected !== undefined && { limit: expected }),
      ...(periods !== undefined && { periods }),
      ...(throttled !== undefined && { throttled }),
    };
    return { ...judge(context, limit, expected), keep };
  },
};

/** systemd rounds up to whole percents of a processor. */
function judge(context: Context, limit: number, expected: number | undefined): Finding {
  if (expected !== undefined) {
    if (limit === Infinity) return found('error', 'lost', { expected });
    if (limit > Math.ceil(expected * 100 - 1e-6) / 100 + 1e-9)
      return found('alarm', 'loose', { limit, expected }, limit);
    if (limit < expected / 2) return found('alarm', 'tight', { limit, expected }, limit);
  }
  const percent = throttledPercent(context);
  if (percent > context.limits.throttledPercent!)
    return found('warn', 'throttled', { percent: Math.round(percent) }, limit);
  return limit === Infinity ? found('info', 'free') : found('info', 'healthy', { limit }, limit);
}

function throttledPercent(context: Context): number {
  const of = (key: string, name: string) => growth(counter(context, key) ?? Number.NaN, context.before, name);
  const [periods, throttled] = [of('cpu.stat nr_periods', 'periods'), of('cpu.stat nr_throttled', 'throttled')];
  return periods ? ((throttled ?? 0) / periods) * 100 : 0;
}

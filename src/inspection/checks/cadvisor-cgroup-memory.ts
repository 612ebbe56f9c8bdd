import { counter, expectedMemory, formOf, memoryLimit, workingSet } from '../cadvisor-limits.ts';
import { type Check, type Context, type Finding, found } from '../check.ts';
import { growth } from '../grade.ts';

const MI = 2 ** 20;
const PAGE = 4096;

export const cadvisorCgroupMemory: Check = {
  id: 'cadvisor.cgroup.memory',
  name: { zh: 'cadvisor cgroup memory检查', en: 'cadvisor cgroup memory' },
  remedy: {
    zh: '重新下发内存限额；若工作集长期接近限额，调大限额或减少采集项。',
    en: 'Apply the limit again; where the working set stays near it, raise it or collect less.',
  },
  findings: {
    healthy: { zh: '已用 {used} Mi，限额 {limit} Mi', en: '{used} Mi of {limit} Mi used' },
    free: { zh: '未要求限额', en: 'no limit is asked for' },
    none: { zh: 'cadvisor 没有独立的 cgroup', en: 'cadvisor has no cgroup of its own' },
    lost: { zh: '限额丢失，应为 {expected} Mi', en: 'the limit is lost, it should be {expected} Mi' },
    loose: { zh: '限额 {limit} Mi，应为 {expected} Mi', en: 'limited to {limit} Mi, it should be {expected} Mi' },
    full: {
      zh: '工作集 {used} Mi，达限额 {limit} Mi 的 {percent}%',
      en: 'the working set of {used} Mi is {percent}% of the limit of {limit} Mi',
    },
    killed: { zh: '新增 {count} 次 OOM', en: '{count} OOM kills since the last run' },
    failing: { zh: 'failcnt 新增 {count}', en: 'failcnt grew by {count}' },
  },
  limits: { alarm: 90, warn: 80 },
  words: { memory: '' },
  judge(context) {
    const form = formOf(context, 'memory');
    if (!form) return found('info', 'none');
    const limit = memoryLimit(context, form);
    const expected = expectedMemory(context);
    const [kills, failures] = [counter(context, ...KILLS), counter(context, ...FAILURES)];
    const keep = {
      ...(Number.isFinite(limit) ? { limit } : expected !== undefined && { limit: expected }),
      ...(kills !== undefined && { kills }),
      ...(failures !== undefined && { failures }),
    };
    return { ...judge(context, { limit, expected, used: workingSet(context, form) }), keep };
  },
};

const KILLS = ['memory.events oom_kill', 'memory.oom_control oom_kill'];
const FAILURES = ['memory.failcnt', 'memory.events max'];

interface Memory {
  readonly limit: number;
  readonly expected: number | undefined;
  readonly used: number;
}

function judge(context: Context, { limit, expected, used }: Memory): Finding {
  const { limits, before } = context;
  const params = { limit: mi(limit), used: mi(used), ...(expected !== undefined && { expected: mi(expected) }) };
  if (expected !== undefined && limit === Infinity) return found('error', 'lost', params);
  if (expected !== undefined && limit > expected + PAGE) return found('error', 'loose', params, limit);
  const kills = growth(counter(context, ...KILLS) ?? Number.NaN, before, 'kills');
  if (kills) return found('alarm', 'killed', { count: kills });
  const percent = Math.round((used / limit) * 100);
  if (percent >= limits.alarm!) return found('alarm', 'full', { ...params, percent }, percent);
  if (percent >= limits.warn!) return found('warn', 'full', { ...params, percent }, percent);
  const failures = growth(counter(context, ...FAILURES) ?? Number.NaN, before, 'failures');
  if (failures) return found('warn', 'failing', { count: failures });
  return limit === Infinity ? found('info', 'free') : found('info', 'healthy', params, percent);
}

function mi(bytes: number): number {
  return Math.round(bytes / MI);
}

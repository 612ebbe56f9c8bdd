import { expectedMemory, expectedSwap, formOf, memoryLimit, swapLimit, swapUsed } from '../cadvisor-limits.ts';
import { type Check, type Context, type Finding, found } from '../check.ts';
import { meminfo } from '../reading.ts';

const MI = 2 ** 20;

export const cadvisorCgroupSwap: Check = {
  id: 'cadvisor.cgroup.swap',
  name: { zh: 'cadvisor cgroup memory swap检查', en: 'cadvisor cgroup memory swap' },
  remedy: {
    zh: '重新下发 swap 限额（daemon-reload 可能使 memory.swap.max 由 0 变为 max）；节点建议关闭 swap。',
    en: 'Apply the swap limit again (a daemon-reload may turn memory.swap.max from 0 to max); hosts do better without swap.',
  },
  findings: {
    healthy: { zh: 'swap 限额 {limit} Mi', en: 'swap limited to {limit} Mi' },
    noSwap: { zh: '主机无 swap', en: 'the host has no swap' },
    free: { zh: '未要求限额', en: 'no limit is asked for' },
    none: { zh: 'cadvisor 没有独立的 cgroup', en: 'cadvisor has no cgroup of its own' },
    drift: {
      zh: 'swap 限额漂移：应为 {expected} Mi，现为 max',
      en: 'limit drift: swap should be limited to {expected} Mi, it is max',
    },
    used: { zh: '应不使用 swap，已用 {used} Mi', en: 'swap should not be used, {used} Mi are' },
    uncounted: { zh: '内核未开启 swap 计数', en: 'the kernel does not count swap' },
  },
  limits: {},
  words: { swap: '', memory: '' },
  judge(context) {
    const form = formOf(context, 'memory');
    if (!form) return found('info', 'none');
    if ((meminfo(context.facts, 'memory', 'SwapTotal') ?? 0) === 0) return found('info', 'noSwap');
    const limit = swapLimit(context, form);
    if (limit === undefined) return found('warn', 'uncounted');
    const expected = expectedOf(context, form);
    const kept = Number.isFinite(limit) ? limit : expected;
    const finding = judge(limit, expected, swapUsed(context, form));
    return { ...finding, ...(kept !== undefined && { keep: { limit: kept } }) };
  },
};

/** Whoever is limited in memory and not told otherwise has no swap. */
function expectedOf(context: Context, form: 'v1' | 'v2'): number | undefined {
  const limited =
    expectedMemory({ ...context, before: undefined }) !== undefined || memoryLimit(context, form) !== Infinity;
  return expectedSwap(context) ?? (limited ? 0 : undefined);
}

function judge(limit: number, expected: number | undefined, used: number): Finding {
  if (expected !== undefined && limit === Infinity) return found('error', 'drift', { expected: expected / MI });
  if (expected === 0 && used > 0) return found('alarm', 'used', { used: Math.ceil(used / MI) });
  return limit === Infinity ? found('info', 'free') : found('info', 'healthy', { limit: Math.round(limit / MI) });
}

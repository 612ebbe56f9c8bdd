import { type Check, type Context, type Finding, found } from '../check.ts';
import { growth } from '../grade.ts';
import { answerOf, processesOf, restartsOf, unitOf } from '../reading.ts';

const HOUR_MS = 3_600_000;

export const cadvisorProcess: Check = {
  id: 'cadvisor.process',
  name: { zh: 'cadvisor进程检查', en: 'cadvisor process' },
  remedy: {
    zh: '重启 cadvisor；若反复退出，查看其内存限制与日志。',
    en: 'Restart cadvisor; if it ends again and again look at its memory limit and log.',
  },
  findings: {
    healthy: { zh: '进程 {pid} 正常', en: 'process {pid} is well' },
    embedded: { zh: '内置于 kubelet', en: 'part of the kubelet' },
    absent: { zh: '没有 cadvisor 进程', en: 'there is no cadvisor process' },
    unhealthy: { zh: 'healthz 返回 {code}', en: 'healthz answered {code}' },
    slow: { zh: 'healthz 耗时 {seconds} 秒', en: 'healthz took {seconds} s' },
    restarts: { zh: '每小时重启 {count} 次', en: '{count} restarts an hour' },
  },
  limits: { slowSeconds: 3, restartsPerHour: 3 },
  words: { mode: 'auto' },
  judge(context) {
    if (isEmbedded(context)) return found('info', 'embedded');
    const restarts = restartsOf(context.facts, 'cadvisor_unit');
    return { ...standalone(context), keep: { mode: 'standalone', ...(restarts !== undefined && { restarts }) } };
  },
};

/** By itself it is where a unit or a process of it is, or was in the run before; else it is part of the kubelet. */
export function isEmbedded({ facts, words, before }: Context): boolean {
  if (words.mode !== 'auto') return words.mode === 'embedded';
  if (before?.kept.mode === 'standalone') return false;
  return (
    unitOf(facts, 'cadvisor_unit', 'LoadState') === undefined && processesOf(facts, 'cadvisor_process').length === 0
  );
}

function standalone({ facts, limits, before, now }: Context): Finding {
  const main = processesOf(facts, 'cadvisor_process')[0];
  if (!main) return found('error', 'absent');
  const { code, seconds } = answerOf(facts, 'cadvisor_health');
  if (code !== 200) return found('error', 'unhealthy', { code });
  if (seconds > limits.slowSeconds!) return found('alarm', 'slow', { seconds });
  const restarts = growth(restartsOf(facts, 'cadvisor_unit') ?? 0, before, 'restarts') ?? 0;
  const count = before ? Math.round(restarts / Math.max(1, (now - before.at) / HOUR_MS)) : 0;
  if (count >= limits.restartsPerHour!) return found('warn', 'restarts', { count });
  return found('info', 'healthy', { pid: main.pid });
}

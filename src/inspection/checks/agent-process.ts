import { type Check, type Context, type Finding, found } from '../check.ts';
import { growth } from '../grade.ts';
import { processesOf, unitOf } from '../reading.ts';

const MI = 2 ** 20;
/** The host itself is alive when its Lease is younger. */
const ALIVE_MS = 40_000;

export const agentProcess: Check = {
  id: 'agent.process',
  name: { zh: 'thor进程检查', en: 'thor process' },
  remedy: {
    zh: '重启 agent 并查看其日志；agent 失效时其余检查项不可信。',
    en: 'Restart the agent and read its log; while it is dead nothing else that it tells can be trusted.',
  },
  findings: {
    healthy: { zh: '进程 {pid} 正常', en: 'process {pid} is well' },
    unused: { zh: '未部署 agent，由巡检端拉取', en: 'no agent is deployed: the host is asked' },
    absent: { zh: '没有 agent 进程', en: 'there is no agent process' },
    silent: {
      zh: '主机存活但 agent 已 {minutes} 分钟无心跳',
      en: 'the host lives, its agent was not heard for {minutes} minutes',
    },
    memory: { zh: '占用内存 {rss} Mi', en: 'takes {rss} Mi of memory' },
    cpu: { zh: '占用 CPU {percent}%', en: 'takes {percent}% of a CPU' },
  },
  limits: { errorIntervals: 5, alarmIntervals: 3, rssMi: 256, cpuPercent: 5 },
  words: { mode: 'auto' },
  judge(context) {
    const silent = silence(context);
    if (silent) return { ...silent, keep: { mode: 'deployed' } };
    const main = processesOf(context.facts, 'agent_process')[0];
    if (!main && !isExpected(context)) return found('info', 'unused');
    if (!main) return { ...found('error', 'absent'), keep: { mode: 'deployed' } };
    const { pid, cpuSeconds } = main;
    const rss = (main.rssBytes ?? 0) / MI;
    const keep = { mode: 'deployed', cpuSeconds };
    if (rss > context.limits.rssMi!) return { ...found('warn', 'memory', { rss: Math.round(rss) }), keep };
    const percent = cpuPercent(context, cpuSeconds);
    if (percent > context.limits.cpuPercent!)
      return { ...found('warn', 'cpu', { percent: Math.round(percent) }), keep };
    return { ...found('info', 'healthy', { pid }), keep };
  },
  absent: (context) => {
    const silent = silence(context);
    return silent && { ...silent, keep: { mode: 'deployed' } };
  },
};

/** The checker's checker: a dead agent reports nothing, so its silence is judged here. */
function silence({ subject, limits, now }: Context): Finding | undefined {
  const { heartbeat, node } = subject;
  if (!heartbeat) return undefined;
  const missed = (now - heartbeat.at) / heartbeat.intervalMs;
  const alive = node?.leaseAgeMs !== undefined && node.leaseAgeMs < ALIVE_MS;
  const minutes = Math.round((now - heartbeat.at) / 60_000);
  if (missed > limits.errorIntervals! && alive) return found('error', 'silent', { minutes });
  return missed > limits.alarmIntervals! ? found('alarm', 'silent', { minutes }) : undefined;
}

function isExpected({ facts, words, before }: Context): boolean {
  if (words.mode !== 'auto') return words.mode === 'deployed';
  return before?.kept.mode === 'deployed' || unitOf(facts, 'agent_unit', 'LoadState') !== undefined;
}

function cpuPercent({ before, now }: Context, cpuSeconds: number): number {
  const used = growth(cpuSeconds, before, 'cpuSeconds');
  return used === undefined || !before ? 0 : (used / Math.max(1, (now - before.at) / 1000)) * 100;
}

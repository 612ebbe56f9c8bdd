import { type Check, type Context, type Finding, found } from '../check.ts';
import { growth } from '../grade.ts';
import { type Process, processesOf, restartsOf, unitOf } from '../reading.ts';

export const kubeletProcess: Check = {
  id: 'kubelet.process',
  name: { zh: 'kubelet进程检查', en: 'kubelet process' },
  remedy: {
    zh: '查看 journalctl -u kubelet；修复后 systemctl restart kubelet，并确认 systemctl enable kubelet。容器会继续运行，不要驱逐。',
    en: 'Read journalctl -u kubelet; when mended, systemctl restart kubelet and see that it is enabled. Containers run on meanwhile: do not evict.',
  },
  findings: {
    healthy: { zh: '进程 {pid} 已运行 {minutes} 分钟', en: 'process {pid} runs for {minutes} minutes' },
    absent: { zh: '没有 kubelet 进程', en: 'there is no kubelet process' },
    stuck: { zh: '进程 {pid} 处于 {state} 状态', en: 'process {pid} is in state {state}' },
    failed: { zh: 'systemd 单元已失败', en: 'the systemd unit has failed' },
    restarts: { zh: '20 分钟内重启约 {count} 次', en: 'about {count} restarts in 20 minutes' },
    several: { zh: '同时有 {count} 个 kubelet 进程', en: '{count} kubelet processes at once' },
    young: { zh: '{minutes} 分钟前重启，原因不明', en: 'started {minutes} minutes ago for no known reason' },
    disabled: { zh: '单元未设为开机启动，重启后会丢失', en: 'the unit is not enabled: it will be gone after a reboot' },
  },
  limits: { restarts: 5, youngMinutes: 10 },
  judge(context) {
    const { facts, now } = context;
    const [main, ...others] = processesOf(facts, 'kubelet_process');
    const restarts = restartsOf(facts, 'kubelet_unit');
    const stuckSince = main?.state === 'D' ? Number(context.before?.kept.stuckSince ?? now) : undefined;
    const keep = { ...(restarts !== undefined && { restarts }), ...(stuckSince !== undefined && { stuckSince }) };
    return { ...judge(context, main, others.length, stuckSince), keep };
  },
};

function judge(context: Context, main: Process | undefined, others: number, stuckSince: number | undefined): Finding {
  const { facts, limits, now } = context;
  if (!main) return found('error', unitOf(facts, 'kubelet_unit', 'ActiveState') === 'failed' ? 'failed' : 'absent');
  const { pid, state } = main;
  const minutes = Math.floor(main.ageSeconds / 60);
  if (state === 'Z' || (stuckSince !== undefined && now - stuckSince > 60_000))
    return found('error', 'stuck', { pid, state });
  const count = restartsIn20Minutes(context);
  if (count >= limits.restarts!) return found('alarm', 'restarts', { count });
  if (others > 0) return found('alarm', 'several', { count: others + 1 });
  const booted = facts.uptime - main.ageSeconds < 300;
  if (minutes < limits.youngMinutes! && !booted) return found('warn', 'young', { minutes });
  if (unitOf(facts, 'kubelet_unit', 'UnitFileState') === 'disabled') return found('warn', 'disabled');
  return found('info', 'healthy', { pid, minutes });
}

/** Between two runs that lie further apart, as many as fall on 20 minutes of them. */
function restartsIn20Minutes({ facts, before, now }: Context): number {
  const restarts = restartsOf(facts, 'kubelet_unit');
  const grown = restarts === undefined ? undefined : growth(restarts, before, 'restarts');
  if (grown === undefined || !before) return 0;
  return Math.round(grown * Math.min(1, (20 * 60_000) / Math.max(1, now - before.at)));
}

import { type Check, type Context, type Finding, found } from '../check.ts';
import { Unreadable } from '../facts.ts';
import { grade } from '../grade.ts';
import { worstOf } from '../level.ts';
import { answerOf } from '../reading.ts';

const FLAPPING_MS = 15 * 60_000;

export const kubeletHealth: Check = {
  id: 'kubelet.health',
  name: { zh: 'kubelet健康检查', en: 'kubelet health' },
  remedy: {
    zh: '比对 healthz、Lease 与节点状态；NotReady 只是假设，先确认主机与容器是否存活，再决定是否处理。',
    en: 'Compare healthz, Lease and Node: NotReady is a hypothesis. See whether host and containers live before acting.',
  },
  findings: {
    healthy: { zh: 'healthz 正常，租约 {lease} 秒前更新', en: 'healthz is well, the lease was renewed {lease} s ago' },
    failing: { zh: 'healthz 连续 {count} 次失败：{what}', en: 'healthz failed {count} times in a row: {what}' },
    notReady: { zh: '节点 Ready={status} 已 {seconds} 秒', en: 'Node is Ready={status} for {seconds} s' },
    lease: { zh: '租约已 {lease} 秒未更新', en: 'the lease was not renewed for {lease} s' },
    slow: { zh: 'healthz 耗时 {seconds} 秒', en: 'healthz took {seconds} s' },
    flapping: { zh: '15 分钟内 Ready 变化 {count} 次', en: 'Ready changed {count} times in 15 minutes' },
  },
  limits: {
    failures: 3,
    notReadySeconds: 300,
    leaseAlarmSeconds: 40,
    leaseWarnSeconds: 20,
    slowSeconds: 1,
    changes: 2,
  },
  judge(context) {
    const failures = failuresOf(context);
    const changes = changesOf(context);
    const all = [ofHealthz(context, failures), ...ofNode(context, changes)].filter((one) => one !== undefined);
    const worst = worstOf(all);
    const lease = Math.round((context.subject.node?.leaseAgeMs ?? 0) / 1000);
    const finding = worst ?? found('info', 'healthy', { lease });
    if (failures === undefined && finding.level === 'info') answerOf(context.facts, 'kubelet_health');
    return { ...finding, keep: { failures: failures ?? 0, changes: changes.join(',') } };
  },
};

/** Failed asks in a row; undefined when healthz could not be asked at all. */
function failuresOf({ facts, before }: Context): number | undefined {
  try {
    return answerOf(facts, 'kubelet_health').code === 200 ? 0 : 1 + Number(before?.kept.failures ?? 0);
  } catch (error) {
    if (!(error instanceof Unreadable)) throw error;
    return error.reason.startsWith('timeout') ? 1 + Number(before?.kept.failures ?? 0) : undefined;
  }
}

function ofHealthz({ facts, limits }: Context, failures: number | undefined): Finding | undefined {
  if (failures === undefined) return undefined;
  if (failures > 0) {
    const what = facts.find('kubelet_health')?.error ?? `HTTP ${answerOf(facts, 'kubelet_health').code}`;
    return found(failures >= limits.failures! ? 'error' : 'alarm', 'failing', { count: failures, what });
  }
  const { seconds } = answerOf(facts, 'kubelet_health');
  return seconds > limits.slowSeconds! ? found('warn', 'slow', { seconds }) : undefined;
}

function ofNode({ subject, limits, now }: Context, changes: readonly number[]): (Finding | undefined)[] {
  const { node } = subject;
  if (!node) return [];
  const { ready } = node;
  const seconds = ready ? Math.round((now - ready.since) / 1000) : 0;
  const bad = ready !== undefined && ready.status !== 'True';
  const age = (node.leaseAgeMs ?? 0) / 1000;
  const leaseLevel = grade(age, { alarm: limits.leaseAlarmSeconds, warn: limits.leaseWarnSeconds });
  return [
    bad
      ? found(seconds >= limits.notReadySeconds! ? 'error' : 'alarm', 'notReady', { status: ready.status, seconds })
      : undefined,
    leaseLevel === 'info' ? undefined : found(leaseLevel, 'lease', { lease: Math.round(age) }),
    changes.length > limits.changes! ? found('warn', 'flapping', { count: changes.length }) : undefined,
  ];
}

/** Moments at which Ready changed, as far as they were seen. */
function changesOf({ subject, before, now }: Context): number[] {
  const kept = String(before?.kept.changes ?? '')
    .split(',')
    .filter(Boolean)
    .map(Number);
  const since = subject.node?.ready?.since;
  const all = since === undefined ? kept : [...new Set([...kept, since])];
  return all.filter((at) => now - at <= FLAPPING_MS).slice(-20);
}

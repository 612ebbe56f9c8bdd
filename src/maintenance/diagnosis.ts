/** What may be the matter with a host, and what may help: from its verdict, its inspection and its surroundings. Pure. */
import type { Verdict } from '../nodes/index.ts';
import type { RackCause } from './rails/rack-cause.ts';
import type { RepairName } from './repair.ts';
import type { Finding } from './steps/step.ts';

export interface Symptoms {
  readonly verdict: Verdict | undefined;
  readonly findings: readonly Finding[];
  readonly rack: RackCause | undefined;
  /** Conditions of the Node that hold and should not. */
  readonly pressures: readonly string[];
}

/** One possible cause; the surest come first. */
export interface Cause {
  /** 故障原因 */
  readonly reason: { readonly zh: string; readonly en: string };
  readonly confidence: number;
  readonly evidence: string;
  /** Undefined when no repair of the list helps: a person must go. */
  readonly repair?: RepairName;
  /** Must the host be emptied? */
  readonly drain: boolean;
}

interface Rule {
  readonly reason: Cause['reason'];
  readonly confidence: number;
  readonly repair?: RepairName;
  readonly drain: boolean;
}

const BY_VERDICT: Partial<Record<Verdict, Rule>> = {
  AgentDown: {
    reason: { zh: 'kubelet 故障，容器仍在运行', en: 'the kubelet is down, containers run on' },
    confidence: 0.9,
    repair: 'restart-kubelet',
    drain: false,
  },
  NodeDown: { reason: { zh: '主机宕机', en: 'the host is down' }, confidence: 0.9, drain: true },
  PathDown: {
    reason: { zh: '主机到 API Server 网络不通', en: 'the host does not reach the API server' },
    confidence: 0.8,
    drain: false,
  },
  Suspect: {
    reason: { zh: '主机失联，证据不足', en: 'the host is silent, and too few witnesses could say why' },
    confidence: 0.4,
    drain: false,
  },
};

const RULE = (zh: string, en: string, repair: RepairName | undefined, drain = false): Rule => ({
  reason: { zh, en },
  confidence: 0.8,
  drain,
  ...(repair && { repair }),
});

/** By the ids of checks. */
const BY_CHECK: Readonly<Record<string, Rule>> = {
  'kubelet.process': RULE('kubelet 进程异常', 'the kubelet’s process is not well', 'restart-kubelet'),
  'kubelet.health': RULE('kubelet 健康检查失败', 'the kubelet is not well', 'restart-kubelet'),
  'disk.export': RULE('/export 空间或挂载异常', '/export is full, or not mounted', 'clean-disk'),
  'time.offset': RULE('时间偏移', 'the clock is wrong', 'resync-time'),
  'kernel.pid_max': RULE('pid_max 过小', 'pid_max is small', 'fix-limits'),
  'net.conntrack': RULE('连接跟踪表不足', 'the table of connections is full', 'fix-limits'),
  'cadvisor.process': RULE('cadvisor 进程异常', 'cadvisor is not well', 'restart-cadvisor'),
  'agent.process': RULE('thor 进程异常', 'the agent is not well', 'restart-agent'),
  'cadvisor.cgroup.cpu': RULE('cadvisor CPU 限制丢失', 'cadvisor has lost its CPU limit', 'restart-cadvisor'),
  'cadvisor.cgroup.memory': RULE('cadvisor 内存限制丢失', 'cadvisor has lost its memory limit', 'restart-cadvisor'),
  'cadvisor.cgroup.swap': RULE('cadvisor swap 限制丢失', 'cadvisor has lost its swap limit', 'restart-cadvisor'),
  fstab: RULE('fstab 与挂载不一致', 'fstab and what is mounted differ', 'remount', true),
  'nic.crc': RULE('数据口 CRC 错误', 'a data port receives broken frames', undefined, true),
  'proc.count': RULE('进程数过多', 'too many processes', 'reboot', true),
};

const SURE: Readonly<Record<Finding['level'], number>> = { error: 1, alarm: 0.8, warn: 0.5, info: 0, unknown: 0 };

export function diagnose({ verdict, findings, rack, pressures }: Symptoms): Cause[] {
  const causes: Cause[] = [];
  if (rack) {
    const evidence = `${rack.silent} of ${rack.hosts} hosts of ${rack.rack} are silent, and hardly any elsewhere`;
    causes.push({
      reason: { zh: `机架 ${rack.rack} 故障（交换机或电源）`, en: `the rack ${rack.rack}: its switch or its power` },
      confidence: 0.95,
      evidence,
      drain: false,
    });
  }
  const rule = verdict && BY_VERDICT[verdict];
  // Of a host whose rack is silent its own silence says nothing more.
  if (rule && !rack) causes.push({ ...rule, evidence: `verdict ${verdict}` });
  for (const { check, level, message } of findings) {
    const known = BY_CHECK[check] ?? RULE(check, check, undefined);
    const confidence = known.confidence * SURE[level];
    if (confidence > 0) causes.push({ ...known, confidence, evidence: `${check} ${level}: ${message}` });
  }
  for (const type of pressures) causes.push({ ...pressureRule(type), evidence: `condition ${type}` });
  return causes.sort((a, b) => b.confidence - a.confidence);
}

function pressureRule(type: string): Rule {
  if (type === 'DiskPressure') return RULE('磁盘压力', 'the disk is nearly full', 'clean-disk');
  return RULE(type, type, undefined);
}

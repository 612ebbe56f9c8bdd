import { type Check, found } from '../check.ts';
import { threadsIn } from '../reading.ts';

export const kernelPidMax: Check = {
  id: 'kernel.pid_max',
  name: { zh: 'kernel中pid_max值检查', en: 'kernel pid_max' },
  remedy: {
    zh: 'sysctl -w kernel.pid_max=4194304，并写入 /etc/sysctl.d。',
    en: 'sysctl -w kernel.pid_max=4194304, and write it to /etc/sysctl.d.',
  },
  findings: {
    healthy: { zh: 'pid_max {max}', en: 'pid_max {max}' },
    exhausted: {
      zh: 'pid_max {max} 即将被 {threads} 个线程用尽',
      en: 'pid_max {max} is nearly used up by {threads} threads',
    },
    small: { zh: 'pid_max 仅 {max}', en: 'pid_max is only {max}' },
    low: { zh: 'pid_max {max}，建议不低于 {wanted}', en: 'pid_max is {max}, {wanted} is wanted' },
  },
  limits: { tiny: 32_768, small: 65_536, wanted: 262_144, podPids: 0 },
  judge({ facts, limits, subject }) {
    const max = facts.number('limits', 'pid_max');
    const threads = threadsIn(facts, 'load');
    if (max <= threads * 1.1 || (max <= limits.tiny! && threads > max / 2))
      return found('error', 'exhausted', { max, threads }, max);
    if (max <= limits.small!) return found('alarm', 'small', { max }, max);
    const wanted = Math.max(limits.wanted!, (subject.node?.maxPods ?? 0) * limits.podPids!);
    return max < wanted ? found('warn', 'low', { max, wanted }, max) : found('info', 'healthy', { max }, max);
  },
};

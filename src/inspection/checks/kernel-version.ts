import { type Check, found } from '../check.ts';
import { like, listOf } from '../reading.ts';

export const kernelVersion: Check = {
  id: 'kernel.version',
  name: { zh: '系统内核版本检查', en: 'kernel version' },
  remedy: {
    zh: '按机型基线升级内核，在维护窗口内排空并重启；禁用列表中的内核优先处理。',
    en: 'Bring the kernel to the baseline of its pool: drain and reboot in a window; denied kernels first.',
  },
  findings: {
    healthy: { zh: '内核 {running}', en: 'kernel {running}' },
    denied: { zh: '内核 {running} 在禁用列表中', en: 'kernel {running} is on the deny list' },
    notAllowed: { zh: '内核 {running} 不在允许列表中', en: 'kernel {running} is not on the allow list' },
    differs: { zh: '内核 {running} 与同池多数 {usual} 不同', en: 'kernel {running} differs from the pool’s {usual}' },
    newer: { zh: '已安装 {installed} 但运行 {running}', en: '{installed} is installed, {running} runs' },
    reboot: { zh: '系统要求重启', en: 'the system asks for a reboot' },
  },
  limits: {},
  words: { deny: '', allow: '' },
  judge({ facts, subject, words }) {
    const running = facts.text('kernel', 'running') ?? '';
    if (running === '') facts.number('kernel', 'running');
    const [deny, allow] = [listOf(words.deny), listOf(words.allow)];
    if (deny.some((pattern) => like(pattern, running))) return found('error', 'denied', { running });
    if (allow.length > 0 && !allow.some((pattern) => like(pattern, running)))
      return found('alarm', 'notAllowed', { running });
    const usual = subject.pool?.kernel;
    if (usual !== undefined && usual !== running) return found('warn', 'differs', { running, usual });
    const newest = facts.all('kernel', 'installed').toSorted(byVersion).at(-1);
    if (newest !== undefined && byVersion(newest, running) > 0)
      return found('warn', 'newer', { installed: newest, running });
    if (facts.text('kernel', 'reboot') === 'required') return found('warn', 'reboot');
    return found('info', 'healthy', { running });
  },
};

/** Numbers as numbers: 3.10.0-693 is older than 3.10.0-1160. */
export function byVersion(a: string, b: string): number {
  const [left, right] = [a, b].map((version) => version.match(/\d+/g)?.map(Number) ?? []);
  for (let i = 0; i < Math.max(left!.length, right!.length); i++) {
    const difference = (left![i] ?? 0) - (right![i] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

import { type Check, type Context, type Finding, found } from '../check.ts';
import { type Facts, numberIn } from '../facts.ts';
import { settle } from '../grade.ts';
import { worstOf } from '../level.ts';
import { PERCENT, samples } from '../reading.ts';

export const fdCount: Check = {
  id: 'fd.count',
  name: { zh: '文件句柄数检查', en: 'file handles' },
  remedy: {
    zh: '用 ls /proc/PID/fd 找出泄漏的进程；调大 fs.file-max、LimitNOFILE 或 fs.inotify.max_user_instances。',
    en: 'Find who leaks (ls /proc/PID/fd); raise fs.file-max, LimitNOFILE or fs.inotify.max_user_instances.',
  },
  findings: {
    healthy: { zh: '系统已用 {percent}%', en: '{percent}% of the system’s used' },
    system: { zh: '系统句柄已用 {percent}%', en: '{percent}% of the system’s handles used' },
    process: { zh: '{name}({pid}) 句柄已用 {percent}%', en: '{name} ({pid}) uses {percent}% of its handles' },
    small: { zh: 'file-max 仅 {max}', en: 'file-max is only {max}' },
    inotify: { zh: 'inotify 实例上限仅 {max}', en: 'only {max} inotify instances are allowed' },
  },
  limits: { error: 90, alarm: 80, warn: 70, fileMax: 1_000_000, inotify: 8192 },
  judge(context) {
    const { facts } = context;
    const percents = samples('files', (fact) => systemPercent(facts, fact));
    const level = settle(percents, context.limits, context.before);
    const percent = Math.round(percents.at(-1)! * 10) / 10;
    const system = found(level, level === 'info' ? 'healthy' : 'system', { percent });
    return { ...worstOf([system, ...ofProcesses(context), ...ofSettings(context)])!, value: percent };
  },
};

function systemPercent(facts: Facts, fact: string): number {
  const [used, , most] = (facts.text(fact, 'file-nr') ?? '').split(/\s+/).map((word) => numberIn(fact, word));
  return (used! / numberIn(fact, String(most))) * PERCENT;
}

/** Of each process that is there in both samples the lower share. */
function ofProcesses({ facts, limits }: Context): Finding[] {
  const [first, second] = samples('files', (fact) => new Map(facts.all(fact, 'open').map(shareOf)));
  return [...second!].flatMap(([key, share]) => {
    const [name = '', pid = ''] = key.split(' ');
    const level = settle([first!.get(key) ?? 0, share], limits, undefined);
    return level === 'info' ? [] : [found(level, 'process', { name, pid, percent: Math.round(share) })];
  });
}

function shareOf(line: string): [string, number] {
  const [name, pid, open = '', most = ''] = line.split(' ');
  const share = most === 'unlimited' ? 0 : (numberIn('files', open) / numberIn('files', most)) * PERCENT;
  return [`${name} ${pid}`, share];
}

function ofSettings({ facts, limits }: Context): Finding[] {
  const [max, inotify] = [facts.maybe('limits', 'file_max'), facts.maybe('limits', 'inotify_instances')];
  return [
    ...(max !== undefined && max < limits.fileMax! ? [found('warn', 'small', { max })] : []),
    ...(inotify !== undefined && inotify < limits.inotify! ? [found('warn', 'inotify', { max: inotify })] : []),
  ];
}

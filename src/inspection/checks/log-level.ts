import { type Check, type Context, type Finding, found } from '../check.ts';
import { numberIn, Unreadable } from '../facts.ts';
import { worstOf } from '../level.ts';
import { kernelNews, processesOf } from '../reading.ts';

export const logLevel: Check = {
  id: 'log.level',
  name: { zh: '系统日志级别检查', en: 'system log level' },
  remedy: {
    zh: '先处理日志中的硬件、文件系统与 OOM 记录；再把 kernel.printk 与 kubelet -v 恢复为基线。',
    en: 'See to hardware, filesystem and OOM entries first; then set kernel.printk and kubelet -v back to the baseline.',
  },
  findings: {
    healthy: { zh: '控制台级别 {console}，无异常日志', en: 'console level {console}, nothing bad in the log' },
    fatal: { zh: '内核日志：{line}', en: 'kernel log: {line}' },
    alert: { zh: '系统日志 emerg/alert: {line}', en: 'system log, emerg or alert: {line}' },
    serious: { zh: '内核日志：{line}', en: 'kernel log: {line}' },
    oom: { zh: '{count} 次 OOM', en: '{count} OOM kills' },
    console: {
      zh: '控制台级别为 {console}，基线 {baseline}',
      en: 'console level is {console}, the baseline {baseline}',
    },
    verbose: { zh: 'kubelet 日志级别 -v={level}', en: 'the kubelet logs with -v={level}' },
    errors: {
      zh: '一小时内 {count} 条错误日志，平时约 {usual}',
      en: '{count} errors logged in an hour, usually about {usual}',
    },
  },
  limits: { console: 4, consoleAlarm: 7, oom: 3, verbosity: 4, times: 10, errors: 100 },
  judge(context) {
    const { facts } = context;
    const console = numberIn('log', facts.text('log', 'printk')?.split(/\s+/)[0] ?? '');
    const findings = [...ofKernel(context), ...ofJournal(context), ...ofSettings(context, console)];
    const errors = errorsOf(context);
    const usual = Number(context.before?.kept.errors ?? errors ?? 0);
    const keep = { uptime: facts.uptime, errors: errors === undefined ? usual : usual * 0.8 + errors * 0.2 };
    return { ...worstOf([...findings, found('info', 'healthy', { console })])!, keep };
  },
};

function ofKernel(context: Context): Finding[] {
  const { facts, limits } = context;
  facts.lines('kmsg');
  const [fatal, serious, oom] = ['fatal', 'serious', 'oom'].map((kind) => kernelNews(context, kind));
  return [
    ...(fatal!.length > 0 ? [found('error', 'fatal', { line: fatal!.at(-1)! })] : []),
    ...(serious!.length > 0 ? [found('alarm', 'serious', { line: serious!.at(-1)! })] : []),
    ...(oom!.length >= limits.oom! ? [found('alarm', 'oom', { count: oom!.length })] : []),
  ];
}

function ofJournal(context: Context): Finding[] {
  const { facts, limits, before } = context;
  const errors = errorsOf(context);
  if (errors === undefined) return [];
  const alert = facts.all('journal', 'alert').at(-1);
  const usual = Math.max(1, Number(before?.kept.errors ?? errors));
  return [
    ...(alert === undefined ? [] : [found('error', 'alert', { line: alert })]),
    ...(errors >= limits.errors! && errors > usual * limits.times!
      ? [found('warn', 'errors', { count: errors, usual: Math.round(usual) })]
      : []),
  ];
}

/** Undefined where there is no journal, or it took too long to read. */
function errorsOf({ facts }: Context): number | undefined {
  const fact = facts.find('journal');
  return !fact || fact.error !== undefined || facts.absent('journal') ? undefined : facts.maybe('journal', 'errors');
}

function ofSettings(context: Context, console: number): Finding[] {
  const { limits } = context;
  const baseline = limits.console!;
  const level = verbosity(context);
  return [
    ...(console >= limits.consoleAlarm! ? [found('alarm', 'console', { console, baseline })] : []),
    ...(console !== baseline ? [found('warn', 'console', { console, baseline })] : []),
    ...(level > limits.verbosity! ? [found('warn', 'verbose', { level })] : []),
  ];
}

function verbosity({ facts }: Context): number {
  try {
    const words = processesOf(facts, 'kubelet_process')[0]?.cmdline ?? '';
    return Number(/ (?:-v|--v)[= ](\d+)/.exec(words)?.[1] ?? 0);
  } catch (error) {
    if (error instanceof Unreadable) return 0;
    throw error;
  }
}

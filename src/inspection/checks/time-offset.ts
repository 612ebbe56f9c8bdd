import { type Check, type Context, type Finding, found } from '../check.ts';
import { type Facts, numberIn } from '../facts.ts';
import { grade } from '../grade.ts';
import { worstOf } from '../level.ts';

interface Time {
  readonly offsetMs: number;
  readonly maxErrorMs?: number;
  readonly synchronised: boolean;
  readonly sources?: number;
}

export const timeOffset: Check = {
  id: 'time.offset',
  name: { zh: 'ntp时间误差检查', en: 'NTP time offset' },
  remedy: {
    zh: '确认 chronyd/ntpd 运行且有两个以上可达的时间源；偏差大时分步校正，不要直接跳变。',
    en: 'See that chronyd or ntpd runs with two or more sources; correct a large offset by slewing, not by a jump.',
  },
  findings: {
    healthy: { zh: '偏差 {ms} 毫秒', en: 'off by {ms} ms' },
    offset: { zh: '偏差 {ms} 毫秒', en: 'off by {ms} ms' },
    seen: { zh: '与巡检端时钟至少相差 {ms} 毫秒', en: 'off the inspector’s clock by {ms} ms at least' },
    unsynchronised: { zh: '时钟未同步', en: 'the clock is not synchronised' },
    uncertain: { zh: '最大误差 {ms} 毫秒', en: 'the error may be {ms} ms' },
    none: { zh: '没有时间源', en: 'there is no source of time' },
    single: { zh: '只有一个时间源', en: 'there is one source of time only' },
  },
  limits: { error: 1000, alarm: 500, warn: 50, maxErrorMs: 16_000 },
  judge(context) {
    const { facts } = context;
    const time = chrony(facts) ?? ntp(facts) ?? timesync(facts);
    const ms = Math.round(Math.max(Math.abs(time?.offsetMs ?? 0), 0) * 1000) / 1000;
    const findings = [...ofWindow(context), ...(time ? ofTime(context, time, ms) : [found('alarm', 'none')])];
    return { ...worstOf([...findings, found('info', 'healthy', { ms })])!, value: ms };
  },
};

function ofTime({ limits }: Context, time: Time, ms: number): Finding[] {
  const level = grade(ms, limits);
  return [
    ...(level === 'info' ? [] : [found(level, 'offset', { ms })]),
    ...(time.synchronised ? [] : [found('alarm', 'unsynchronised')]),
    ...((time.maxErrorMs ?? 0) >= limits.maxErrorMs! ? [found('alarm', 'uncertain', { ms: time.maxErrorMs! })] : []),
    ...(time.sources === 0 ? [found('alarm', 'none')] : []),
    ...(time.sources === 1 ? [found('warn', 'single')] : []),
  ];
}

/** Whoever asked knows when: a clock that reads a moment outside has been wrong by that much at least. */
function ofWindow({ facts, limits }: Context): Finding[] {
  const text = facts.find('clock')?.lines[0];
  const { asked } = facts;
  if (text === undefined || !asked) return [];
  const at = numberIn('clock', text) * 1000;
  // A clock without fractions may be read as up to a second earlier than it is.
  const late = at - asked.until;
  const early = asked.from - at - (text.includes('.') ? 0 : 1000);
  const ms = Math.round(Math.max(0, late, early));
  const level = grade(ms, limits);
  return level === 'info' ? [] : [found(level, 'seen', { ms })];
}

/** chronyc -c tracking: reference, name, stratum, time, offset, … root delay, root dispersion, interval, leap. */
function chrony(facts: Facts): Time | undefined {
  const fields = facts.text('time', 'chrony')?.split(',');
  if (!fields) return undefined;
  const seconds = (index: number) => numberIn('time', fields[index] ?? '');
  return {
    offsetMs: seconds(4) * 1000,
    maxErrorMs: (seconds(10) / 2 + seconds(11)) * 1000,
    synchronised: fields[13] !== 'Not synchronised',
    ...sourcesIn(facts),
  };
}

function ntp(facts: Facts): Time | undefined {
  const text = facts.all('time', 'ntpq').join(', ');
  const offset = /(?:^|[\s,])offset=(-?[\d.]+)/.exec(text)?.[1];
  if (offset === undefined) return undefined;
  const dispersion = /rootdisp=([\d.]+)/.exec(text)?.[1];
  return {
    offsetMs: numberIn('time', offset),
    ...(dispersion && { maxErrorMs: numberIn('time', dispersion) }),
    synchronised: !/leap=(11|3)\b|leap_alarm|sync_unspec/.test(text),
    ...sourcesIn(facts),
  };
}

/** systemd-timesyncd knows one server, and tells its offset with a unit. */
function timesync(facts: Facts): Time | undefined {
  const offset = /^Offset: ([+-]?[\d.]+)(us|ms|s|min)$/.exec(
    facts.all('time', 'timesync').find((line) => line.startsWith('Offset:')) ?? '',
  );
  if (!offset) return undefined;
  const unit = { us: 0.001, ms: 1, s: 1000, min: 60_000 }[offset[2]!]!;
  const synchronised = facts.text('time', 'timedate') !== 'NTPSynchronized=no';
  return { offsetMs: numberIn('time', offset[1]!.replace('+', '')) * unit, synchronised };
}

function sourcesIn(facts: Facts): { sources?: number } {
  const sources = facts.maybe('time', 'sources');
  return sources === undefined ? {} : { sources };
}

import { type Check, type Context, type Finding, found } from '../check.ts';
import { Unreadable } from '../facts.ts';
import { growth } from '../grade.ts';
import { worstOf } from '../level.ts';

const HOUR_MS = 3_600_000;

export const nicCrc: Check = {
  id: 'nic.crc',
  name: { zh: '数据口网卡crc错误检查', en: 'CRC errors of data ports' },
  remedy: {
    zh: '重插或更换光模块与线缆，查看交换机端口计数；错误率超过万分之一时先迁移业务。',
    en: 'Reseat or replace module and cable, look at the switch port; above 1 in 10,000 move the load away first.',
  },
  findings: {
    healthy: { zh: '{nics} 个数据口无新增错误', en: 'no new errors on {nics} data ports' },
    first: { zh: '首次读取 {nics} 个数据口，已记录基线', en: 'first look at {nics} data ports; the baseline is taken' },
    ratio: { zh: '{nic} crc 错误率 {ratio}', en: '{nic}: {ratio} of the packets with CRC errors' },
    rate: { zh: '{nic} 每小时新增 {count} 个 crc 错误', en: '{nic}: {count} new CRC errors an hour' },
    few: { zh: '{nic} 24 小时新增约 {count} 个 crc 错误', en: '{nic}: about {count} new CRC errors in 24 h' },
    carrier: { zh: '{nic} 每小时链路变化 {count} 次', en: '{nic}: {count} carrier changes an hour' },
    speed: { zh: '{nic} 速率 {speed}，应为 {usual} Mb/s', en: '{nic}: {speed} Mb/s, should be {usual}' },
    down: { zh: '{nic} 状态 {state}', en: '{nic} is {state}' },
  },
  limits: { ratioError: 1e-4, ratioAlarm: 1e-6, perHourAlarm: 100, perDayWarn: 10, carrierPerHour: 6, speed: 0 },
  judge(context) {
    const ports = portsOf(context);
    const keep: Record<string, number> = {};
    const findings = [...ports].flatMap(([nic, values]) => ofPort(context, nic, values, keep));
    const first = context.before?.sameBoot ? 'healthy' : 'first';
    return { ...worstOf([...findings, found('info', first, { nics: ports.size })])!, keep };
  },
};

type Values = ReadonlyMap<string, string>;

function portsOf({ facts }: Context): Map<string, Map<string, string>> {
  const ports = new Map<string, Map<string, string>>();
  for (const line of facts.all('nics', 'nic')) {
    const [nic = '', name = '', ...value] = line.split(' ');
    const values = ports.get(nic) ?? new Map<string, string>();
    ports.set(nic, values.set(name, value.join(' ')));
  }
  if (ports.size === 0) throw new Unreadable('nics', 'no data port was found; name them in the settings');
  return ports;
}

function ofPort(context: Context, nic: string, values: Values, keep: Record<string, number>): Finding[] {
  const state = values.get('operstate');
  if (values.has('missing') || state === 'down') return [found('error', 'down', { nic, state: state ?? 'missing' })];
  const grown = (name: string) => {
    const now = Number(values.get(name) ?? Number.NaN);
    if (!Number.isFinite(now)) return undefined;
    keep[`${nic} ${name}`] = now;
    return growth(now, context.before, `${nic} ${name}`);
  };
  const [errors, packets, carrier] = [grown('rx_crc_errors'), grown('rx_packets'), grown('carrier_changes')];
  const hours = context.before ? Math.max(1 / 60, (context.now - context.before.at) / HOUR_MS) : 1;
  return [
    ...ofErrors(context, nic, { errors, packets, hours }),
    ...(carrier !== undefined && carrier >= 2 && carrier / Math.max(1, hours) >= context.limits.carrierPerHour!
      ? [found('error', 'carrier', { nic, count: Math.round(carrier / Math.max(1, hours)) })]
      : []),
    ...ofSpeed(context, nic, Number(values.get('speed') ?? -1), keep),
  ];
}

interface Growth {
  readonly errors: number | undefined;
  readonly packets: number | undefined;
  readonly hours: number;
}

function ofErrors({ limits }: Context, nic: string, { errors, packets, hours }: Growth): Finding[] {
  if (errors === undefined || errors === 0) return [];
  const ratio = packets ? errors / packets : 0;
  const level = ratio > limits.ratioError! ? 'error' : ratio > limits.ratioAlarm! ? 'alarm' : undefined;
  // A handful of errors among a handful of packets is no rate.
  if (level && errors >= 10) return [found(level, 'ratio', { nic, ratio: ratio.toExponential(1) }, ratio)];
  const count = Math.round(errors / Math.max(1, hours));
  if (count >= limits.perHourAlarm!) return [found('alarm', 'rate', { nic, count }, ratio)];
  const inDay = hours <= 24 ? errors : (errors / hours) * 24;
  return inDay >= limits.perDayWarn! ? [found('warn', 'few', { nic, count: Math.round(inDay) }, ratio)] : [];
}

/** A port that has come up slower than it was, or than it should be. */
function ofSpeed({ limits, before }: Context, nic: string, speed: number, keep: Record<string, number>): Finding[] {
  if (!(speed > 0)) return [];
  const usual = limits.speed! > 0 ? limits.speed! : Math.max(speed, Number(before?.kept[`${nic} best`] ?? 0));
  keep[`${nic} best`] = usual;
  return speed < usual ? [found('error', 'speed', { nic, speed, usual })] : [];
}

/** What the owners read: a notice that a host goes into maintenance, and one that it is back. In Chinese and in English. */
import type { Operation } from '../operation.ts';
import type { MailKind } from './notifier.ts';
import type { Letter } from './smtp-mailer.ts';

export type MailLanguage = 'zh' | 'en';

interface Words {
  readonly subject: Readonly<Record<MailKind | 'aborted', (host: string) => string>>;
  readonly opening: Readonly<Record<MailKind | 'aborted', string>>;
  readonly fields: Readonly<
    Record<'host' | 'address' | 'reason' | 'repair' | 'window' | 'operator' | 'operation' | 'took' | 'verified', string>
  >;
  readonly heads: readonly [string, string, string, string, string];
  readonly nobody: string;
  readonly byHand: string;
  readonly closing: Readonly<Record<MailKind | 'aborted', string>>;
  readonly minutes: (count: number) => string;
}

const WORDS: Readonly<Record<MailLanguage, Words>> = {
  zh: {
    subject: {
      maintenance: (host) => `【运维通知】主机 ${host} 即将维护`,
      recovery: (host) => `【恢复通知】主机 ${host} 已恢复`,
      aborted: (host) => `【恢复通知】主机 ${host} 的维护已中止`,
    },
    opening: {
      maintenance: '您好：以下主机将进行维护，其上的应用实例会被迁移到其他主机。',
      recovery: '您好：以下主机已完成维护并通过验证，已恢复服务。',
      aborted: '您好：以下主机的维护已中止，主机已恢复到维护前的状态。',
    },
    fields: {
      host: '主机',
      address: 'IP',
      reason: '故障原因',
      repair: '处理方式',
      window: '预计时长',
      operator: '操作人',
      operation: '操作单',
      took: '耗时',
      verified: '验证结果',
    },
    heads: ['命名空间', '应用', '负责人', '本机实例数', '总实例数'],
    nobody: '本机没有受影响的应用。',
    byHand: '人工处理',
    closing: {
      maintenance: '如有疑问或需要推迟，请尽快联系操作人。',
      recovery: '如应用仍有异常，请联系操作人。',
      aborted: '如应用有异常，请联系操作人。',
    },
    minutes: (count) => `约 ${count} 分钟`,
  },
  en: {
    subject: {
      maintenance: (host) => `[Maintenance] host ${host} is about to be taken out of service`,
      recovery: (host) => `[Recovered] host ${host} is back in service`,
      aborted: (host) => `[Recovered] maintenance of host ${host} was aborted`,
    },
    opening: {
      maintenance:
        'The host below is about to be maintained. Instances of applications on it are moved to other hosts.',
      recovery: 'The host below has been maintained and verified, and is back in service.',
      aborted: 'Maintenance of the host below was aborted. The host is as it was before.',
    },
    fields: {
      host: 'Host',
      address: 'Address',
      reason: 'Reason',
      repair: 'Repair',
      window: 'Expected to take',
      operator: 'Operator',
      operation: 'Operation',
      took: 'Took',
      verified: 'Verified',
    },
    heads: ['Namespace', 'Application', 'Owner', 'Instances here', 'Instances in all'],
    nobody: 'No application on this host is affected.',
    byHand: 'by hand',
    closing: {
      maintenance: 'If this must wait, please tell the operator soon.',
      recovery: 'If an application is still not well, please tell the operator.',
      aborted: 'If an application is not well, please tell the operator.',
    },
    minutes: (count) => `about ${count} min`,
  },
};

export function letterFor(operation: Operation, kind: MailKind, language: MailLanguage, now: number): Letter {
  const words = WORDS[language];
  const tone = kind === 'recovery' && operation.abort ? 'aborted' : kind;
  const fields = fieldsOf(operation, kind, words, now);
  const rows = operation.impact.map((one) => [
    one.namespace,
    one.application,
    one.owner,
    String(one.pods),
    String(one.replicas),
  ]);
  const [opening, closing] = [words.opening[tone], words.closing[tone]];
  return {
    subject: words.subject[tone](operation.host),
    text: [
      opening,
      '',
      ...fields.map(([name, value]) => `${name}: ${value}`),
      '',
      ...textTable(words, rows),
      '',
      closing,
      '',
    ].join('\n'),
    html: `<p>${escaped(opening)}</p><table>${fields.map(([name, value]) => row([name, value])).join('')}</table>${htmlTable(words, rows)}<p>${escaped(closing)}</p>`,
  };
}

const MINUTE_MS = 60_000;

function fieldsOf(operation: Operation, kind: MailKind, words: Words, now: number): [string, string][] {
  const { fields, minutes } = words;
  const { host, address, reason, repair, requestedBy, id, startedAt, findings, drainTimeoutMs, healthyDelayMs } =
    operation;
  const base: [string, string][] = [
    [fields.host, host],
    [fields.address, address],
    [fields.reason, reason],
    [fields.repair, repair ?? words.byHand],
    [fields.operator, requestedBy],
    [fields.operation, id],
  ];
  if (kind === 'maintenance')
    return [...base, [fields.window, minutes(Math.ceil((drainTimeoutMs + healthyDelayMs) / MINUTE_MS))]];
  const took = Math.max(1, Math.round((now - (startedAt ?? now)) / MINUTE_MS));
  return [...base, [fields.took, minutes(took)], [fields.verified, findings?.join('; ') || 'OK']];
}

function textTable(words: Words, rows: readonly (readonly string[])[]): string[] {
  if (rows.length === 0) return [words.nobody];
  return [words.heads, ...rows].map((cells) => cells.join(' | '));
}

function htmlTable(words: Words, rows: readonly (readonly string[])[]): string {
  if (rows.length === 0) return `<p>${escaped(words.nobody)}</p>`;
  return `<table border="1">${row(words.heads, 'th')}${rows.map((cells) => row(cells)).join('')}</table>`;
}

function row(cells: readonly string[], tag = 'td'): string {
  return `<tr>${cells.map((cell) => `<${tag}>${escaped(cell)}</${tag}>`).join('')}</tr>`;
}

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (char) => `&#${char.charCodeAt(0)};`);
}

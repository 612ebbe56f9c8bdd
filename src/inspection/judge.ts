/** Facts of one host to results: pure, and always one result for each check. */
import { type Check, type Context, type Finding, found } from './check.ts';
import { CHECKS } from './checks/index.ts';
import { type Exemption, exempts } from './exemption.ts';
import { Facts, Unreadable } from './facts.ts';
import { type Level, rank } from './level.ts';
import { beforeOf, bootOf, type CheckMemory, type HostMemory, remember } from './memory.ts';
import { isPlugin, pluginCheck, pluginsIn } from './plugin.ts';
import { NO_SETTINGS, type Settings, settingsFor } from './settings.ts';
import type { Subject } from './subject.ts';
import { fill, type Language, type Params, type Text } from './text.ts';

export interface Result {
  readonly check: string;
  readonly host: string;
  readonly level: Level;
  readonly finding: string;
  readonly params: Params;
  readonly value?: number;
  /** The exemption by which it is Info; what it is without is in `params.exempted`. */
  readonly exemption?: number;
  readonly readAt: number;
}

/** What came from a host, or why nothing came. */
export type Answer = { readonly facts: Facts } | { readonly failure: Failure };

export interface Failure {
  /** `unreachable`: nobody answered; `timeout`: not in time; `stale`: what there is is too old; `malformed`: no facts. */
  readonly kind: 'unreachable' | 'timeout' | 'stale' | 'malformed';
  readonly reason: string;
}

export interface JudgeOptions {
  readonly now: number;
  readonly settings?: Settings;
  readonly memory?: HostMemory;
  readonly exemptions?: readonly Exemption[];
  /** @default all */
  readonly checks?: readonly Check[];
}

export interface Judgement {
  readonly results: readonly Result[];
  readonly memory: HostMemory;
}

/** Findings of every check. */
const COMMON: Readonly<Record<string, Text>> = {
  unreadable: { zh: '{fact} 无法读取：{reason}', en: '{fact} could not be read: {reason}' },
  unreachable: { zh: '主机无应答：{reason}', en: 'the host does not answer: {reason}' },
  timeout: { zh: '超时未完成：{reason}', en: 'not done in time: {reason}' },
  stale: { zh: '数据已过期：{reason}', en: 'what there is is too old: {reason}' },
  malformed: { zh: '应答格式不符：{reason}', en: 'the answer has another form: {reason}' },
  broken: { zh: '检查程序出错：{reason}', en: 'the check itself failed: {reason}' },
};

export function judge(subject: Subject, answer: Answer, options: JudgeOptions): Judgement {
  const { now, memory, checks = CHECKS, exemptions = [] } = options;
  const facts = 'facts' in answer ? answer.facts : NO_FACTS;
  const boot = 'facts' in answer ? bootOf(facts) : (memory?.boot ?? '');
  const settings = settingsFor(options.settings ?? NO_SETTINGS, subject);
  const readAt = 'facts' in answer ? (facts.asked?.until ?? facts.startedAt) : now;
  const kept: Record<string, CheckMemory> = { ...memory?.checks };
  const results = [...checks, ...pluginsIn(facts)].map((check): Result => {
    const before = beforeOf(memory, check.id, boot);
    const context: Context = { facts, subject, now, ...settings(check), ...(before && { before }) };
    const finding = 'facts' in answer ? judged(check, context) : unanswered(check, context, answer.failure);
    // What is unknown now does not undo what was known.
    if (finding.level !== 'unknown') kept[check.id] = remember(finding.level, finding.keep);
    const { level, params = {}, value } = finding;
    const base = { check: check.id, host: subject.host, finding: finding.finding, readAt };
    const exemption = level === 'info' ? undefined : exemptions.find((one) => exempts(one, check.id, subject, now));
    const result = { ...base, level, params, ...(value !== undefined && { value }) };
    if (!exemption) return result;
    return { ...result, level: 'info', params: { ...params, exempted: level }, exemption: exemption.id };
  });
  return { results, memory: { at: now, boot, checks: kept } };
}

const NO_FACTS = new Facts(new Map(), { startedAt: 0, uptime: 0, whole: false, asked: undefined });

function judged(check: Check, context: Context): Finding {
  try {
    return check.judge(context);
  } catch (error) {
    if (!(error instanceof Unreadable)) return found('unknown', 'broken', { reason: messageOf(error) });
    const { fact, reason, raw } = error;
    return found('unknown', 'unreadable', { fact, reason, ...(raw && { raw: raw.slice(0, 500) }) });
  }
}

/** Of a host that says nothing only that is known which is known without it. */
function unanswered(check: Check, context: Context, { kind, reason }: Failure): Finding {
  return check.absent?.(context) ?? found('unknown', kind, { reason });
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** What the operator reads of a result. */
export function describe(result: Pick<Result, 'check' | 'finding' | 'params'>, language: Language): string {
  const text = COMMON[result.finding] ?? checkOf(result.check).findings[result.finding];
  return text ? fill(text, result.params, language) : result.finding;
}

const BY_ID = new Map(CHECKS.map((check) => [check.id, check]));

/** The check of an id; of one that is no longer there, its name at least. */
export function checkOf(id: string): Check {
  const check = BY_ID.get(id);
  if (check) return check;
  return isPlugin(id) ? pluginCheck(id) : { ...pluginCheck(id), name: { zh: id, en: id } };
}

/** Deck order; plugins behind, by name. */
export function orderOf(id: string): number {
  const at = CHECKS.findIndex((check) => check.id === id);
  return at < 0 ? CHECKS.length : at;
}

/** How bad the worst is; Unknown stands apart. */
export function worstLevel(results: readonly Pick<Result, 'level'>[]): Level {
  const known = results.filter((result) => result.level !== 'unknown');
  if (known.length === 0) return results.length > 0 ? 'unknown' : 'info';
  return known.reduce<Level>((worst, { level }) => (rank(level) > rank(worst) ? level : worst), 'info');
}

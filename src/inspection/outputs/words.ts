/** The words of the brief, as its readers know them. */
import type { Level } from '../level.ts';
import type { Brief } from '../runs/brief.ts';
import type { Language, Text } from '../text.ts';

export interface BriefColumn {
  readonly level: Level;
  readonly title: Text;
}

const ALL: readonly BriefColumn[] = [
  { level: 'error', title: { zh: 'Error统计', en: 'Error' } },
  { level: 'alarm', title: { zh: 'Alarm统计', en: 'Alarm' } },
  { level: 'warn', title: { zh: 'Warn统计', en: 'Warn' } },
  { level: 'info', title: { zh: 'Info统计', en: 'Info' } },
  { level: 'unknown', title: { zh: '未执行', en: 'Unknown' } },
];

/** Unknown has a column only when there is any. */
export const COLUMNS = {
  check: { zh: '检查点', en: 'Check' } satisfies Text,
  of: ({ rows }: Pick<Brief, 'rows'>) =>
    ALL.filter(({ level }) => level !== 'unknown' || rows.some((row) => row.unknown > 0)),
};

/** `巡检简报 #12 2026-01-02 08:00:00 · 90 台 · 99.6 A` */
export function titleOf(brief: Brief, language: Language, timezone = 'Asia/Shanghai'): string {
  const { run, score, grade } = brief;
  const time = timeIn(run.finishedAt ?? run.startedAt, timezone);
  const words = { zh: ['巡检简报', `${run.scope} 台主机`], en: ['Inspection brief', `${run.scope} hosts`] }[language];
  const cut = { zh: { cut: '超时截止', stopped: '已终止' }, en: { cut: 'time was up', stopped: 'stopped' } }[language];
  const state = run.state === 'cut' || run.state === 'stopped' ? ` · ${cut[run.state]}` : '';
  return `${words[0]} #${run.id} · ${time} · ${words[1]} · ${score.toFixed(1)} ${grade}${state}`;
}

/** With the offset, so that nobody has to guess whose clock it is. */
export function timeIn(ms: number, timezone: string): string {
  const form = { timeZone: timezone, dateStyle: 'short', timeStyle: 'medium', hour12: false } as const;
  return `${new Date(ms).toLocaleString('sv-SE', form)} ${timezone}`;
}

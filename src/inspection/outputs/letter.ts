/** The brief as a mail: what on-call people must know first, then what has changed since the run before, then the table. */
import type { Records } from '../../records/index.ts';
import { checkOf, type Result } from '../judge.ts';
import { type Brief, briefOf } from '../runs/brief.ts';
import { type Change, type Diff, diffOf } from '../runs/diff.ts';
import { listResults } from '../runs/result-store.ts';
import { listRuns, type Run } from '../runs/run.ts';
import { type Signal, signalsOf } from '../runs/signals.ts';
import type { Language } from '../text.ts';
import { briefHtml } from './html.ts';
import { COLUMNS, titleOf } from './words.ts';

export interface BriefLetter {
  readonly subject: string;
  readonly text: string;
  readonly html: string;
}

const WORDS = {
  zh: {
    urgent: '值班关注',
    calm: '无需值班关注。',
    since: (id: number) => `与 #${id} 相比`,
    first: '这是第一次巡检，没有可比较的结果。',
    same: '没有变化。',
    kinds: { new: '新增', worse: '加重', better: '减轻', fixed: '恢复' },
    silent: '主机无应答',
    systemic: '批量异常',
    more: (count: number) => `…… 另有 ${count} 项`,
  },
  en: {
    urgent: 'For whoever is on call',
    calm: 'Nothing for whoever is on call.',
    since: (id: number) => `Since #${id}`,
    first: 'This is the first run: there is nothing to compare it with.',
    same: 'Nothing has changed.',
    kinds: { new: 'new', worse: 'worse', better: 'better', fixed: 'fixed' },
    silent: 'the host does not answer',
    systemic: 'systemic',
    more: (count: number) => `… and ${count} more`,
  },
} as const;

/** A mail is read, not searched. */
const MOST_LINES = 50;
const MOST_RESULTS = 500;

export async function briefLetter(records: Records, run: Run, language: Language): Promise<BriefLetter> {
  const [brief, signals, before] = await Promise.all([
    briefOf(records, run),
    signalsOf(records, run),
    runBefore(records, run),
  ]);
  const diff = before && (await diffOf(records, before, run));
  const page = await listResults(records, run.id, { bad: true, limit: MOST_RESULTS });
  const news = [...urgentLines(signals, language), '', ...changeLines(diff, before, language)];
  const title = titleOf(brief, language);
  return {
    subject: `${title}${subjectOf(diff, language)}`,
    text: [title, '', ...news, '', ...tableLines(brief, language), ''].join('\n'),
    html: withNews(briefHtml(brief, page.items as Result[], language), news),
  };
}

async function runBefore(records: Records, run: Run): Promise<Run | undefined> {
  const { items } = await listRuns(records, { limit: 20, after: String(run.id), ...(run.plan && { plan: run.plan }) });
  return items.find(({ state }) => state !== 'running');
}

/** What is covered by a signal that says more is left out. */
function urgentLines(signals: readonly Signal[], language: Language): string[] {
  const words = WORDS[language];
  const lines = signals
    .filter(({ severity, inhibitedBy }) => severity === 'critical' && !inhibitedBy)
    .map(({ name, labels }) => {
      const check = labels.check === undefined ? '' : checkOf(labels.check).name[language];
      if (name === 'HostUnreachable') return `${labels.node}: ${words.silent}`;
      return name === 'InspectionSystemic'
        ? `${words.systemic}: ${check}, ${labels.zone}`
        : `${labels.node}: ${check} Error`;
    });
  return lines.length === 0 ? [words.calm] : [`${words.urgent}:`, ...listed(lines, language)];
}

function changeLines(diff: Diff | undefined, before: Run | undefined, language: Language): string[] {
  const words = WORDS[language];
  if (!diff || !before) return [words.first];
  const line = (kind: keyof Diff) => (change: Change) =>
    `${words.kinds[kind]}: ${change.host}: ${checkOf(change.check).name[language]} ${change.from ?? '-'} → ${change.to ?? '-'}`;
  const lines = (['new', 'worse', 'better', 'fixed'] as const).flatMap((kind) => diff[kind].map(line(kind)));
  return [`${words.since(before.id)}:`, ...(lines.length === 0 ? [`  ${words.same}`] : listed(lines, language))];
}

function listed(lines: readonly string[], language: Language): string[] {
  const shown = lines.slice(0, MOST_LINES);
  const rest = lines.length - shown.length;
  return [...shown, ...(rest > 0 ? [WORDS[language].more(rest)] : [])].map((line) => `  ${line}`);
}

function subjectOf(diff: Diff | undefined, language: Language): string {
  if (!diff) return '';
  const { kinds } = WORDS[language];
  const counts = (['new', 'worse', 'fixed'] as const).map((kind) => `${kinds[kind]} ${diff[kind].length}`);
  return ` · ${counts.join(', ')}`;
}

function tableLines(brief: Brief, language: Language): string[] {
  const columns = COLUMNS.of(brief);
  const head = [COLUMNS.check[language], ...columns.map(({ title }) => title[language])];
  const rows = brief.rows.map((row) => [row.name[language], ...columns.map(({ level }) => String(row[level]))]);
  return [head, ...rows].map((cells) => cells.join(' | '));
}

/** Above the table of the page. */
function withNews(page: string, news: readonly string[]): string {
  const lines = news.map((line) => line.replace(/[&<>"']/g, (char) => `&#${char.charCodeAt(0)};`));
  return page.replace('</h1>', () => `</h1>\n<pre>${lines.join('\n')}</pre>`);
}

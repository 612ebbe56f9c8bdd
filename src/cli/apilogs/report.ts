/** `jdos apilogs report`: ready-made questions, as tables, for programs, or as one page with pictures. */
import { writeFileSync } from 'node:fs';
import process from 'node:process';
import { type Command, Option } from 'commander';
import type { AuditQuery, Language, Report, Table } from '../../apilogs/index.ts';
import { Progress } from '../progress.ts';
import { write } from '../sql/pager.ts';
import { formatResult } from '../sql/result-format.ts';
import { adviseIfOutgrown } from './outgrown.ts';
import { addPeriod, type PeriodOptions, parametersOf } from './period.ts';
import { addStore, type StoreOptions, storeOf } from './store.ts';
import { plainRows } from './values.ts';

const FORMATS = ['table', 'json', 'yaml', 'csv', 'html'] as const;

interface ReportOptions extends StoreOptions, PeriodOptions {
  readonly output: (typeof FORMATS)[number];
  readonly file?: string;
  readonly lang: Language;
  readonly namespace?: readonly string[];
}

export function defineReport(command: Command): void {
  addPeriod(addStore(command))
    .argument('[names...]', 'which reports, or all; without a name they are listed')
    .addOption(new Option('-o, --output <format>', 'how to answer').choices(FORMATS).default('table'))
    .option('-f, --file <file>', 'write the answer there')
    .option('-n, --namespace <names...>', 'only what happened to objects in these namespaces')
    .addOption(
      new Option('--lang <language>', 'of titles and explanations').choices(['en', 'zh']).default(spoken(), 'by LANG'),
    )
    .action(run);
}

function spoken(): Language {
  return /^zh/.test(process.env.LC_ALL || process.env.LANG || '') ? 'zh' : 'en';
}

async function run(names: readonly string[], options: ReportOptions): Promise<void> {
  const { AuditQuery, reports, reportsNamed } = await import('../../apilogs/index.ts');
  const html = options.output === 'html';
  if (names.length === 0 && !html) return list(reports(), options);
  const chosen = reportsNamed(names.length === 0 ? ['all'] : names);
  const { namespace } = options;
  await using query = await AuditQuery.open(storeOf(options), namespace ? { namespaces: namespace } : {});
  await adviseIfOutgrown(query.extent(parametersOf(options)), options);
  const answers = await answered(query, chosen, options);
  const text = html
    ? await asPage(query, answers, options)
    : answers.map((one) => asText(one, options, chosen.length > 1)).join('');
  if (options.file) writeFileSync(options.file, text, { mode: 0o600 });
  else await write(text);
}

interface Answered extends Table {
  readonly report: Report;
}

async function answered(query: AuditQuery, chosen: readonly Report[], options: ReportOptions): Promise<Answered[]> {
  const progress = new Progress();
  const answers: Answered[] = [];
  let slowest = 0;
  for (const report of chosen) {
    progress.bar(report.name, answers.length, chosen.length);
    const begin = performance.now();
    answers.push({ report, ...(await query.report(report, parametersOf(options))) });
    slowest = Math.max(slowest, performance.now() - begin);
  }
  progress.end();
  await adviseIfOutgrown({ bytes: 0 }, options, slowest);
  return answers;
}

function asText({ report, columns, rows }: Answered, { output, lang }: ReportOptions, several: boolean): string {
  const format = output === 'html' ? 'table' : output;
  if (format === 'json' && several)
    return `${JSON.stringify({ report: report.name, columns, rows: plainRows(rows) })}\n`;
  const text = formatResult(format, columns, plainRows(rows));
  if (format !== 'table') return several ? `# ${report.name}\n${text}` : text;
  return `\n${report.title[lang]}\n${report.explanation[lang]}\n\n${rows.length > 0 ? text : `${NONE[lang]}\n`}`;
}

const NONE = { en: 'Nothing of this kind.', zh: '没有此类记录。' };

async function asPage(query: AuditQuery, answers: readonly Answered[], options: ReportOptions): Promise<string> {
  const { htmlPage } = await import('../../apilogs/index.ts');
  const { events, fromUs, toUs } = query.extent(parametersOf(options));
  const time = (ms: number) => new Date(ms).toISOString().replace(/\.\d+Z$/, 'Z');
  return htmlPage(answers, {
    language: options.lang,
    facts: [
      [{ en: 'from', zh: '起始' }, time(options.from ?? fromUs / 1000)],
      [{ en: 'to', zh: '结束' }, time(options.to ?? toUs / 1000)],
      [{ en: 'events', zh: '事件数' }, events.toLocaleString('en-US')],
      ...(options.user ? [[{ en: 'user', zh: '用户' }, options.user] as const] : []),
      ...(options.namespace ? [[{ en: 'namespaces', zh: '命名空间' }, options.namespace.join(', ')] as const] : []),
    ],
  });
}

async function list(all: readonly Report[], { lang }: ReportOptions): Promise<void> {
  const { formatTable } = await import('../table.ts');
  const columns = [
    { head: 'NAME', cell: (report: Report) => report.name },
    { head: 'WHAT', cell: (report: Report) => report.title[lang] },
  ];
  process.stdout.write(formatTable(columns, all));
}

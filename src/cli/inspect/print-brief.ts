/** Prints a brief in the form that was asked for. */
import process from 'node:process';
import { type Command, Option } from 'commander';
import { stringify } from 'yaml';
import {
  type Brief,
  briefCsv,
  briefHtml,
  briefJUnit,
  briefMetrics,
  COLUMNS,
  checkOf,
  type Language,
  listResults,
  type Result,
  titleOf,
} from '../../inspection/index.ts';
import type { Records } from '../../records/index.ts';
import { formatTable } from '../table.ts';

const FORMATS = ['table', 'json', 'yaml', 'csv', 'html', 'junit', 'prometheus'] as const;
export type BriefFormat = (typeof FORMATS)[number];

export interface BriefOutput {
  readonly output: BriefFormat;
  readonly lang: Language;
}

export function addBriefOutput(command: Command): Command {
  return command.addOption(new Option('-o, --output <format>', 'output format').choices(FORMATS).default('table'));
}

export async function printBrief(records: Records, brief: Brief, { output, lang }: BriefOutput): Promise<void> {
  process.stdout.write(await textOf(records, brief, output, lang));
}

async function textOf(records: Records, brief: Brief, output: BriefFormat, lang: Language): Promise<string> {
  switch (output) {
    case 'json':
      return `${JSON.stringify(brief, null, 2)}\n`;
    case 'yaml':
      return stringify(brief);
    case 'csv':
      return briefCsv(brief, lang);
    case 'html':
      return briefHtml(brief, await badResults(records, brief), lang);
    case 'junit':
      return briefJUnit(brief, await badResults(records, brief), lang);
    case 'prometheus':
      return briefMetrics(brief);
    case 'table':
      return table(brief, lang);
  }
}

function table(brief: Brief, lang: Language): string {
  const columns = [
    { head: COLUMNS.check[lang], cell: (row: Brief['rows'][number]) => row.name[lang] },
    ...COLUMNS.of(brief).map(({ level, title }) => ({
      head: title[lang],
      cell: (row: Brief['rows'][number]) => row[level],
    })),
  ];
  const systemic = brief.systemic.map(({ check, zone, hosts, of }) => {
    const name = checkOf(check).name[lang];
    return lang === 'zh'
      ? `批量异常：${zone} 的 ${name}，${hosts}/${of} 台\n`
      : `systemic: ${name} on ${hosts} of ${of} hosts in ${zone}\n`;
  });
  return `${titleOf(brief, lang)}\n\n${formatTable(columns, brief.rows)}${systemic.length > 0 ? `\n${systemic.join('')}` : ''}`;
}

async function badResults(records: Records, brief: Brief): Promise<Result[]> {
  const all: Result[] = [];
  let after: string | undefined;
  do {
    const page = await listResults(records, brief.run.id, { bad: true, limit: 2000, ...(after && { after }) });
    all.push(...page.items);
    after = page.next;
  } while (after !== undefined);
  return all;
}

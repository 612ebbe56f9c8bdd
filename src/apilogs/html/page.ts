/**
 * Reports as one page that needs nothing else: tables, pictures, both languages. What stands in logs was written by
 * clients, so every word of it is escaped, and the page may not run scripts or load anything, whatever it holds.
 */
import type { Plain, ResultColumn } from '../../engine/index.ts';
import { heading, type Language, type Report } from '../reports/index.ts';
import { draw } from './chart.ts';

export interface Answered {
  readonly report: Report;
  readonly columns: readonly ResultColumn[];
  readonly rows: readonly (readonly Plain[])[];
}

export interface PageFacts {
  /** Shown first; the other is a click away. */
  readonly language: Language;
  /** What the page is over: from, to, cluster and the like. */
  readonly facts: readonly (readonly [Record<Language, string>, string])[];
}

const TITLE = {
  en: 'API servers: who asks, what, and how it goes',
  zh: 'API server 使用分析：谁在请求、请求什么、结果如何',
};
const EMPTY = { en: 'Nothing of this kind.', zh: '没有此类记录。' };
const CLAIMED = {
  en: 'User agents, request paths and all source addresses but the last are what clients say of themselves.',
  zh: '客户端程序名、请求路径以及除最后一项外的来源地址均由客户端自报，可能伪造。',
};
const POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";

export function page(answers: readonly Answered[], { language, facts }: PageFacts): string {
  const checked = (one: Language) => (one === language ? ' checked' : '');
  return `<!doctype html>
<html lang="${language === 'zh' ? 'zh-CN' : 'en'}"><head><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${POLICY}"><meta name="viewport" content="width=device-width">
<title>${escaped(TITLE[language])}</title><style>${STYLE}</style></head><body>
<input type="radio" name="language" id="zh"${checked('zh')}><label for="zh">中文</label>
<input type="radio" name="language" id="en"${checked('en')}><label for="en">English</label>
<main><h1>${both((one) => escaped(TITLE[one]))}</h1>
<dl>${facts.map(([name, value]) => `<div><dt>${both((one) => escaped(name[one]))}</dt><dd>${escaped(value)}</dd></div>`).join('')}</dl>
<nav>${answers.map(({ report }) => `<a href="#${escaped(report.name)}">${both((one) => escaped(report.title[one]))}</a>`).join(' ')}</nav>
${answers.map(section).join('\n')}
<footer>${both((one) => escaped(CLAIMED[one]))}</footer></main></body></html>
`;
}

function section({ report, columns, rows }: Answered): string {
  const names = columns.map(({ name }) => name);
  const cells = rows.map((row) => row.map(shown));
  const picture = (language: Language) =>
    report.chart && cells.length > 0 ? draw({ chart: report.chart, columns: names, rows: cells, language }) : '';
  return `<section id="${escaped(report.name)}"><h2>${both((one) => escaped(report.title[one]))}</h2>
<p>${both((one) => escaped(report.explanation[one]))}</p>
${cells.length === 0 ? `<p class="empty">${both((one) => EMPTY[one])}</p>` : `${both((one) => picture(one))}${table(names, cells)}`}</section>`;
}

function table(names: readonly string[], rows: readonly (readonly (string | number)[])[]): string {
  const numeric = names.map((_, i) => rows.every((row) => typeof row[i] === 'number'));
  const heads = names
    .map((name, i) => `<th${numeric[i] ? ' class="n"' : ''}>${both((one) => escaped(heading(name, one)))}</th>`)
    .join('');
  const line = (row: readonly (string | number)[]) =>
    `<tr>${row.map((cell) => (typeof cell === 'number' ? `<td class="n">${grouped(cell)}</td>` : `<td>${escaped(cell)}</td>`)).join('')}</tr>`;
  return `<table><thead><tr>${heads}</tr></thead><tbody>${rows.map(line).join('\n')}</tbody></table>`;
}

function both(text: (language: Language) => string): string {
  return `<span class="zh" lang="zh-CN">${text('zh')}</span><span class="en" lang="en">${text('en')}</span>`;
}

function shown(value: Plain): string | number {
  if (typeof value === 'bigint') return Number(value);
  if (typeof value === 'number') return value;
  if (value === null) return '';
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

function grouped(number: number): string {
  return number.toLocaleString('en-US');
}

function escaped(text: string): string {
  return text.replace(/[&<>"'`\u2028\u2029]/g, (char) => `&#${char.codePointAt(0)};`);
}

const STYLE = `
:root { color-scheme: light; font: 14px/1.5 system-ui, "Noto Sans CJK SC", "PingFang SC", "Microsoft YaHei", sans-serif; color: #1f2733; background: #f5f6f8 }
body { margin: 0; padding: 16px }
main { max-width: 1000px; margin: 0 auto }
input[name=language] { position: absolute; opacity: 0 }
label { float: right; margin-left: 8px; padding: 2px 10px; border: 1px solid #c5ccd6; border-radius: 4px; cursor: pointer; background: #fff }
input:checked + label { background: #1f4e8c; border-color: #1f4e8c; color: #fff }
input:focus-visible + label { outline: 2px solid #1f4e8c; outline-offset: 2px }
#zh:checked ~ main .en, #en:checked ~ main .zh { display: none }
h1 { font-size: 22px; margin: 0 0 12px } h2 { font-size: 17px; margin: 0 0 4px }
dl { display: flex; flex-wrap: wrap; gap: 8px 24px; margin: 0 0 12px } dt { color: #5b6675; font-size: 12px } dd { margin: 0; font-weight: 600 }
nav a { display: inline-block; margin: 0 10px 4px 0; color: #1f4e8c }
section { background: #fff; border: 1px solid #e1e5eb; border-radius: 6px; padding: 16px; margin: 16px 0; overflow-x: auto }
section p { margin: 0 0 12px; color: #47515f; max-width: 75ch }
table { border-collapse: collapse; width: 100%; font-size: 13px }
th, td { text-align: left; padding: 4px 8px; border-bottom: 1px solid #e9ecf1; vertical-align: top; overflow-wrap: anywhere }
th { color: #5b6675; font-weight: 600; white-space: nowrap } td.n, th.n { text-align: right }
td.n { font-variant-numeric: tabular-nums; white-space: nowrap }
.empty { color: #7a8594; font-style: italic } svg { max-width: 100%; height: auto } footer { color: #5b6675; font-size: 12px }
@media print { label, nav { display: none } section { break-inside: avoid; border: 0 } }`;

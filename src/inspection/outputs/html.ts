/** The brief as a page that stands by itself: for a mail, or a file. */
import { checkOf, describe, type Result } from '../judge.ts';
import type { Brief, BriefRow } from '../runs/brief.ts';
import type { Language } from '../text.ts';
import { COLUMNS, titleOf } from './words.ts';

const WORDS = {
  zh: {
    findings: '异常明细',
    host: '主机',
    level: '级别',
    what: '说明',
    remedy: '处理建议',
    systemic: '批量异常',
    none: '无异常',
  },
  en: {
    findings: 'Findings',
    host: 'Host',
    level: 'Level',
    what: 'What',
    remedy: 'Remedy',
    systemic: 'Systemic',
    none: 'None',
  },
} as const;

const STYLE = `body{font:14px/1.5 system-ui,"PingFang SC","Microsoft YaHei",sans-serif;color:#1f2328;margin:2em;max-width:75em}
table{border-collapse:collapse;width:100%;margin:1em 0}th,td{border:1px solid #d0d7de;padding:.3em .7em;text-align:left}
th{background:#f6f8fa}td.n{text-align:right;font-variant-numeric:tabular-nums}
.error{background:#ffebe9;color:#a40e26;font-weight:600}.alarm{background:#fff1e5;color:#8a4600;font-weight:600}
.warn{background:#fff8c5;color:#6e5300}.unknown{background:#eaeef2;color:#424a53}`;

/** `results` are those that are not healthy, as many as the page is to show. */
export function briefHtml(brief: Brief, results: readonly Result[], language: Language): string {
  const words = WORDS[language];
  const title = titleOf(brief, language);
  const systemic = brief.systemic.map(
    ({ check, zone, hosts, of }) => `<li>${text(checkOf(check).name[language])}: ${text(zone)} ${hosts}/${of}</li>`,
  );
  return `<!doctype html>
<html lang="${language}"><head><meta charset="utf-8"><title>${text(title)}</title><style>${STYLE}</style></head><body>
<h1>${text(title)}</h1>
${table(brief, language)}
${systemic.length > 0 ? `<h2>${words.systemic}</h2><ul>${systemic.join('')}</ul>` : ''}
<h2>${words.findings}</h2>
${results.length > 0 ? findings(results, language) : `<p>${words.none}</p>`}
</body></html>
`;
}

function table(brief: Brief, language: Language): string {
  const columns = COLUMNS.of(brief);
  const head = [COLUMNS.check, ...columns.map(({ title }) => title)].map(
    (title) => `<th>${text(title[language])}</th>`,
  );
  const count = (row: BriefRow) =>
    columns.map(({ level }) => {
      const marked = row[level] > 0 && level !== 'info' ? ` ${level}` : '';
      return `<td class="n${marked}">${row[level]}</td>`;
    });
  const rows = brief.rows.map((row) => `<tr><td>${text(row.name[language])}</td>${count(row).join('')}</tr>`);
  return `<table><thead><tr>${head.join('')}</tr></thead><tbody>\n${rows.join('\n')}\n</tbody></table>`;
}

function findings(results: readonly Result[], language: Language): string {
  const words = WORDS[language];
  const head = [words.host, COLUMNS.check[language], words.level, words.what, words.remedy];
  const rows = results.map((result) => {
    const { name, remedy } = checkOf(result.check);
    const cells = [result.host, name[language], result.level, describe(result, language), remedy[language]];
    return `<tr class="${result.level}">${cells.map((one) => `<td>${text(one)}</td>`).join('')}</tr>`;
  });
  const titles = head.map((title) => `<th>${text(title)}</th>`).join('');
  return `<table><thead><tr>${titles}</tr></thead><tbody>\n${rows.join('\n')}\n</tbody></table>`;
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function text(raw: string): string {
  return raw.replace(/[&<>"']/g, (char) => ENTITIES[char]!);
}

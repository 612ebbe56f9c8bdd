/** The brief as JUnit's XML: a suite a check, a case for each host that is not healthy, and one for all others. */
import { describe, type Result } from '../judge.ts';
import type { Brief } from '../runs/brief.ts';
import type { Language } from '../text.ts';

/** `results` are all that are not healthy. */
export function briefJUnit(brief: Brief, results: readonly Result[], language: Language): string {
  const suites = brief.rows.map((row) => {
    const mine = results.filter((result) => result.check === row.check);
    const tests = row.error + row.alarm + row.warn + row.info + row.unknown;
    const failures = mine.filter((result) => result.level !== 'unknown').length;
    const name = attribute(row.name[language]);
    const head = `<testsuite name="${name}" tests="${tests}" failures="${failures}" skipped="${row.unknown}">`;
    const healthy = Array.from({ length: row.info }, () => `<testcase classname="${row.check}" name="healthy"/>`);
    return [head, ...mine.map((result) => testCase(result, language)), ...healthy, '</testsuite>'].join('\n');
  });
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="jdos-inspection-${brief.run.id}">\n${suites.join('\n')}\n</testsuites>\n`;
}

function testCase(result: Result, language: Language): string {
  const words = attribute(describe(result, language));
  const inside =
    result.level === 'unknown'
      ? `<skipped message="${words}"/>`
      : `<failure type="${result.level}" message="${words}"/>`;
  return `<testcase classname="${attribute(result.check)}" name="${attribute(result.host)}">${inside}</testcase>`;
}

/** XML 1.0 has no way to write most control characters. */
function attribute(raw: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is taken away
  const clean = raw.replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, '\ufffd');
  return clean.replace(/[&<>"\n\r\t]/g, (char) => `&#${char.codePointAt(0)};`);
}

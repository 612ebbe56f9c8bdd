/** The ready-made reports: a file of SQL each, with its title and explanation in two languages in its first lines. */
import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { JdosError } from '../../errors/index.ts';

export type Language = 'en' | 'zh';
type Text = Readonly<Record<Language, string>>;

export interface Chart {
  readonly kind: 'bar' | 'line' | 'pie';
  /** The column of names, or of time. */
  readonly name: string;
  readonly values: readonly string[];
}

export interface Report {
  readonly name: string;
  readonly title: Text;
  readonly explanation: Text;
  readonly chart: Chart | undefined;
  /** In the language of `dialect/`. */
  readonly sql: string;
}

/** In the order in which they are read. */
const ORDER = [
  'summary timeline users agents verbs resources namespaces codes latency sources lists-without-limit relist-storms throttled',
  'hot-objects slow-webhooks deprecated-apis permission-probes secret-readers sessions rights-changed deletes anonymous',
].flatMap((line) => line.split(' '));

export function reports(): readonly Report[] {
  return readdirSync(import.meta.dirname)
    .filter((file) => file.endsWith('.sql'))
    .map((file) => parseReport(basename(file, '.sql'), readFileSync(join(import.meta.dirname, file), 'utf8')))
    .sort((a, b) => ORDER.indexOf(a.name) - ORDER.indexOf(b.name));
}

/** @throws JdosError JDOS_ERR_USAGE with the names that there are */
export function reportsNamed(names: readonly string[]): readonly Report[] {
  const all = reports();
  const unknown = names.find((name) => name !== 'all' && !all.some((report) => report.name === name));
  if (unknown !== undefined) {
    const known = all.map(({ name }) => name).join(', ');
    throw new JdosError('JDOS_ERR_USAGE', { detail: `there is no report "${unknown}"; there are ${known}, and all` });
  }
  return names.includes('all') ? all : all.filter(({ name }) => names.includes(name));
}

export function parseReport(name: string, text: string): Report {
  const head = new Map([...text.matchAll(/^-- ([a-z.]+): (.*)$/gm)].map(([, key, value]) => [key!, value!]));
  const of = (key: string) => {
    const value = head.get(key);
    if (value === undefined) throw new Error(`report ${name}: its head has no line "-- ${key}: …"`);
    return value;
  };
  const both = (key: string): Text => ({ en: of(key), zh: of(`${key}.zh`) });
  const sql = text.replace(/^--.*\n/gm, '').trim();
  return { name, title: both('title'), explanation: both('explain'), chart: chartOf(head.get('chart')), sql };
}

function chartOf(text: string | undefined): Chart | undefined {
  const [kind, name, ...values] = text?.split(' ') ?? [];
  if (kind !== 'bar' && kind !== 'line' && kind !== 'pie') return undefined;
  return { kind, name: name ?? '', values };
}

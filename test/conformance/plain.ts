/** Puts words in the place of what differs from run to run, so that answers can be compared. */
import type { Json } from '../../src/controlplane/registry/definition.ts';

const WORDS: readonly (readonly [RegExp, string])[] = [
  [/\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/g, '<uid>'],
  [/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z/g, '<time>'],
  [/\b10\.(9[6-9]|10\d|11[01])\.\d+\.\d+\b/g, '<address>'],
  [/ResourceVersion in record \(\d+\)/g, 'ResourceVersion in record (<version>)'],
  // Go's print-outs of whole objects and of their differences.
  [/Invalid value: "(\{|\[\{|map\[).*[\]}]": /gs, 'Invalid value: <body>: '],
  [/(was previously negative\)|may not be changed)\n.*/gs, '$1'],
  [/\beyJ[\w-]{10,}(\.[\w-]+)*/g, '<token>'],
];

export interface PlainOptions {
  /** What each run adds to the names of one case. */
  readonly suffix: string;
  /** Keep metadata.managedFields. @default false */
  readonly managedFields?: boolean;
}

export function plain(value: Json, { suffix, managedFields = false }: PlainOptions): Json {
  const generated = new Map<string, string>();
  note(value, generated);
  const words = (text: string) => {
    let out = text.replaceAll(suffix, '');
    for (const [name, word] of generated) out = out.replaceAll(name, word);
    return WORDS.reduce((all, [pattern, word]) => all.replace(pattern, word), out);
  };
  return walk(value, words, managedFields);
}

function note(value: Json, generated: Map<string, string>): void {
  if (value === null || typeof value !== 'object') return;
  const { generateName, name } = value.metadata ?? {};
  if (generateName && name?.startsWith(generateName)) generated.set(name, `${generateName}<suffix>`);
  for (const part of Object.values(value)) note(part as Json, generated);
}

function walk(value: Json, words: (text: string) => string, managedFields: boolean): Json {
  if (typeof value === 'string') return words(value);
  if (Array.isArray(value)) return value.map((item) => walk(item, words, managedFields)).sort(byCause);
  if (value === null || typeof value !== 'object') return value;
  const out: Record<string, Json> = {};
  for (const [key, part] of Object.entries<Json>(value)) {
    if (key === 'managedFields' && !managedFields) continue;
    out[words(key)] = SPECIAL[key]?.(part) ?? walk(part, words, managedFields);
  }
  return out;
}

const SPECIAL: Readonly<Record<string, (value: Json) => Json>> = {
  resourceVersion: (value) => (/^[1-9]\d*$/.test(value) ? '<version>' : undefined),
  storageVersionHash: () => '<hash>',
  continue: (value) => (typeof value === 'string' && value ? '<continue>' : undefined),
  nodePort: (value) => (typeof value === 'number' && value >= 30_000 ? '<port>' : undefined),
};

/** Causes come in no order that counts: those of conflicts and schemas come out of Go's maps. */
function byCause(a: Json, b: Json): number {
  if (a?.reason === undefined || a.field === undefined || b?.field === undefined) return 0;
  const [one, two] = [a, b].map(({ field, message }) => `${field} ${message}`);
  return one! < two! ? -1 : one! > two! ? 1 : 0;
}

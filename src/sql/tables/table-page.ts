/** The page of tables and columns, written from their definitions. */
import { KINDS } from './kinds/index.ts';
import { type LaidTable, layOut } from './layout.ts';

export function tablePage(): string {
  return KINDS.map((kind) => layOut(kind).tables.map(section).join('\n')).join('\n');
}

function section({ shortName, name, doc, columns }: LaidTable): string {
  const also = name === shortName ? '' : ` (also \`${name}\`)`;
  const rows = columns.map(
    ({ name: column, type, unit, doc: what }) => `| \`${column}\` | ${type.toLowerCase()} | ${unit ?? ''} | ${what} |`,
  );
  return `### ${shortName}\n\n${doc}${also}.\n\n| column | type | unit | what |\n|---|---|---|---|\n${rows.join('\n')}\n`;
}

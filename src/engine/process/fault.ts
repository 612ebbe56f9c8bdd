/** What DuckDB throws, taken apart: the kind of error, the sentence, and the place in the text. */
import type { Fault } from '../message.ts';

const KIND = /^([A-Za-z][A-Za-z ]*?) Error: /;
/** DuckDB shows the line with a caret below it. */
const PLACE = /\n\nLINE (\d+): ([^\n]*)\n( *)\^\s*$/;

export function faultOf(error: unknown, sql = ''): Fault {
  const text = error instanceof Error ? error.message : String(error);
  const kind = KIND.exec(text);
  const type = kind ? properly(kind[1]!) : 'Internal';
  const place = PLACE.exec(text);
  const message = text.slice(kind?.[0].length ?? 0, place?.index);
  const position = place ? positionOf(sql, place) : undefined;
  return { type, message: message.trim(), ...(position !== undefined && { position }) };
}

function properly(kind: string): string {
  return kind === 'INTERRUPT' ? 'Interrupt' : kind;
}

/** Long lines are shown in part, with dots at the cut ends; then only the shown part tells where it was cut. */
function positionOf(sql: string, [, number, shown = '', indent = '']: RegExpExecArray): number | undefined {
  const lines = sql.split('\n');
  const index = Number(number) - 1;
  const line = lines[index];
  if (line === undefined) return undefined;
  const head = `LINE ${number}: `.length;
  const column = indent.length - head;
  const visible = shown.replace(/^\.\.\.|\.\.\.$/g, '');
  const start = shown.startsWith('...') ? line.indexOf(visible) - 3 : 0;
  const before = lines.slice(0, index).reduce((sum, other) => sum + other.length + 1, 0);
  return before + start + column + 1;
}

/** What a statement is for the session: its own affair, a question about the catalogue, a copy, or a question to the tables. */

import { keywordOf } from '../../gate/index.ts';
import { isCatalogueQuestion } from '../catalogue/index.ts';

export type Command =
  | { readonly kind: 'empty' }
  | { readonly kind: 'transaction'; readonly tag: string; readonly open: boolean }
  | { readonly kind: 'set'; readonly name: string; readonly value: string }
  | { readonly kind: 'reset'; readonly tag: string }
  | { readonly kind: 'show'; readonly name: string }
  | { readonly kind: 'deallocate'; readonly name: string | undefined }
  | {
      readonly kind: 'copy';
      readonly query: string;
      readonly csv: boolean;
      readonly header: boolean;
      readonly delimiter: string;
    }
  | { readonly kind: 'catalogue' }
  | { readonly kind: 'data' };

const OPENS = new Set(['BEGIN', 'START']);
const CLOSES = new Set(['COMMIT', 'END', 'ROLLBACK', 'ABORT']);
const NOTED = new Set(['SAVEPOINT', 'RELEASE']);

export async function commandOf(sql: string): Promise<Command> {
  const word = keywordOf(sql);
  const text = sql.trim().replace(/;\s*$/, '');
  if (OPENS.has(word)) return { kind: 'transaction', tag: 'BEGIN', open: true };
  if (CLOSES.has(word)) return closing(word, text);
  if (NOTED.has(word)) return { kind: 'transaction', tag: word, open: true };
  if (word === 'SET') return setting(text);
  if (word === 'SHOW') return { kind: 'show', name: text.replace(/^show\s+/i, '').toLowerCase() };
  if (word === 'RESET' || word === 'DISCARD') return { kind: 'reset', tag: word === 'RESET' ? 'RESET' : 'DISCARD ALL' };
  if (word === 'DEALLOCATE') return deallocation(text);
  if (word === 'COPY') return copying(text) ?? { kind: 'data' };
  if (word === '') return { kind: text.startsWith('(') ? 'data' : 'empty' };
  return { kind: (await isCatalogueQuestion(sql)) ? 'catalogue' : 'data' };
}

/** `ROLLBACK TO SAVEPOINT` leaves the transaction open. */
function closing(word: string, text: string): Command {
  const tag = word === 'ROLLBACK' || word === 'ABORT' ? 'ROLLBACK' : 'COMMIT';
  return { kind: 'transaction', tag, open: /^rollback\s+(work\s+|transaction\s+)?to\b/i.test(text) };
}

/** Names that cannot be set fall through to the gate, which says that nothing can be changed. */
function setting(text: string): Command {
  const match = /^set\s+(?:session\s+|local\s+)?(time\s+zone|[\w.]+)\s*(?:=|\s+to\s+|\s)\s*([\s\S]+)$/i.exec(text);
  if (/^set\s+session\s+characteristics|^set\s+transaction/i.test(text)) return { kind: 'set', name: '', value: '' };
  if (!match || /^(role|session|schema|memory_limit|variable|search_path)$/i.test(match[1]!)) {
    return match && /^search_path$/i.test(match[1]!) ? { kind: 'set', name: '', value: '' } : { kind: 'data' };
  }
  const name = match[1]!.toLowerCase().replace(/\s+/g, ' ');
  return { kind: 'set', name: name === 'time zone' ? 'timezone' : name, value: match[2]!.replace(/^'(.*)'$/s, '$1') };
}

function deallocation(text: string): Command {
  const name = /^deallocate\s+(?:prepare\s+)?("?)([^"\s]+)\1$/i.exec(text)?.[2];
  return { kind: 'deallocate', name: name?.toLowerCase() === 'all' ? undefined : name };
}

function copying(text: string): Command | undefined {
  const match = /^copy\s+(?:\(([\s\S]*)\)|("?[\w.]+"?)\s*(?:\(([^)]*)\))?)\s+to\s+stdout\b([\s\S]*)$/i.exec(text);
  if (!match) return undefined;
  const [, query, table, columns, options = ''] = match;
  const csv = /\bcsv\b/i.test(options);
  const header = /\bheader\b(?!\s+(?:false|off|0))/i.test(options);
  const delimiter = /delimiter\s+(?:as\s+)?'(.)'/i.exec(options)?.[1] ?? (csv ? ',' : '\t');
  return { kind: 'copy', query: query ?? `SELECT ${columns ?? '*'} FROM ${table}`, csv, header, delimiter };
}

/** Why a query did not end well, with the code that PostgreSQL's clients know for it. */
import type { Fault } from './message.ts';

export class EngineError extends Error {
  /** SQLSTATE. */
  readonly code: string;
  /** Where in the text, counted in characters from 1. */
  readonly position: number | undefined;
  readonly hint: string | undefined;

  constructor(code: string, message: string, { position, hint }: { position?: number; hint?: string } = {}) {
    super(message);
    this.name = 'EngineError';
    this.code = code;
    this.position = position;
    this.hint = hint;
  }
}

const CODES: Readonly<Record<string, string>> = {
  Parser: '42601',
  Syntax: '42601',
  Catalog: '42P01',
  Binder: '42703',
  Conversion: '22P02',
  'Invalid Input': '22023',
  'Out of Range': '22003',
  'Out of Memory': '53200',
  Interrupt: '57014',
  Timeout: '57014',
  Rows: '54000',
  Bytes: '54000',
  Permission: '42501',
  'Not implemented': '0A000',
  Restart: '57P01',
};

export function errorOf(fault: Fault): EngineError {
  const [message, hint] = split(fault.message);
  const options = { ...(fault.position !== undefined && { position: fault.position }), ...(hint && { hint }) };
  return new EngineError(CODES[fault.type] ?? 'XX000', message, options);
}

/** DuckDB appends what it takes for likely: a hint. */
function split(text: string): [string, string | undefined] {
  const at = text.search(/\n?(Did you mean|Candidate bindings|Candidate functions)/);
  return at < 0 ? [text.trim(), undefined] : [text.slice(0, at).trim(), text.slice(at).trim()];
}

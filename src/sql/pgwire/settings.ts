/** What a session may set for itself, and what it is told about the server. */
import { EngineError, type ReadLimits } from '../../engine/index.ts';

/** What the server says it is: old enough that every client asks for what the catalogue has. */
export const SERVER_VERSION = '14.0';

/** Told to each client when it has signed in. */
export const REPORTED: Readonly<Record<string, string>> = {
  server_version: SERVER_VERSION,
  server_encoding: 'UTF8',
  client_encoding: 'UTF8',
  DateStyle: 'ISO, MDY',
  IntervalStyle: 'postgres',
  TimeZone: 'UTC',
  integer_datetimes: 'on',
  standard_conforming_strings: 'on',
  default_transaction_read_only: 'on',
  in_hot_standby: 'off',
  is_superuser: 'off',
};

const KNOWN: Readonly<Record<string, string>> = {
  ...Object.fromEntries(Object.entries(REPORTED).map(([name, value]) => [name.toLowerCase(), value])),
  application_name: '',
  extra_float_digits: '1',
  search_path: 'k8s, jdos',
  statement_timeout: '30s',
  transaction_isolation: 'repeatable read',
  'transaction isolation level': 'repeatable read',
  transaction_read_only: 'on',
  default_transaction_isolation: 'repeatable read',
  max_identifier_length: '63',
  lc_collate: 'C',
  lc_messages: 'C',
  server_version_num: '140000',
  ssl: 'on',
};

export class Settings {
  #own = new Map<string, string>();

  set(name: string, value: string): void {
    if (name === 'client_encoding' && !/^['"]?(utf-?8|unicode|sql_ascii)['"]?$/i.test(value)) {
      throw new EngineError('22023', `client_encoding ${value} is not known here: there is UTF8`);
    }
    if (name === 'statement_timeout') millisOf(value);
    if (name) this.#own.set(name, value);
  }

  reset(): void {
    this.#own.clear();
  }

  show(name: string): string {
    const value = this.#own.get(name) ?? KNOWN[name];
    if (value === undefined) throw new EngineError('42704', `there is no setting "${name}"`);
    return value;
  }

  all(): [string, string][] {
    return Object.entries({ ...KNOWN, ...Object.fromEntries(this.#own) });
  }

  get limits(): Partial<ReadLimits> {
    const timeout = this.#own.get('statement_timeout');
    const ms = timeout === undefined ? 0 : millisOf(timeout);
    return ms > 0 ? { timeoutMs: Math.min(ms, LONGEST_MS) } : {};
  }
}

/** Longer than that nobody may wait. */
const LONGEST_MS = 600_000;
const UNITS: Readonly<Record<string, number>> = { '': 1, ms: 1, s: 1000, min: 60_000, h: 3_600_000 };

function millisOf(text: string): number {
  const match = /^\s*(\d+)\s*(ms|s|min|h|)\s*$/.exec(text.replace(/^default$/i, '0'));
  if (!match) throw new EngineError('22023', `statement_timeout "${text}" is no time`);
  return Number(match[1]) * UNITS[match[2]!]!;
}

/** RFC 3339 as Go's `time` reads it, faults included. */
import { DecodeFault } from './decode-fault.ts';

const SECONDS = '2006-01-02T15:04:05Z07:00';
const MICROS = '2006-01-02T15:04:05.000000Z07:00';

/** Whole seconds in UTC. @throws DecodeFault */
export function canonicalTime(text: string): string {
  const { ms } = parse(text, SECONDS, /^(?:[.,]\d+)?/);
  return `${iso(ms, text).slice(0, 19)}Z`;
}

/** Exactly six digits of fraction in, the same out, in UTC. @throws DecodeFault */
export function canonicalMicroTime(text: string): string {
  const { ms, fraction } = parse(text, MICROS, /^\.\d{6}/);
  return `${iso(ms, text).slice(0, 19)}${fraction}Z`;
}

/** The pieces of the layout in order, each with the pattern that takes it. */
const PIECES: readonly (readonly [string, RegExp])[] = [
  ['2006', /^\d{4}/],
  ['-', /^-/],
  ['01', /^\d\d/],
  ['-', /^-/],
  ['02', /^\d\d/],
  ['T', /^T/],
  ['15', /^\d\d/],
  [':', /^:/],
  ['04', /^\d\d/],
  [':', /^:/],
  ['05', /^\d\d/],
];

const QUICK = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)((?:[.,]\d+)?)(Z|[+-]\d\d:\d\d)$/;

function parse(text: string, layout: string, fractionForm: RegExp): { ms: number; fraction: string } {
  const parts = QUICK.exec(text);
  if (!parts || (layout === MICROS && !/^\.\d{6}$/.test(parts[7]!))) throw misfit(text, layout, fractionForm);
  const [year, month, day, hour, minute, second] = parts.slice(1, 7).map(Number) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  if (month < 1 || month > 12) throw outOfRange(text, 'month');
  if (hour > 23) throw outOfRange(text, 'hour');
  if (minute > 59) throw outOfRange(text, 'minute');
  if (second > 59) throw outOfRange(text, 'second');
  if (day < 1 || day > daysIn(year, month)) throw outOfRange(text, 'day');
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  date.setUTCHours(hour, minute, second);
  return { ms: date.getTime() - offset(parts[8]!), fraction: parts[7]! };
}

function daysIn(year: number, month: number): number {
  const leap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
  return [31, leap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1]!;
}

function offset(zone: string): number {
  if (zone === 'Z') return 0;
  const minutes = Number(zone.slice(1, 3)) * 60 + Number(zone.slice(4));
  return (zone.startsWith('-') ? -minutes : minutes) * 60_000;
}

function iso(ms: number, text: string): string {
  const result = new Date(ms).toISOString();
  if (result.length > 24) throw new DecodeFault(`parsing time ${JSON.stringify(text)}: year outside of range [0,9999]`);
  return result;
}

function misfit(text: string, layout: string, fractionForm: RegExp): DecodeFault {
  let rest = text;
  const pieces = [
    ...PIECES,
    [layout === MICROS ? '.000000' : '', fractionForm] as const,
    ['Z07:00', /^(Z|[+-]\d\d:\d\d)/] as const,
  ];
  for (const [piece, pattern] of pieces) {
    const match = pattern.exec(rest);
    if (!match) return fault(text, layout, rest, piece);
    rest = rest.slice(match[0].length);
  }
  return new DecodeFault(`parsing time ${JSON.stringify(text)}: extra text: ${JSON.stringify(rest)}`);
}

function fault(text: string, layout: string, rest: string, piece: string): DecodeFault {
  const [t, l, r, p] = [text, layout, rest, piece].map((s) => JSON.stringify(s));
  return new DecodeFault(`parsing time ${t} as ${l}: cannot parse ${r} as ${p}`);
}

function outOfRange(text: string, what: string): DecodeFault {
  return new DecodeFault(`parsing time ${JSON.stringify(text)}: ${what} out of range`);
}

/** Readings of facts that several checks share. */
import type { Context } from './check.ts';
import { type Facts, numberIn, Unreadable } from './facts.ts';

/** The same reading of a fact at the beginning and at the end of the collection. @throws Unreadable */
export function samples<T>(name: string, read: (fact: string) => T): T[] {
  return [name, `again:${name}`].map(read);
}

/** All threads of the host. @throws Unreadable */
export function threadsIn(facts: Facts, fact: string): number {
  const total = facts.lines(fact)[0]?.split(' ')[3]?.split('/')[1];
  if (total === undefined) throw new Unreadable(fact, 'no count of threads', facts.lines(fact).join('\n'));
  return numberIn(fact, total);
}

/** Processes in a state: D, Z, R … @throws Unreadable */
export function processesIn(facts: Facts, fact: string, state: string): number {
  facts.number(fact, 'processes');
  return facts.maybe(fact, `state ${state}`) ?? 0;
}

/** Processors that are online, told as `0-3,8`. @throws Unreadable */
export function cpusOf(facts: Facts): number {
  const text = facts.text('system', 'cpus') ?? '';
  let count = 0;
  for (const range of text.split(',')) {
    const [from, to = from] = range.split('-');
    count += numberIn('system', to ?? '') - numberIn('system', from ?? '') + 1;
  }
  return count;
}

/** A line of /proc/meminfo in bytes. @throws Unreadable */
export function meminfo(facts: Facts, fact: string, name: string): number | undefined {
  const text = facts.lines(fact).find((line) => line.startsWith(`${name}:`));
  if (text === undefined) return undefined;
  return numberIn(fact, text.replace(/^\S+\s+/, '').replace(/ kB$/, '')) * 1024;
}

export interface Process {
  readonly pid: number;
  readonly state: string;
  readonly ageSeconds: number;
  readonly cpuSeconds: number;
  readonly rssBytes: number | undefined;
  readonly cmdline: string;
}

const TICKS = 100;

/** The processes of a name, oldest first. @throws Unreadable */
export function processesOf(facts: Facts, fact: string): Process[] {
  const uptime = facts.number(fact, 'uptime');
  const found = facts.all(fact, 'stat').map((line) => {
    const [pid, state, ...rest] = line.split(/\s+/);
    const ticks = (index: number) => numberIn(fact, rest[index] ?? '') / TICKS;
    return {
      pid: numberIn(fact, pid ?? ''),
      state: state ?? '?',
      ageSeconds: uptime - ticks(18),
      cpuSeconds: ticks(10) + ticks(11),
      rssBytes: kilobytes(facts.maybe(fact, `rss ${pid}`)),
      cmdline: facts.text(fact, `cmdline ${pid}`) ?? '',
    };
  });
  return found.toSorted((a, b) => b.ageSeconds - a.ageSeconds);
}

function kilobytes(value: number | undefined): number | undefined {
  return value === undefined ? undefined : value * 1024;
}

/** A property of a systemd unit; undefined where there is no systemd, or the unit is not known to it. */
export function unitOf(facts: Facts, fact: string, property: string): string | undefined {
  const lines = facts.lines(fact);
  if (!lines.includes('LoadState=loaded') && !lines.includes('LoadState=masked')) return undefined;
  return lines.find((line) => line.startsWith(`${property}=`))?.slice(property.length + 1);
}

/** Restarts since the unit was loaded. */
export function restartsOf(facts: Facts, fact: string): number | undefined {
  const text = unitOf(facts, fact, 'NRestarts');
  return text === undefined || text === '' ? undefined : numberIn(fact, text);
}

export interface Mount {
  readonly device: string;
  readonly point: string;
  readonly options: readonly string[];
  readonly type: string;
  readonly source: string;
}

/** @throws Unreadable */
export function mountsOf(facts: Facts): Mount[] {
  return facts.lines('mounts').map((line) => {
    const [device = '', point = '', options = '', type = '', source = ''] = line.split(' ');
    return { device, point: unescaped(point), options: options.split(','), type, source };
  });
}

/** Spaces in paths are told as \040. */
export function unescaped(path: string): string {
  return path.replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)));
}

export interface Answer {
  readonly code: number;
  readonly seconds: number;
  readonly body: string;
}

/** What a health endpoint said. @throws Unreadable */
export function answerOf(facts: Facts, fact: string): Answer {
  const [from = '', , to = ''] = (facts.text(fact, 'from') ?? '').split(' ');
  const seconds = numberIn(fact, to) - numberIn(fact, from);
  return { code: facts.number(fact, 'code'), seconds, body: facts.text(fact, 'body') ?? '' };
}

/** Lines of the kernel's log of one kind that are newer than the run before; at the first look those of a day. */
export function kernelNews(context: Context, kind: string): string[] {
  const { facts, before } = context;
  const since = before?.sameBoot && typeof before.kept.uptime === 'number' ? before.kept.uptime : facts.uptime - 86_400;
  return facts.all('kmsg', kind).filter((line) => {
    const at = /^\[\s*(\d+(?:\.\d+)?)\]/.exec(line)?.[1];
    return at !== undefined && Number(at) > since;
  });
}

export const PERCENT = 100;

export function listOf(words: string | undefined): string[] {
  return (words ?? '')
    .split(',')
    .map((word) => word.trim())
    .filter(Boolean);
}

/** `*` stands for any run of characters. */
export function like(pattern: string, text: string): boolean {
  const parts = pattern.split('*').map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${parts.join('.*')}$`).test(text);
}

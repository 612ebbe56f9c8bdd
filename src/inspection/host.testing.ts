/** Facts and hosts for tests: a healthy host, and what is otherwise on others. */
import { readFileSync } from 'node:fs';
import { CHECKS } from './checks/index.ts';
import { type Facts, parseFacts } from './facts.ts';
import { type Judgement, type JudgeOptions, judge, type Result } from './judge.ts';
import type { Subject } from './subject.ts';

export const NOW = Date.UTC(2026, 0, 2);
const HEALTHY = readFileSync(new URL('./testdata/healthy.facts', import.meta.url), 'utf8');

/** Facts to have otherwise, as their lines; null: not told at all; `!`: failed with these words. */
export type Otherwise = Readonly<Record<string, readonly string[] | `!${string}` | null>>;

/** The healthy host's text with some facts otherwise. What is read twice is otherwise in both. */
export function textWith(otherwise: Otherwise = {}): string {
  const [head = '', ...facts] = HEALTHY.split(/^(?=@ )/m);
  const told = new Set<string>();
  const blocks = facts.map((block) => {
    const name = /^@ (?:again:)?(\S+)/.exec(block)![1]!;
    const exact = /^@ (\S+)/.exec(block)![1]!;
    const wish = otherwise[exact] === undefined ? otherwise[name] : otherwise[exact];
    told.add(name).add(exact);
    if (wish === undefined) return block;
    if (wish === null) return block.endsWith('=\n') ? '=\n' : '';
    const end = block.endsWith('=\n') ? '=\n' : '';
    return `${block.split('\n')[0]}\n${linesOf(wish)}${end}`;
  });
  const more = Object.entries(otherwise).filter(([name]) => !told.has(name));
  const added = more.map(([name, wish]) => `@ ${name} 5000000.00\n${linesOf(wish ?? [])}`).join('');
  return head + blocks.join('').replace(/=\n$/, `${added}=\n`);
}

function linesOf(wish: readonly string[] | string): string {
  if (typeof wish === 'string') return `! ${wish.slice(1)}\n`;
  return wish.map((line) => `|${line}\n`).join('');
}

export function factsWith(otherwise: Otherwise = {}): Facts {
  return parseFacts(textWith(otherwise));
}

/** The lines of a healthy fact with some replaced: `lines('limits', { pid_max: '32768' })`. */
export function lines(name: string, replaced: Readonly<Record<string, string | null>> = {}): string[] {
  const left = { ...replaced };
  const found = parseFacts(HEALTHY)
    .lines(name)
    .flatMap((line) => {
      const key = Object.keys(replaced).find((prefix) => line.startsWith(prefix));
      if (key === undefined) return [line];
      const value = replaced[key];
      delete left[key];
      return value === null || value === undefined ? [] : [`${key}${value}`];
    });
  return [...found, ...Object.entries(left).flatMap(([key, value]) => (value === null ? [] : [`${key}${value}`]))];
}

export function subject(more: Partial<Subject> = {}): Subject {
  return {
    host: 'h1',
    address: '10.64.0.1',
    labels: { 'jdos.jd.com/zone': 'gz-1' },
    node: {
      kubelet: 'v1.35.0',
      kernel: '6.6.0-jdos',
      ready: { status: 'True', since: NOW - 86_400_000 },
      leaseAgeMs: 4000,
    },
    pool: { kubelet: 'v1.35.0', kernel: '6.6.0-jdos' },
    apiserver: 'v1.35.0',
    ...more,
  };
}

export function judged(otherwise: Otherwise = {}, options: Partial<JudgeOptions> & { of?: Subject } = {}): Judgement {
  const { of = subject(), ...rest } = options;
  return judge(of, { facts: factsWith(otherwise) }, { now: NOW, ...rest });
}

export function resultOf(check: string, { results }: Judgement): Result {
  if (!CHECKS.some(({ id }) => id === check)) throw new Error(`there is no check ${check}`);
  return results.find((result) => result.check === check)!;
}

/** The level of one check. */
export function levelIn(check: string, otherwise: Otherwise, options: Partial<JudgeOptions> & { of?: Subject } = {}) {
  return resultOf(check, judged(otherwise, options)).level;
}

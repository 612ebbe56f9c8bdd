/** Semantic versions. */
import type { Library } from './library.ts';

const NUMBER = '(0|[1-9]\\d*)';
const FORM = new RegExp(`^${NUMBER}\\.${NUMBER}\\.${NUMBER}(?:-([0-9A-Za-z.-]+))?(?:\\+[0-9A-Za-z.-]+)?$`);

class Semver {
  readonly numbers: readonly bigint[];
  readonly pre: readonly string[];

  constructor(numbers: readonly bigint[] = [0n, 0n, 0n], pre: readonly string[] = []) {
    this.numbers = numbers;
    this.pre = pre;
  }
}

export const SEMVERS: Library = {
  types: { 'kubernetes.Semver': Semver as never },
  functions: {
    'semver(string): kubernetes.Semver': (text: string) => parse(text),
    'semver(string, bool): kubernetes.Semver': (text: string, lenient: boolean) => parse(lenient ? normal(text) : text),
    'isSemver(string): bool': (text: string) => FORM.test(text),
    'isSemver(string, bool): bool': (text: string, lenient: boolean) => FORM.test(lenient ? normal(text) : text),
    'kubernetes.Semver.major(): int': (version: Semver) => version.numbers[0],
    'kubernetes.Semver.minor(): int': (version: Semver) => version.numbers[1],
    'kubernetes.Semver.patch(): int': (version: Semver) => version.numbers[2],
    'kubernetes.Semver.compareTo(kubernetes.Semver): int': (a: Semver, b: Semver) => BigInt(compare(a, b)),
    'kubernetes.Semver.isLessThan(kubernetes.Semver): bool': (a: Semver, b: Semver) => compare(a, b) < 0,
    'kubernetes.Semver.isGreaterThan(kubernetes.Semver): bool': (a: Semver, b: Semver) => compare(a, b) > 0,
  },
  equal: { 'kubernetes.Semver': (a: Semver, b: Semver) => compare(a, b) === 0 },
};

function parse(text: string): Semver {
  const match = FORM.exec(text);
  if (!match) throw new Error(`semver parse error: "${text}"`);
  return new Semver(match.slice(1, 4).map(BigInt), match[4]?.split('.') ?? []);
}

/** `v1.02` to `1.2.0`. */
function normal(text: string): string {
  const [, core = '', rest = ''] = /^v?([\d.]+)(.*)$/.exec(text) ?? [];
  const numbers = core.split('.').map((part) => part.replace(/^0+(?=\d)/, ''));
  while (numbers.length < 3) numbers.push('0');
  return numbers.join('.') + rest;
}

function compare(a: Semver, b: Semver): number {
  for (let i = 0; i < 3; i++) {
    if (a.numbers[i]! !== b.numbers[i]!) return a.numbers[i]! < b.numbers[i]! ? -1 : 1;
  }
  if (a.pre.length === 0 || b.pre.length === 0) return Math.sign(b.pre.length - a.pre.length);
  for (let i = 0; i < Math.min(a.pre.length, b.pre.length); i++) {
    const order = comparePart(a.pre[i]!, b.pre[i]!);
    if (order !== 0) return order;
  }
  return Math.sign(a.pre.length - b.pre.length);
}

/** Numbers come before words. */
function comparePart(a: string, b: string): number {
  const [isA, isB] = [/^\d+$/.test(a), /^\d+$/.test(b)];
  if (isA && isB) return Math.sign(Number(a) - Number(b));
  if (isA !== isB) return isA ? -1 : 1;
  return a < b ? -1 : a > b ? 1 : 0;
}

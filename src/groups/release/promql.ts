/** What a Prometheus answers to a query, and whether it is what a check expects. */
import type { Check } from './seen.ts';

type PromqlCheck = NonNullable<Check['promql']>;

export interface Judgement {
  readonly ok: boolean;
  readonly message: string;
}

const COMPARE: Readonly<Record<string, (a: number, b: number) => boolean>> = {
  '<': (a, b) => a < b,
  '<=': (a, b) => a <= b,
  '>': (a, b) => a > b,
  '>=': (a, b) => a >= b,
  '==': (a, b) => a === b,
  '!=': (a, b) => a !== b,
};

export function queryUrl({ server, query }: PromqlCheck): string {
  return `${server.replace(/\/+$/, '')}/api/v1/query?query=${encodeURIComponent(query)}`;
}

/** Every value must be as expected; not-a-number never is. */
export function judgeAnswer(check: PromqlCheck, body: string): Judgement {
  const answer = parsed(body);
  if (answer?.status !== 'success')
    return { ok: false, message: `Prometheus answers: ${answer?.error ?? body.slice(0, 200)}` };
  const values = valuesOf(answer.data);
  if (values.length === 0) return { ok: check.onEmpty === 'Pass', message: 'the query has no values' };
  const [, operator = '', bound = ''] = /^(\D{1,2}?) ?(-?[\d.e-]+)$/.exec(check.expect) ?? [];
  const bad = values.filter((value) => !COMPARE[operator]?.(value, Number(bound)));
  if (bad.length === 0) return { ok: true, message: `${values.slice(0, 3).join(', ')} ${check.expect}` };
  return { ok: false, message: `${bad.slice(0, 3).join(', ')} is not ${check.expect}` };
}

interface Answer {
  readonly status?: string;
  readonly error?: string;
  readonly data?: { readonly resultType?: string; readonly result?: unknown };
}

function parsed(body: string): Answer | undefined {
  try {
    return JSON.parse(body) as Answer;
  } catch {
    return undefined;
  }
}

/** Of a scalar `[time, value]`, or of each series of a vector. */
function valuesOf(data: Answer['data']): number[] {
  const { resultType, result } = data ?? {};
  if (!Array.isArray(result)) return [];
  if (resultType === 'scalar') return [Number(result[1])];
  return result.map((series: { value?: readonly unknown[] }) => Number(series.value?.[1]));
}

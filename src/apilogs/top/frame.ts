/** What `top` shows at one moment: who asked most in the last so many seconds. */
import type { SeenRequest } from './request.ts';

export const DIMENSIONS = ['user', 'client', 'verb', 'resource', 'namespace', 'source', 'code'] as const;
export type Dimension = (typeof DIMENSIONS)[number];

export const ORDERS = ['requests', 'errors', 'throttled', 'p99'] as const;
export type Order = (typeof ORDERS)[number];

export interface Look {
  readonly by: readonly Dimension[];
  readonly order: Order;
  /** How many rows. */
  readonly top: number;
  readonly windowMs: number;
}

export interface Figures {
  readonly requests: number;
  /** Answers of 400 and more. */
  readonly errors: number;
  /** Of these 429. */
  readonly throttled: number;
  /** Microseconds; none where nothing has a latency. */
  readonly p50: number | null;
  readonly p99: number | null;
}

export interface Row extends Figures {
  readonly key: readonly string[];
}

export interface Frame {
  /** Milliseconds. */
  readonly at: number;
  readonly windowMs: number;
  readonly total: Figures;
  readonly rows: readonly Row[];
  /** When the newest request that is known ended; none where there is none at all. */
  readonly newest: number | undefined;
}

const OF: Readonly<Record<Dimension, (request: SeenRequest) => string>> = {
  user: ({ username }) => username,
  client: ({ client }) => client,
  verb: ({ verb }) => verb,
  resource: ({ resource }) => resource,
  namespace: ({ namespace }) => namespace,
  source: ({ source }) => source,
  code: ({ code }) => String(code),
};

/** More than these are not held; the oldest go. */
const MANY = 1_000_000;

/** The requests of the last so many seconds. */
export class Window {
  #requests: SeenRequest[] = [];
  #newest: number | undefined;

  add(requests: readonly SeenRequest[]): void {
    for (const request of requests) {
      this.#requests.push(request);
      this.#newest = Math.max(this.#newest ?? request.at, request.at);
    }
    if (this.#requests.length > MANY) this.#requests = this.#requests.slice(-MANY);
  }

  frame(look: Look, now: number): Frame {
    this.#requests = this.#requests.filter(({ at }) => at > now - look.windowMs);
    const groups = Map.groupBy(this.#requests, (request) => JSON.stringify(look.by.map((one) => OF[one](request))));
    const rows = [...groups].map(([key, of]) => ({ key: JSON.parse(key) as string[], ...figuresOf(of) }));
    const { windowMs } = look;
    return { at: now, windowMs, total: figuresOf(this.#requests), rows: first(rows, look), newest: this.#newest };
  }
}

export function first(rows: readonly Row[], { order, top }: Look): Row[] {
  const by = (row: Row) => row[order] ?? -1;
  return rows
    .toSorted((a, b) => by(b) - by(a) || b.requests - a.requests || (a.key.join('\0') < b.key.join('\0') ? -1 : 1))
    .slice(0, top);
}

function figuresOf(requests: readonly SeenRequest[]): Figures {
  const latencies = Float64Array.from(requests.flatMap(({ latencyUs }) => latencyUs ?? [])).sort();
  const count = (of: (request: SeenRequest) => boolean) => requests.reduce((sum, one) => sum + Number(of(one)), 0);
  return {
    requests: requests.length,
    errors: count(({ code }) => code >= 400),
    throttled: count(({ code }) => code === 429),
    p50: quantile(latencies, 0.5),
    p99: quantile(latencies, 0.99),
  };
}

/** Between neighbours by proportion, in whole microseconds, as the reports have it. */
function quantile(sorted: Float64Array, share: number): number | null {
  if (sorted.length === 0) return null;
  const place = (sorted.length - 1) * share;
  const [low, high] = [sorted[Math.floor(place)]!, sorted[Math.ceil(place)]!];
  return Math.floor(low + (high - low) * (place - Math.floor(place)) + 0.5);
}

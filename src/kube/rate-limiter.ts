import type { Clock } from './clock.ts';

/** How long a key has to wait before it is worked on again. */
export interface RateLimiter {
  /** Counts one more failure of the key. */
  when(key: string): number;
  /** The key has succeeded: its failures are forgotten. */
  forget(key: string): void;
  /** Failures of the key since it last succeeded. */
  failures(key: string): number;
}

/** Doubles a key's wait with each failure. */
export function exponentialLimiter(baseMs = 5, maxMs = 1_000_000): RateLimiter {
  const failures = new Map<string, number>();
  return {
    when(key) {
      const count = failures.get(key) ?? 0;
      failures.set(key, count + 1);
      return Math.min(maxMs, baseMs * 2 ** count);
    },
    forget: (key) => void failures.delete(key),
    failures: (key) => failures.get(key) ?? 0,
  };
}

/** Lets `burst` keys go at once and `perSecond` after that, whichever they are. */
export function bucketLimiter(perSecond: number, burst: number, clock: Clock): RateLimiter {
  let tokens = burst;
  let at = clock.now();
  return {
    when() {
      const now = clock.now();
      tokens = Math.min(burst, tokens + ((now - at) / 1000) * perSecond) - 1;
      at = now;
      return tokens >= 0 ? 0 : (-tokens / perSecond) * 1000;
    },
    forget: () => {},
    failures: () => 0,
  };
}

/** The longest wait that any of them asks for. */
export function strictestOf(...limiters: readonly RateLimiter[]): RateLimiter {
  return {
    when: (key) => Math.max(...limiters.map((limiter) => limiter.when(key))),
    forget: (key) => limiters.forEach((limiter) => void limiter.forget(key)),
    failures: (key) => Math.max(...limiters.map((limiter) => limiter.failures(key))),
  };
}

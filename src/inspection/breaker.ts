/** A host that did not answer again and again is left alone for a while: it costs a run its timeout each time. */
import { type Clock, systemClock } from '../kube/index.ts';
import type { Subject } from './subject.ts';
import type { Transport } from './transports/transport.ts';

export interface BreakerOptions {
  readonly clock?: Clock;
  /** In a row. @default 3 */
  readonly failures?: number;
  /** @default five minutes */
  readonly pauseMs?: number;
}

/** The same transport behind a breaker for each host. */
export function withBreaker(transport: Transport, options: BreakerOptions = {}): Transport {
  const { clock = systemClock, failures = 3, pauseMs = 300_000 } = options;
  const broken = new Map<string, { count: number; until: number; why: string }>();
  const note = (host: string, why: string) => {
    const count = (broken.get(host)?.count ?? 0) + 1;
    broken.set(host, { count, why, until: count >= failures ? clock.now() + pauseMs : 0 });
  };
  return {
    name: transport.name,
    async collect(subject: Subject, signal) {
      const { host } = subject;
      const state = broken.get(host);
      if (state && state.until > clock.now())
        throw new Error(`not asked again so soon; ${state.count} times: ${state.why}`);
      try {
        const collected = await transport.collect(subject, signal);
        broken.delete(host);
        return collected;
      } catch (error) {
        note(host, error instanceof Error ? error.message : String(error));
        throw error;
      }
    },
  };
}

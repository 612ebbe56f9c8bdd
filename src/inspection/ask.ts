/** Asks one host: in time, once, and never with an error: what goes wrong is the answer. */
import { type Clock, systemClock } from '../kube/index.ts';
import { parseFacts, Unreadable } from './facts.ts';
import type { Answer, Failure } from './judge.ts';
import type { Subject } from './subject.ts';
import type { Collected, Transport } from './transports/transport.ts';

export interface AskOptions {
  readonly signal?: AbortSignal;
  /** @default 30 s */
  readonly timeoutMs?: number;
  readonly clock?: Clock;
}

export interface Asked {
  readonly answer: Answer;
  /** With the heartbeat of an agent that sends by itself. */
  readonly subject: Subject;
}

/** Facts that are sent are stale after so many intervals. */
const STALE_INTERVALS = 3;

export async function ask(transport: Transport, subject: Subject, options: AskOptions = {}): Promise<Asked> {
  const { timeoutMs = 30_000, clock = systemClock } = options;
  const late = new AbortController();
  const cancel = clock.after(timeoutMs, () => late.abort(new Error(`no answer within ${timeoutMs / 1000} s`)));
  const signal = options.signal ? AbortSignal.any([options.signal, late.signal]) : late.signal;
  const from = clock.now();
  try {
    const collected = await orAborted(transport.collect(subject, signal), signal);
    return readAnswer(collected, subject, { from, until: clock.now() });
  } catch (error) {
    options.signal?.throwIfAborted();
    const kind = late.signal.aborted ? 'timeout' : 'unreachable';
    return {
      subject,
      answer: failed(kind, late.signal.aborted ? (late.signal.reason as Error).message : wordsOf(error)),
    };
  } finally {
    cancel();
  }
}

function readAnswer({ text, sent }: Collected, subject: Subject, asked: { from: number; until: number }): Asked {
  const heard = sent ? { ...subject, heartbeat: sent } : subject;
  if (sent && asked.until - sent.at > STALE_INTERVALS * sent.intervalMs) {
    const reason = `sent ${Math.round((asked.until - sent.at) / 60_000)} min ago`;
    return { subject: heard, answer: failed('stale', reason) };
  }
  try {
    return { subject: heard, answer: { facts: parseFacts(text, sent ? undefined : asked) } };
  } catch (error) {
    if (!(error instanceof Unreadable)) throw error;
    return { subject: heard, answer: failed('malformed', `${error.reason}: ${error.raw.slice(0, 100)}`) };
  }
}

function failed(kind: Failure['kind'], reason: string): Answer {
  return { failure: { kind, reason } };
}

/** A transport that does not heed its signal is waited for no longer. */
function orAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
    work.then(resolve, reject);
  });
}

function wordsOf(error: unknown): string {
  const words = error instanceof Error ? error.message : String(error);
  const cause = error instanceof Error && error.cause instanceof Error ? `: ${error.cause.message}` : '';
  return `${words}${cause}`.slice(0, 300);
}

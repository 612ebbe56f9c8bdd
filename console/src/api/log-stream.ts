/** The log of a container as it comes: the last lines, told a few times a second however fast they are written. */
import { useEffect, useState } from 'react';
import { openText } from './client.ts';

export interface LogQuery {
  readonly namespace: string;
  readonly pod: string;
  readonly container: string;
  readonly follow: boolean;
  readonly previous: boolean;
}

export interface LogState {
  readonly lines: readonly string[];
  readonly state: 'open' | 'ended' | 'failed';
  readonly error?: Error;
}

/** More than this is for a log store, not for a page. */
export const MOST_LINES = 5000;
const TELL_MS = 150;

export function useLog({ namespace, pod, container, follow, previous }: LogQuery): LogState {
  const [log, setLog] = useState<LogState>({ lines: [], state: 'open' });
  useEffect(() => {
    const ending = new AbortController();
    let lines: string[] = [];
    let rest = '';
    let timer: ReturnType<typeof setTimeout> | undefined;
    const tell = () => {
      timer ??= setTimeout(() => {
        timer = undefined;
        setLog({ lines: rest ? [...lines, rest] : lines, state: 'open' });
      }, TELL_MS);
    };
    const end = (state: 'ended' | 'failed', error?: Error) => {
      clearTimeout(timer);
      if (!ending.signal.aborted) setLog({ lines: rest ? [...lines, rest] : lines, state, ...(error && { error }) });
    };
    const read = async () => {
      const query = new URLSearchParams({ container, follow: String(follow), previous: String(previous) });
      for await (const text of openText(`/pods/${namespace}/${pod}/log?${query}`, ending.signal)) {
        const parts = (rest + text).split('\n');
        rest = parts.pop() ?? '';
        lines = [...lines, ...parts].slice(-MOST_LINES);
        tell();
      }
    };
    setLog({ lines: [], state: 'open' });
    read().then(
      () => end('ended'),
      (error: Error) => end('failed', error),
    );
    return () => {
      ending.abort();
      clearTimeout(timer);
    };
  }, [namespace, pod, container, follow, previous]);
  return log;
}

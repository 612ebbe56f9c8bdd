/** One question at a time: asked, given up, answered or refused. */
import { useEffect, useRef, useState } from 'react';
import { askSql, type SqlAnswer } from '../../api/sql.ts';

export type Run =
  | { readonly state: 'none' }
  | { readonly state: 'running'; readonly sql: string }
  | { readonly state: 'cancelled' }
  | { readonly state: 'answered'; readonly sql: string; readonly answer: SqlAnswer; readonly ms: number }
  | { readonly state: 'refused'; readonly sql: string; readonly error: Error };

export interface Runner {
  readonly run: Run;
  readonly start: (sql: string) => void;
  readonly cancel: () => void;
}

export function useRun(): Runner {
  const [run, setRun] = useState<Run>({ state: 'none' });
  const asking = useRef<AbortController>(null);
  useEffect(() => () => asking.current?.abort(), []);
  return {
    run,
    start(sql) {
      asking.current?.abort();
      const own = new AbortController();
      asking.current = own;
      const [began, end] = [performance.now(), (next: Run) => own.signal.aborted || setRun(next)];
      setRun({ state: 'running', sql });
      askSql(sql, own.signal).then(
        (answer) => end({ state: 'answered', sql, answer, ms: performance.now() - began }),
        (error: Error) => end({ state: 'refused', sql, error }),
      );
    },
    cancel() {
      asking.current?.abort();
      setRun({ state: 'cancelled' });
    },
  };
}

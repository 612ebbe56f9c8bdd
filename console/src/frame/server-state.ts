/** What the last answers say of the server: there, away, or no longer knowing this session. */
import { useQueryClient } from '@tanstack/react-query';
import { useSyncExternalStore } from 'react';
import { Problem, ServerAway } from '../api/problem.ts';

export type ServerState = 'there' | 'away' | 'expired';

export function useServerState(): ServerState {
  const cache = useQueryClient().getQueryCache();
  return useSyncExternalStore(
    (changed) => cache.subscribe(changed),
    () => {
      const failures = cache.getAll().map(({ state }) => state.fetchFailureReason ?? state.error);
      if (failures.some((error) => error instanceof Problem && error.code === 'not-signed-in')) return 'expired';
      return failures.some((error) => error instanceof ServerAway) ? 'away' : 'there';
    },
  );
}

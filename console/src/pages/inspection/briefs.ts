/** Runs and briefs as the server has them. */
import { useQuery } from '@tanstack/react-query';
import { get } from '../../api/client.ts';
import type { Brief, RunPage } from '../../api/inspection.ts';

/** Asked again and again while one is under way. */
export function useRuns() {
  return useQuery({
    queryKey: ['inspection', 'runs'],
    queryFn: ({ signal }) => get<RunPage>('/inspection/runs?limit=50', signal),
    refetchInterval: (query) => (query.state.data?.items.some(({ state }) => state === 'running') ? 2000 : 30_000),
  });
}

/** A run that has ended changes no more. */
export function useBrief(run: string | undefined) {
  return useQuery({
    queryKey: ['inspection', 'brief', run],
    queryFn: ({ signal }) => get<Brief>(`/inspection/runs/${run}/brief`, signal),
    enabled: run !== undefined,
  });
}

/** Of the newest run that has ended; pending while there is none. */
export function useLatestBrief() {
  const ended = useRuns().data?.items.find(({ state }) => state !== 'running');
  return useBrief(ended && String(ended.id));
}

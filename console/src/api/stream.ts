/** One live stream for the whole browser tab: what has changed is asked for again, if it is on the screen. */
import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';

/** Topic to the names of the lists and the first key of the queries that it concerns. */
const TOPICS: Readonly<Record<string, readonly string[]>> = {
  nodes: ['hosts', 'fleet'],
  pods: ['pods', 'pod', 'applications', 'application', 'release', 'fleet'],
  deployments: ['applications'],
  stateful_sets: ['applications'],
  daemon_sets: ['applications'],
  groups: ['applications', 'application'],
  releases: ['applications', 'application', 'releases', 'release'],
  events: ['pod'],
  inspection: ['inspection'],
  operations: ['operations', 'operation'],
};

/** True while the stream is up. */
export function useLiveStream(): boolean {
  const queries = useQueryClient();
  const [up, setUp] = useState(true);
  useEffect(() => {
    const source = new EventSource(`/api/v1/stream?topics=${Object.keys(TOPICS).join(',')}`);
    source.onopen = () => setUp(true);
    source.onerror = () => setUp(false);
    source.addEventListener('changed', ({ data }: MessageEvent<string>) => {
      const names = (JSON.parse(data) as string[]).flatMap((topic) => TOPICS[topic] ?? []);
      void queries.invalidateQueries({
        predicate: ({ queryKey: [first, second] }) =>
          names.includes(String(first)) || (first === 'list' && names.includes(String(second))),
      });
    });
    return () => source.close();
  }, [queries]);
  return up;
}

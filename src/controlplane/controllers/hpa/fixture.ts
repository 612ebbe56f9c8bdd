/** For tests: Pods and what is measured of them, as short as a table row. */

import { pod, START } from '../../../control/fixture.ts';
import type { Pod } from '../../../kube/index.ts';
import type { PodMetrics } from './samples.ts';

/** An hour on: no Pod is in its first minutes. */
export const NOW = START + 3_600_000;

export interface PodRow {
  /** Thousandths of a core; undefined: nothing was measured. */
  readonly use?: number;
  readonly state?: 'ready' | 'unready' | 'never-ready' | 'starting' | 'pending' | 'failed' | 'leaving';
  readonly request?: string;
}

/** Pods `p0`, `p1`, … each with a CPU request of 100m unless said otherwise. */
export function podsOf(rows: readonly PodRow[]): Pod[] {
  return rows.map(({ state = 'ready', request = '100m' }, i) => {
    const phase = state === 'pending' ? 'Pending' : state === 'failed' ? 'Failed' : 'Running';
    const readyAt = { unready: 1_800_000, 'never-ready': 1000, starting: 3_595_000 }[state as string] ?? 10_000;
    const ready = !['unready', 'never-ready', 'pending'].includes(state);
    const made = pod({ name: `p${i}`, phase, ready, readyAt, leaving: state === 'leaving' });
    const startedAt = state === 'starting' ? NOW - 60_000 : START;
    made.status!.startTime = new Date(startedAt).toISOString();
    made.spec.containers = [{ name: 'main', image: 'x', resources: { requests: { cpu: request } } }];
    return made;
  });
}

export function metricsOf(rows: readonly PodRow[]): PodMetrics[] {
  return rows.flatMap(({ use }, i) =>
    use === undefined
      ? []
      : [
          {
            metadata: { name: `p${i}`, uid: '', resourceVersion: '', creationTimestamp: '' },
            timestamp: new Date(NOW).toISOString(),
            window: '15s',
            containers: [{ name: 'main', usage: { cpu: `${use}m`, memory: `${use}Mi` } }],
          },
        ],
  );
}

/** So many alike. */
export function times(count: number, row: PodRow): PodRow[] {
  return Array.from({ length: count }, () => row);
}

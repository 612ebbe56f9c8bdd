/** What the kinds have in common that keep so many like Pods. */
import type { Column, ScalePaths } from '../definition.ts';
import { integer, text } from './columns.ts';

export const replicaPaths: ScalePaths = {
  specReplicas: ['spec', 'replicas'],
  statusReplicas: ['status', 'replicas'],
  selector: ['spec', 'selector'],
};

export const readyOfWanted: Column = text('Ready', (o) => `${o.status?.readyReplicas ?? 0}/${o.spec.replicas ?? 0}`, {
  description: 'Ready Pods out of those wanted.',
});

/** Wanted, there and ready, each by itself. */
export const replicaCounts: readonly Column[] = [
  integer('Desired', (o) => o.spec.replicas ?? 0),
  integer('Current', (o) => o.status?.replicas ?? 0),
  integer('Ready', (o) => o.status?.readyReplicas ?? 0),
];

/** Namespaces, Events, budgets: what the cluster tells of itself. */
import {
  type CoreEvent,
  EVENTS,
  NAMESPACES,
  type Namespace,
  POD_DISRUPTION_BUDGETS,
  type PodDisruptionBudget,
} from '../../../kube/index.ts';
import { count, text, time } from '../column.ts';
import { kindTable } from '../kind-table.ts';

export const namespaces = kindTable<Namespace>(NAMESPACES, {
  doc: 'Namespaces',
  columns: [text('phase', '`Active` or `Terminating`', (of) => of.status?.phase)],
});

export const events = kindTable<CoreEvent>(EVENTS, {
  doc: 'Events',
  documents: false,
  columns: [
    text('type', '`Normal` or `Warning`', (of) => of.type),
    text('reason', 'what happened, in one word', (of) => of.reason),
    text('message', 'what happened, in a sentence', (of) => of.message),
    text('object_kind', 'kind of what it happened to', (of) => of.involvedObject.kind),
    text('object_namespace', 'its namespace', (of) => of.involvedObject.namespace),
    text('object_name', 'its name', (of) => of.involvedObject.name),
    text('object_uid', 'its uid', (of) => of.involvedObject.uid),
    text('source', 'who says so', (of) => of.reportingComponent || of.source?.component),
    text('source_host', 'on which host', (of) => of.source?.host),
    count('count', 'how often it happened', (of) => of.series?.count ?? of.count ?? 1),
    time('first_seen_at', 'when it happened first', (of) => of.firstTimestamp ?? of.eventTime),
    time(
      'last_seen_at',
      'when it happened last',
      (of) => of.series?.lastObservedTime ?? of.lastTimestamp ?? of.eventTime,
    ),
  ],
});

export const podDisruptionBudgets = kindTable<PodDisruptionBudget>(POD_DISRUPTION_BUDGETS, {
  doc: 'Budgets of disruption',
  columns: [
    text('min_available', 'Pods that must stay, by number or share', (of) => shareOf(of.spec.minAvailable)),
    text('max_unavailable', 'Pods that may be missing', (of) => shareOf(of.spec.maxUnavailable)),
    count('current_healthy', 'healthy Pods', (of) => of.status?.currentHealthy),
    count('desired_healthy', 'healthy Pods it needs', (of) => of.status?.desiredHealthy),
    count('expected_pods', 'Pods it counts', (of) => of.status?.expectedPods),
    count('disruptions_allowed', 'Pods that may go now', (of) => of.status?.disruptionsAllowed),
  ],
});

function shareOf(value: unknown): string | undefined {
  return value === undefined || value === null ? undefined : String(value);
}

/** What a GroupService says of itself. */
import { type Clock, type Condition, type Service, setCondition } from '../kube/index.ts';
import type { GroupService } from '../resources/index.ts';
import type { Guarded, HoldReason } from './guard.ts';

export type Status = NonNullable<GroupService['status']>;

/** Why there is no Service to fill. */
export interface Refusal {
  readonly reason: 'NameTaken' | 'Refused';
  readonly message: string;
}

export function refusedStatus(group: GroupService, refusal: Refusal, clock: Clock): Status {
  const conditions = conditionsOf(group, clock, { type: 'ServiceReady', status: 'False', ...refusal });
  return { ...group.status, observedGeneration: group.metadata.generation ?? 0, conditions };
}

export function statusOf(group: GroupService, service: Service, guarded: Guarded, total: number, clock: Clock): Status {
  const { clusterIP } = service.spec;
  const made = {
    type: 'ServiceReady',
    status: 'True' as const,
    reason: 'Made',
    message: 'The Service is as it should be',
  };
  const conditions = conditionsOf(group, clock, made, heldCondition(guarded, total));
  const balancer = service.status?.loadBalancer?.ingress
    ?.map(({ ip, hostname }) => ip ?? hostname ?? '')
    .filter(Boolean);
  return {
    observedGeneration: group.metadata.generation ?? 0,
    ...(clusterIP && { clusterIP }),
    ...(balancer?.length && { loadBalancer: balancer }),
    total,
    ready: guarded.ready.size,
    held: guarded.held.size,
    conditions,
  };
}

const WORDS: Record<HoldReason, string> = {
  NodesSuspect: 'their hosts have been silent for less than holdSeconds',
  Disruption: 'so many hosts are silent that silence proves nothing',
  RateLimited: 'their hosts are lost, and no more than a tenth of the Pods is taken away a minute',
  Panic: 'fewer than panicThreshold would be left',
  NodeStuck: 'their hosts are back, and nobody has called them ready again',
};
/** The most telling reason comes first. */
const ORDER: readonly HoldReason[] = ['Panic', 'Disruption', 'RateLimited', 'NodesSuspect', 'NodeStuck'];

function heldCondition({ held }: Guarded, total: number) {
  const reasons = ORDER.map((reason) => [reason, [...held.values()].filter((one) => one === reason).length] as const);
  const parts = reasons.filter(([, count]) => count > 0);
  const [first] = parts;
  if (!first)
    return { type: 'EndpointsHeld', status: 'False' as const, reason: 'AsReported', message: 'No Pod is held' };
  const message = `${held.size} of ${total} Pods are published though called unready: ${parts
    .map(([reason, count]) => `${count} because ${WORDS[reason]}`)
    .join('; ')}`;
  return { type: 'EndpointsHeld', status: 'True' as const, reason: first[0], message };
}

type Update = Parameters<typeof setCondition>[1];

function conditionsOf(group: GroupService, clock: Clock, ...updates: readonly Update[]): Status['conditions'] {
  const before: Condition[] = [...(group.status?.conditions ?? [])];
  const after = updates.reduce<Condition[]>((conditions, update) => setCondition(conditions, update, clock), before);
  return after as Status['conditions'];
}

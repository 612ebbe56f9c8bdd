/** What has to be told to the API so that its status of a Pod equals the kubelet's. */
import { isDeepStrictEqual } from 'node:util';
import type { Pod } from '../kube/index.ts';
import { OWN_CONDITIONS } from './pod-conditions.ts';
import type { PodCondition, PodStatus } from './pod-status.ts';

const PLAIN_FIELDS = [
  'observedGeneration',
  'phase',
  'reason',
  'message',
  'hostIP',
  'podIP',
  'startTime',
  'initContainerStatuses',
  'containerStatuses',
  'ephemeralContainerStatuses',
] as const satisfies readonly (keyof PodStatus)[];

/**
 * A strategic merge patch for `/status`: only what differs, so that conditions of others stay as they are. It names the
 * uid, so that it never hits a successor of the same name. Undefined: nothing to tell.
 */
export function podReport(uid: string, sent: Partial<PodStatus>, now: PodStatus): object | undefined {
  const status: Record<string, unknown> = {};
  for (const field of PLAIN_FIELDS) if (!isDeepStrictEqual(sent[field], now[field])) status[field] = now[field] ?? null;
  for (const field of ['hostIPs', 'podIPs'] as const)
    if (now[field] && !isDeepStrictEqual(sent[field], now[field])) status[field] = replaced(sent[field], now[field]);
  const conditions = changedConditions(sent.conditions ?? [], now.conditions);
  if (conditions.length > 0) status.conditions = conditions;
  return Object.keys(status).length === 0 ? undefined : { metadata: { uid }, status };
}

/** Address lists merge by address; a change of address must not leave the old one. */
function replaced(before: unknown, now: readonly object[]): readonly object[] {
  return before === undefined ? now : [...now, { $patch: 'replace' }];
}

function changedConditions(sent: readonly PodCondition[], now: readonly PodCondition[]): object[] {
  const changes: object[] = [];
  for (const condition of now) {
    const before = sent.find((s) => s.type === condition.type);
    if (!before) changes.push(condition);
    else if (!isDeepStrictEqual(known(before), known(condition)))
      changes.push({ ...cleared(before, condition), ...condition });
  }
  const over = sent.filter((s) => OWN_CONDITIONS.includes(s.type) && !now.some((c) => c.type === s.type));
  return [...changes, ...over.map(({ type }) => ({ $patch: 'delete', type }))];
}

/** Without what an API server adds of its own. */
function known({ lastProbeTime, ...condition }: PodCondition): object {
  return condition;
}

/** Conditions merge field by field; a reason that no longer holds has to be taken back in so many words. */
function cleared(before: PodCondition, now: PodCondition): object {
  const fields = (['reason', 'message'] as const).filter(
    (field) => before[field] !== undefined && now[field] === undefined,
  );
  return Object.fromEntries(fields.map((field) => [field, null]));
}

/** The kubelet's part of a status found in the API. */
export function foundStatus(pod: Pod): Partial<PodStatus> {
  return (pod.status ?? {}) as Partial<PodStatus>;
}

/** Has somebody else overwritten what the kubelet said of the Pod's readiness or phase? */
export function isOverwritten(pod: Pod, said: PodStatus): boolean {
  const found = pod.status?.conditions ?? [];
  return said.conditions.some(({ type, status }) => {
    const there = found.find((c) => c.type === type);
    return there !== undefined && there.status !== status;
  });
}

/** Carries out DisruptionPolicies: judges lost hosts, makes their Pods anew, keeps a PodDisruptionBudget for each. */
import {
  BY_NAMESPACE,
  createLoop,
  type Env,
  isFinished,
  isReady,
  type Loop,
  sameStatus,
  scaled,
  sooner,
} from '../../control/index.ts';
import {
  type ConditionUpdate,
  isConditionTrue,
  isFenced,
  isStatus,
  keyOf,
  NODES,
  type Node,
  POD_DISRUPTION_BUDGETS,
  PODS,
  type Pod,
  selectorOf,
  setCondition,
} from '../../kube/index.ts';
import { DISRUPTION_POLICIES, type DisruptionPolicy } from '../../resources/index.ts';
import { project } from './budget.ts';
import { gatherEvidence, type PeersFailingSince } from './host-evidence.ts';
import { type Judgement, judge } from './judgement.ts';
import { podsToRecreate } from './recreation.ts';
import { type Opening, openingAt } from './window.ts';

export interface DisruptionOptions {
  /** Without it `PeerProbe` never confirms anything, and a policy that asks for it says so. */
  readonly peers?: PeersFailingSince;
}

type Status = NonNullable<DisruptionPolicy['status']>;

/** Changes of Pods are gathered for so long. */
const GATHER_MS = 500;

export function disruptionController(env: Env, { peers }: DisruptionOptions): Loop {
  const { client, clock } = env;
  const policies = env.caches.of(DISRUPTION_POLICIES);
  const pods = env.caches.of(PODS);
  const nodes = env.caches.of(NODES);
  const budgets = env.caches.of(POD_DISRUPTION_BUDGETS);
  const recorder = env.recorder('jdos-disruption');
  const loop = createLoop(env, 'disruption-policy', reconcile, 2);

  return {
    async start(signal) {
      policies.onChange({ add: tell, update: tell });
      pods.onChange({ update: (pod, old) => isReady(pod) !== isReady(old) && tellOf(pod), delete: tellOf });
      nodes.onChange({ update: (node, old) => turned(node, old) && tellAll(), delete: tellAll });
      budgets.onChange({ update: tellOf, delete: tellOf });
      await loop.start(signal);
    },
  };

  function tell(policy: DisruptionPolicy): void {
    loop.enqueue(keyOf(policy));
  }

  function tellOf({ metadata }: { metadata: { namespace?: string } }): void {
    for (const policy of policies.byIndex(BY_NAMESPACE, metadata.namespace ?? ''))
      loop.enqueue(keyOf(policy), GATHER_MS);
  }

  function tellAll(): void {
    for (const policy of policies.list()) tell(policy);
  }

  async function reconcile(key: string) {
    const policy = policies.get(key);
    if (!policy || policy.metadata.deletionTimestamp) return undefined;
    const now = clock.now();
    const opening = readOpening(policy, now);
    const projected = await project(client, policy, opening.open);
    const mine = podsOf(policy);
    const hosts = await gatherEvidence({ client, nodes: nodes.list(), now, ...(peers && { peers }) });
    const judgement = judge(policy.spec.nodeFailure, hosts, policy.status?.nodes ?? [], now);
    const written = await writeStatus(policy, statusOf(policy, mine, judgement, { ...opening, projected }));
    await recreate(written, mine, judgement);
    const waitMs = sooner(judgement.lookAgainMs, opening.changesInMs);
    return waitMs === undefined ? undefined : { requeueAfterMs: Math.max(1, waitMs) };
  }

  function readOpening({ spec }: DisruptionPolicy, now: number): Opening & { readonly fault?: string } {
    try {
      return openingAt(spec.windows, now);
    } catch (error) {
      return { open: false, fault: error instanceof Error ? error.message : String(error) };
    }
  }

  function podsOf({ metadata, spec }: DisruptionPolicy): Pod[] {
    const selector = selectorOf(spec.selector);
    return pods.byIndex(BY_NAMESPACE, metadata.namespace ?? '').filter((pod) => selector.matches(pod.metadata.labels));
  }

  function statusOf(
    policy: DisruptionPolicy,
    mine: readonly Pod[],
    { records, hold }: Judgement,
    budget: { readonly projected: boolean; readonly open: boolean; readonly fault?: string },
  ): Status {
    const { metadata, spec, status = {} } = policy;
    const there = budgets.get(keyOf(policy))?.status;
    const count = (node: string) => mine.filter((pod) => pod.spec.nodeName === node).length;
    const updates: ConditionUpdate[] = [
      hold
        ? { type: 'Held', status: 'True', reason: hold.reason, message: hold.message }
        : { type: 'Held', status: 'False', reason: 'NothingHeld', message: '' },
      budget.projected
        ? { type: 'Projected', status: 'True', reason: 'Projected', message: '' }
        : {
            type: 'Projected',
            status: 'False',
            reason: 'NameTaken',
            message: `PodDisruptionBudget ${metadata.name} is not ours`,
          },
      windowCondition(budget),
      confirmable(spec, peers !== undefined),
    ];
    const conditions = updates.reduce((all, update) => setCondition(all, update, clock), status.conditions);
    return {
      ...(metadata.generation && { observedGeneration: metadata.generation }),
      expected: there?.expectedPods ?? mine.length,
      healthy: there?.currentHealthy ?? mine.filter(isReady).length,
      disruptionsAllowed: there?.disruptionsAllowed ?? 0,
      ...(records.length > 0 && {
        nodes: records.slice(0, 200).map((record) => ({ ...record, pods: count(record.node) })),
      }),
      ...(conditions && { conditions }),
    };
  }

  /** What is about to be done is written down first: after a crash it is gone on with, and counts against the rate. */
  async function writeStatus(policy: DisruptionPolicy, status: Status): Promise<DisruptionPolicy> {
    const held = status.conditions?.find(({ type }) => type === 'Held');
    if (held?.status === 'True' && !isConditionTrue(policy, 'Held'))
      recorder.event(policy, 'Warning', 'Held', held.message ?? '');
    if (sameStatus(policy.status, status)) return policy;
    return client.replace(DISRUPTION_POLICIES, { ...policy, status }, { subresource: 'status' });
  }

  async function recreate(policy: DisruptionPolicy, mine: readonly Pod[], { lost }: Judgement): Promise<void> {
    if (lost.length === 0) return;
    const expected = Math.max(policy.status?.expected ?? 0, mine.filter((pod) => !isFinished(pod)).length);
    const limit = scaled(policy.spec.maxUnavailable, expected, 'up');
    for (const pod of podsToRecreate(mine, new Set(lost), limit)) await remove(policy, pod);
  }

  /** At once: nobody on the host will ever say that it has ended. */
  async function remove(policy: DisruptionPolicy, { metadata, spec }: Pod): Promise<void> {
    const { name, namespace, uid } = metadata;
    try {
      await client.delete(PODS, name, { namespace, gracePeriodSeconds: 0, preconditions: { uid } });
      recorder.event(policy, 'Normal', 'Recreating', `Pod ${name} is made anew: host ${spec.nodeName} is lost`);
    } catch (error) {
      if (!isStatus(error, 'NotFound', 'Conflict')) throw error;
    }
  }
}

function windowCondition({ open, fault }: { readonly open: boolean; readonly fault?: string }): ConditionUpdate {
  if (fault) return { type: 'WindowOpen', status: 'Unknown', reason: 'Unreadable', message: `spec.windows: ${fault}` };
  return { type: 'WindowOpen', status: open ? 'True' : 'False', reason: open ? 'Open' : 'Closed', message: '' };
}

function confirmable({ nodeFailure }: DisruptionPolicy['spec'], probed: boolean): ConditionUpdate {
  if (probed || !nodeFailure.confirmations.includes('PeerProbe'))
    return { type: 'Confirmable', status: 'True', reason: 'Confirmable', message: '' };
  const message =
    'nobody probes hosts from their peers here: only a deleted Node or the out-of-service taint confirm a loss';
  return { type: 'Confirmable', status: 'False', reason: 'NoPeerProbe', message };
}

function turned(node: Node, old: Node): boolean {
  return isConditionTrue(node, 'Ready') !== isConditionTrue(old, 'Ready') || isFenced(node) !== isFenced(old);
}

/** What emptying a host would mean, before anything is done. Pure: it judges the scene that it is given. */
import { RACK, ZONE } from '../../nodes/index.ts';
import { type Budget, budgetsOf, type Consent, type PodClass, type PodPlan, planPod } from '../drain/index.ts';
import type { AffectedApplication } from '../operation.ts';
import { isControlPlane } from '../rails/budget.ts';
import { applicationKey, applicationOf } from './application.ts';
import { pack, roomsIn } from './capacity.ts';
import type { Scene } from './scene.ts';

export interface PodImpact {
  readonly pod: string;
  readonly class: PodClass;
  readonly act: PodPlan['act'];
  readonly application: string;
  readonly budgets: readonly { readonly name: string; readonly allowed: number }[];
}

export interface Impact {
  readonly host: string;
  readonly zone: string | undefined;
  readonly rack: string | undefined;
  readonly controlPlane: boolean;
  readonly pods: readonly PodImpact[];
  readonly applications: readonly AffectedApplication[];
  /** What will keep the drain from ending, in words. */
  readonly blockers: readonly string[];
  /** Pods for which the rest of the zone has no room. */
  readonly homeless: readonly string[];
  /** Applications of which no replica is left while these Pods move. */
  readonly lastReplicas: readonly string[];
  readonly estimateMs: number;
}

const FIRST_GRACE_MS = 30_000;
const PARALLEL = 10;

export function impactOf(scene: Scene, consent: Consent = {}): Impact {
  const { node } = scene;
  const plans = scene.pods.map((pod) => planPod(pod, consent));
  const moving = plans.filter(({ act, class: kind }) => act !== 'leave' && kind !== 'finished');
  const pods = plans.map((plan) => podImpact(plan, scene.budgets));
  const applications = applicationsOf(moving, scene.replicas);
  const zone = node.metadata.labels?.[ZONE];
  const { unplaced } = pack(
    moving.map(({ pod }) => pod),
    roomsIn(scene.candidates, scene.used),
  );
  return {
    host: node.metadata.name,
    zone,
    rack: node.metadata.labels?.[RACK],
    controlPlane: isControlPlane(node),
    pods,
    applications,
    blockers: pods.flatMap(blockersOf),
    homeless: unplaced,
    lastReplicas: applications.filter(({ pods: here, replicas }) => replicas <= here && replicas > 0).map(labelOf),
    estimateMs: estimate(moving),
  };
}

function podImpact(plan: PodPlan, budgets: readonly Budget[]): PodImpact {
  const { namespace, name } = applicationOf(plan.pod);
  const covering = plan.act === 'leave' ? [] : budgetsOf(plan.pod, budgets);
  return {
    pod: plan.key,
    class: plan.class,
    act: plan.act,
    application: `${namespace}/${name}`,
    budgets: covering.map(({ key, allowed }) => ({ name: key, allowed })),
  };
}

function blockersOf({ pod, act, class: kind, budgets }: PodImpact): string[] {
  if (act === 'leave') return [];
  const names = budgets.map(({ name }) => name).join(' and ');
  if (budgets.length > 1) return [`${pod}: two budgets speak of it, ${names}: it can never be evicted`];
  if (act === 'blocked') return [`${pod}: is ${kind} and needs consent`];
  const full = budgets.find(({ allowed }) => allowed < 1);
  return full && kind !== 'finished' ? [`${pod}: the budget ${full.name} allows no eviction now`] : [];
}

function applicationsOf(plans: readonly PodPlan[], replicas: ReadonlyMap<string, number>): AffectedApplication[] {
  const found = new Map<string, AffectedApplication>();
  for (const { pod } of plans) {
    const { namespace, name, owner } = applicationOf(pod);
    const key = applicationKey({ namespace, name });
    const pods = (found.get(key)?.pods ?? 0) + 1;
    found.set(key, { application: name, namespace, owner, pods, replicas: replicas.get(key) ?? pods });
  }
  return [...found].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, application]) => application);
}

function estimate(plans: readonly PodPlan[]): number {
  const graces = plans.map(({ pod }) => (pod.spec.terminationGracePeriodSeconds ?? 30) * 1000);
  if (graces.length === 0) return 0;
  return Math.max(...graces, FIRST_GRACE_MS) * Math.ceil(graces.length / PARALLEL / 3);
}

function labelOf({ namespace, application }: AffectedApplication): string {
  return `${namespace}/${application}`;
}

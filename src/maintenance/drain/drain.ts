/**
 * Empties a host, step by step: each `step` looks at what is there, asks for what may go and says what is left. Nothing
 * is remembered that the next step could not do without, so it may be ended and begun anew at any moment.
 */
import { type Clock, type KubeClient, POD_DISRUPTION_BUDGETS, PODS } from '../../kube/index.ts';
import { type Budget, budgetsFrom, budgetsOf } from './budgets.ts';
import { evictPod } from './eviction.ts';
import { type Consent, type IsLocalClaim, type PodPlan, planPod } from './pod-class.ts';
import { podsOn } from './pods-on.ts';

export interface DrainOptions {
  readonly client: Pick<KubeClient, 'listAll' | 'createSubresource' | 'delete'>;
  readonly clock: Clock;
  readonly isLocalClaim?: IsLocalClaim;
  /** Evictions on their way at once. @default 10 */
  readonly parallelism?: number;
  /** A refused eviction is asked for again after so long. @default 5_000 */
  readonly retryMs?: number;
}

/** Why a Pod is still there. */
export interface PodHindrance {
  readonly pod: string;
  readonly reason: 'budget' | 'two-budgets' | 'consent' | 'refused';
  /** The budgets, the consent that is missing, or the server's words. */
  readonly detail: string;
}

export interface DrainState {
  /** Pods that are to go and are still there. */
  readonly left: readonly string[];
  readonly hindered: readonly PodHindrance[];
  /** Nothing more can happen by itself. */
  readonly stuck: boolean;
  readonly evicted: readonly string[];
}

export class Drain {
  readonly #o: DrainOptions;
  readonly #host: string;
  /** When each Pod (by uid) was refused, and by whom. */
  readonly #refusals = new Map<string, { at: number; hindrance: PodHindrance }>();

  constructor(host: string, options: DrainOptions) {
    this.#host = host;
    this.#o = options;
  }

  async step(consent: Consent, signal?: AbortSignal): Promise<DrainState> {
    const plans = (await podsOn(this.#o.client, this.#host, signal)).map((pod) =>
      planPod(pod, consent, this.#o.isLocalClaim),
    );
    const blocked = plans.filter((plan) => plan.act === 'blocked').map(needsConsent);
    const going = plans.filter((plan) => plan.act === 'evict');
    // Asked for before anything goes: a drain that cannot end does not begin.
    const evicted =
      blocked.length > 0
        ? []
        : await this.#evict(
            going.filter((plan) => this.#isDue(plan)),
            consent,
            signal,
          );
    const uids = new Set(going.map(({ pod }) => pod.metadata.uid));
    for (const uid of this.#refusals.keys()) if (!uids.has(uid)) this.#refusals.delete(uid);
    const refused = [...this.#refusals.values()].map(({ hindrance }) => hindrance);
    const left = plans.filter((plan) => plan.act !== 'leave').map((plan) => plan.key);
    const stuck = blocked.length > 0 || refused.some(({ reason }) => reason === 'two-budgets');
    return { left, hindered: [...blocked, ...refused], stuck, evicted };
  }

  #isDue({ pod }: PodPlan): boolean {
    if (pod.metadata.deletionTimestamp) return false;
    const refusal = this.#refusals.get(pod.metadata.uid);
    return !refusal || this.#o.clock.now() - refusal.at >= (this.#o.retryMs ?? 5_000);
  }

  async #evict(due: readonly PodPlan[], consent: Consent, signal: AbortSignal | undefined): Promise<string[]> {
    if (due.length === 0) return [];
    const budgets = budgetsFrom(
      await Array.fromAsync(this.#o.client.listAll(POD_DISRUPTION_BUDGETS, { ...(signal && { signal }) })),
    );
    const evicted: string[] = [];
    const queue = [...due];
    const work = async () => {
      for (let plan = queue.shift(); plan && !signal?.aborted; plan = queue.shift()) {
        if (await this.#evictOne(plan, budgets, consent, signal)) evicted.push(plan.key);
      }
    };
    await Promise.all(Array.from({ length: this.#o.parallelism ?? 10 }, work));
    return evicted.sort();
  }

  async #evictOne(plan: PodPlan, budgets: readonly Budget[], consent: Consent, signal?: AbortSignal): Promise<boolean> {
    if (consent.override?.includes(plan.key)) return this.#override(plan, signal);
    const outcome = await evictPod(this.#o.client, plan.pod, signal);
    if (!('message' in outcome)) {
      this.#refusals.delete(plan.pod.metadata.uid);
      return outcome.kind === 'accepted';
    }
    const covering = budgetsOf(plan.pod, budgets).map((budget) => budget.key);
    this.#refusals.set(plan.pod.metadata.uid, {
      at: this.#o.clock.now(),
      hindrance: hindranceOf(plan.key, covering, outcome),
    });
    return false;
  }

  /** Takes Pods that are going off a host that is off: their kubelet can never say that they have ended. */
  async takeOff(keys: readonly string[], signal?: AbortSignal): Promise<void> {
    for (const pod of await podsOn(this.#o.client, this.#host, signal)) {
      const { name, namespace = '', uid, deletionTimestamp } = pod.metadata;
      if (!deletionTimestamp || !keys.includes(`${namespace}/${name}`)) continue;
      const preconditions = { uid };
      await this.#o.client.delete(PODS, name, {
        namespace,
        preconditions,
        gracePeriodSeconds: 0,
        ...(signal && { signal }),
      });
    }
  }

  /** The one Pod that people have named: deleted with its own grace, and only this very one. */
  async #override({ pod }: PodPlan, signal?: AbortSignal): Promise<boolean> {
    const { name, namespace = '', uid } = pod.metadata;
    await this.#o.client.delete(PODS, name, { namespace, preconditions: { uid }, ...(signal && { signal }) });
    return true;
  }
}

function needsConsent({ key, class: kind }: PodPlan): PodHindrance {
  return { pod: key, reason: 'consent', detail: kind };
}

function hindranceOf(
  pod: string,
  covering: readonly string[],
  outcome: { kind: string; message: string },
): PodHindrance {
  if (outcome.kind === 'impossible' && covering.length > 1) {
    return { pod, reason: 'two-budgets', detail: covering.join(', ') };
  }
  const budget = covering.length > 0 ? `${covering.join(', ')}: ` : '';
  return { pod, reason: covering.length > 0 ? 'budget' : 'refused', detail: budget + outcome.message };
}

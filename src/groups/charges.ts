/**
 * What a Group takes out of service is charged to the PodDisruptionBudgets that its Pods are under, in the way that an
 * eviction charges them: the Pod's name among `disruptedPods`, written over the version that was read. So a drain and a release
 * that begin at once see each other: of two writes over one version the server takes one.
 */
import { BY_NAMESPACE, type Env } from '../control/index.ts';
import {
  type Informer,
  isStatus,
  keyOf,
  POD_DISRUPTION_BUDGETS,
  PODS,
  type Pod,
  type PodDisruptionBudget,
  rfc3339,
  selectorOf,
} from '../kube/index.ts';
import type { Group } from '../resources/index.ts';
import { newer } from './freshest.ts';
import { FIELD_MANAGER, GROUP } from './marks.ts';
import type { Member } from './member.ts';
import { rebuildDone } from './rebuild.ts';

/** Who has promised a Pod to somebody and has not taken it after this long never will. So long does Kubernetes wait, too. */
const PROMISE_MS = 120_000;
/** The keeper of budgets writes to them as Pods come and go; more races in a row than this are lost to somebody else. */
const TRIES = 5;

export type Budgets = readonly PodDisruptionBudget[];

type Promises = Readonly<Record<string, string>>;

export class Charges {
  readonly #env: Env;
  readonly #budgets: Informer<PodDisruptionBudget>;
  /** What our own writes were answered with, while the cache is behind. */
  readonly #written = new Map<string, PodDisruptionBudget>();

  /** `concern` is told of Groups whose Pods are promised to nobody any more. */
  constructor(env: Env, concern: (group: string) => void) {
    this.#env = env;
    this.#budgets = env.caches.of(POD_DISRUPTION_BUDGETS);
    const pods = env.caches.of(PODS);
    const released = (budget: PodDisruptionBudget, names: readonly string[]) => {
      for (const name of names) {
        const { namespace } = budget.metadata;
        const group = pods.get(`${namespace}/${name}`)?.metadata.labels?.[GROUP];
        if (group) concern(`${namespace}/${group}`);
      }
    };
    this.#budgets.onChange({
      update: (budget, old) => {
        const now = promisesOf(budget);
        released(
          budget,
          Object.keys(promisesOf(old)).filter((name) => !(name in now)),
        );
      },
      delete: (budget) => {
        this.#written.delete(keyOf(budget));
        released(budget, Object.keys(promisesOf(budget)));
      },
    });
  }

  /** What the budgets of the Group's namespace say; a plan is made, and charged, over one and the same look. */
  look({ metadata: { namespace = '' } }: Group): Budgets {
    return this.#budgets.byIndex(BY_NAMESPACE, namespace).map((cached) => this.#latest(cached));
  }

  /** Names of Pods that somebody, perhaps the Group itself, is about to take away. */
  promised(budgets: Budgets): ReadonlySet<string> {
    const now = this.#env.clock.now();
    const entries = budgets.flatMap((budget) => Object.entries(promisesOf(budget)));
    return new Set(entries.filter(([, time]) => Date.parse(time) + PROMISE_MS > now).map(([name]) => name));
  }

  /** False: others have taken Pods since the look, and the plan has to be made anew. */
  async take(budgets: Budgets, pods: readonly Pod[]): Promise<boolean> {
    for (const budget of pods.length > 0 ? budgets : []) {
      const selector = selectorOf(budget.spec.selector);
      const own = pods.filter((pod) => selector.matches(pod.metadata.labels));
      if (own.length > 0 && !(await this.#charge(budget, own))) return false;
    }
    return true;
  }

  /** Pods that are about to be in service again count for themselves. */
  async giveBack(budgets: Budgets, members: readonly Member[]): Promise<void> {
    const now = this.#env.clock.now();
    const back = members.filter((member) => member.promised && isBack(member, now));
    for (const budget of back.length > 0 ? budgets : []) {
      const names = back.filter((member) => isOwn(member, promisesOf(budget))).map(({ pod }) => pod.metadata.name);
      if (names.length > 0) await this.#release(this.#latest(budget), names);
    }
  }

  async #charge(budget: PodDisruptionBudget, pods: readonly Pod[]): Promise<boolean> {
    const time = rfc3339(this.#env.clock.now());
    const disruptedPods = Object.fromEntries(pods.map(({ metadata }) => [metadata.name, time]));
    return this.#write(budget, (fresh) => {
      if (fresh !== budget && isPoorer(fresh, budget)) return undefined;
      const disruptionsAllowed = Math.max(0, (fresh.status?.disruptionsAllowed ?? 0) - pods.length);
      return { disruptionsAllowed, disruptedPods };
    });
  }

  /** What it gives back may be taken at once: its keeper counts anew. */
  async #release(budget: PodDisruptionBudget, names: readonly string[]): Promise<void> {
    const disruptedPods = Object.fromEntries(names.map((name) => [name, null]));
    await this.#write(budget, () => ({ disruptedPods }));
  }

  async #write(
    budget: PodDisruptionBudget,
    change: (fresh: PodDisruptionBudget) => object | undefined,
  ): Promise<boolean> {
    const { name, namespace } = budget.metadata;
    const at = { namespace: namespace! };
    let fresh = budget;
    for (let tries = 0; tries < TRIES; tries++) {
      const status = change(fresh);
      if (!status) return false;
      const { uid, resourceVersion } = fresh.metadata;
      const body = { metadata: { uid, resourceVersion }, status };
      try {
        const options = { ...at, subresource: 'status', fieldManager: FIELD_MANAGER };
        const after = await this.#env.client.patch(POD_DISRUPTION_BUDGETS, name, { kind: 'merge', body }, options);
        this.#written.set(keyOf(budget), after);
        return true;
      } catch (error) {
        if (isStatus(error, 'NotFound')) return true;
        if (isStatus(error, 'Forbidden')) return this.#uncharged(budget, error);
        if (!isStatus(error, 'Conflict')) throw error;
        fresh = await this.#env.client.get(POD_DISRUPTION_BUDGETS, name, at);
      }
    }
    return false;
  }

  /** Who was installed without the right to charge goes on as before it was invented, and it is told. */
  #uncharged(budget: PodDisruptionBudget, error: unknown): true {
    this.#env.onError?.('groups', `PodDisruptionBudget ${keyOf(budget)}`, error);
    return true;
  }

  #latest(cached: PodDisruptionBudget): PodDisruptionBudget {
    const written = this.#written.get(keyOf(cached));
    if (!written) return cached;
    const latest = newer(cached, written);
    if (latest === cached) this.#written.delete(keyOf(cached));
    return latest;
  }
}

function promisesOf({ status }: PodDisruptionBudget): Promises {
  return status?.disruptedPods ?? {};
}

/** Somebody has been promised a Pod since, or one has gone. */
export function isPoorer(fresh: PodDisruptionBudget, known: PodDisruptionBudget): boolean {
  const before = promisesOf(known);
  const more = Object.keys(promisesOf(fresh)).some((name) => !(name in before));
  return more || (fresh.status?.currentHealthy ?? 0) < (known.status?.currentHealthy ?? 0);
}

/** While its gate is open somebody else may have been promised the Pod since. */
function isOwn({ pod, gateOpen, record }: Member, promises: Promises): boolean {
  const time = promises[pod.metadata.name];
  return time !== undefined && (!gateOpen || Date.parse(time) <= (record?.told ?? 0));
}

/** Its containers run again, so its host has long told everybody that they did not. */
function isBack({ state, containersReady, pod, record }: Member, now: number): boolean {
  if (!containersReady) return false;
  if (state === 'Updating') return rebuildDone(pod, record, now) === true;
  return state === 'Updated' || state === 'PreparingNormal';
}

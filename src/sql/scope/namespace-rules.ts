/** What somebody may list in single namespaces, by the rules that the cluster's authoriser tells them. */
import {
  type Clock,
  isStatus,
  type KubeClient,
  type KubeObject,
  NAMESPACES,
  type ResourceType,
  resourceType,
} from '../../kube/index.ts';

export interface Rule {
  readonly verbs: readonly string[];
  readonly apiGroups?: readonly string[];
  readonly resources?: readonly string[];
  readonly resourceNames?: readonly string[];
}
interface RulesReview extends KubeObject {
  readonly status?: { readonly resourceRules?: readonly Rule[] };
}

const RULES_REVIEWS = resourceType<RulesReview>(
  'authorization.k8s.io/v1',
  'SelfSubjectRulesReview',
  'selfsubjectrulesreviews',
  false,
);
/** Questions to the authoriser at a time. */
const AT_A_TIME = 16;
const FRESH_MS = 60_000;

/** The rules of whoever the client speaks for. */
export async function rulesIn(client: KubeClient, namespace: string): Promise<readonly Rule[]> {
  const review = { metadata: {}, spec: { namespace } } as object as RulesReview;
  return (await client.create(RULES_REVIEWS, review)).status?.resourceRules ?? [];
}

/** A rule for objects of certain names lets nobody list. */
export function lists(
  { verbs, apiGroups = [], resources = [], resourceNames = [] }: Rule,
  { group, plural }: ResourceType,
): boolean {
  const has = (list: readonly string[], one: string) => list.includes('*') || list.includes(one);
  return resourceNames.length === 0 && has(verbs, 'list') && has(apiGroups, group) && has(resources, plural);
}

/** In which namespaces the client may list what, of all namespaces that it knows of. Asked once a minute for all kinds. */
export class ListableNamespaces {
  readonly #client: KubeClient;
  readonly #clock: Clock;
  #known: { readonly until: number; readonly rules: Promise<ReadonlyMap<string, readonly Rule[]>> } | undefined;

  constructor(client: KubeClient, clock: Clock) {
    this.#client = client;
    this.#clock = clock;
  }

  async of(type: ResourceType): Promise<string[]> {
    const now = this.#clock.now();
    if (!this.#known || this.#known.until <= now) this.#known = { until: now + FRESH_MS, rules: this.#ask() };
    const rules = await this.#known.rules.catch((error: unknown) => {
      this.#known = undefined;
      throw error;
    });
    return [...rules].flatMap(([name, of]) => (of.some((rule) => lists(rule, type)) ? [name] : []));
  }

  async #ask(): Promise<ReadonlyMap<string, readonly Rule[]>> {
    const names = await this.#names();
    const rules = await mapped(names, (name) => rulesIn(this.#client, name));
    return new Map(names.map((name, i) => [name, rules[i]!]));
  }

  /** Who may not even list namespaces knows that of the kubeconfig's context. */
  async #names(): Promise<string[]> {
    try {
      return await Array.fromAsync(this.#client.listAll(NAMESPACES), ({ metadata }) => metadata.name);
    } catch (error) {
      if (!isStatus(error, 'Forbidden')) throw error;
      return [this.#client.target.namespace ?? 'default'];
    }
  }
}

export async function mapped<T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  for (let at = 0; at < items.length; at += AT_A_TIME) {
    results.push(...(await Promise.all(items.slice(at, at + AT_A_TIME).map(work))));
  }
  return results;
}

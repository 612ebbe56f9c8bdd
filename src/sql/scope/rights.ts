/**
 * What somebody of the cluster may see: what the cluster's own authoriser lets them list. Asked anew every half minute, so
 * that a right that was taken away is gone soon; where it cannot be asked, nothing may be seen.
 */
import { EngineError } from '../../engine/index.ts';
import {
  type Clock,
  KubeClient,
  type KubeObject,
  NAMESPACES,
  type ResourceType,
  resourceType,
} from '../../kube/index.ts';
import { lists, mapped, rulesIn } from './namespace-rules.ts';
import type { Grant, ScopeInput } from './scope.ts';

export interface Subject {
  readonly user: string;
  readonly uid?: string;
  readonly groups: readonly string[];
}

type Grants = ScopeInput['grants'];

interface TokenReview extends KubeObject {
  readonly status?: {
    readonly authenticated?: boolean;
    readonly user?: { username?: string; uid?: string; groups?: string[] };
  };
}
interface AccessReview extends KubeObject {
  readonly status?: { readonly allowed?: boolean };
}

const TOKEN_REVIEWS = resourceType<TokenReview>('authentication.k8s.io/v1', 'TokenReview', 'tokenreviews', false);
const AUTHORIZATION = 'authorization.k8s.io/v1';
const ACCESS_REVIEWS = resourceType<AccessReview>(AUTHORIZATION, 'SubjectAccessReview', 'subjectaccessreviews', false);
const FRESH_MS = 30_000;

export class Rights {
  readonly #client: KubeClient;
  readonly #types: () => readonly ResourceType[];
  readonly #clock: Clock;
  readonly #known = new Map<string, { readonly until: number; readonly grants: Promise<Grants> }>();

  /** `types` are the kinds that there are tables of; the client must be allowed to review and to impersonate. */
  constructor(client: KubeClient, types: () => readonly ResourceType[], clock: Clock) {
    this.#client = client;
    this.#types = types;
    this.#clock = clock;
  }

  /** Whose token it is; undefined for nobody's. */
  async subjectOf(token: string): Promise<Subject | undefined> {
    const { status } = await this.#client.create(TOKEN_REVIEWS, {
      metadata: {},
      spec: { token },
    } as object as TokenReview);
    const { username: user, uid, groups = [] } = status?.user ?? {};
    return status?.authenticated && user ? { user, groups, ...(uid && { uid }) } : undefined;
  }

  /** @throws EngineError 42501 when the cluster does not tell */
  async grantsOf(subject: Subject): Promise<Grants> {
    const key = JSON.stringify([subject.user, subject.uid, subject.groups, this.#types().length]);
    const known = this.#known.get(key);
    if (known && known.until > this.#clock.now()) return known.grants;
    const grants = this.#ask(subject);
    this.#forget();
    this.#known.set(key, { until: this.#clock.now() + FRESH_MS, grants });
    return grants.catch((error: unknown) => {
      this.#known.delete(key);
      throw new EngineError('42501', 'what you may see cannot be found out at the moment, so nothing is shown', {
        hint: error instanceof Error ? error.message : String(error),
      });
    });
  }

  #forget(): void {
    for (const [key, { until }] of this.#known) if (until <= this.#clock.now()) this.#known.delete(key);
  }

  async #ask(subject: Subject): Promise<Grants> {
    if (await this.#mayList(subject, '*', '*')) return 'everything';
    const types = this.#types();
    const everywhere = await mapped(types, ({ group, plural }) => this.#mayList(subject, group, plural));
    const granted = new Map<string, Grant>(types.flatMap((type, i) => (everywhere[i] ? [[keyOf(type), 'all']] : [])));
    await this.#addNamespaces(
      subject,
      types.filter((type) => type.namespaced && !granted.has(keyOf(type))),
      granted,
    );
    return (type) => granted.get(keyOf(type));
  }

  async #mayList({ user, uid, groups }: Subject, group: string, resource: string): Promise<boolean> {
    const spec = { user, uid, groups, resourceAttributes: { verb: 'list', group, resource } };
    const { status } = await this.#client.create(ACCESS_REVIEWS, { metadata: {}, spec } as object as AccessReview);
    return status?.allowed === true;
  }

  /** What may be listed in single namespaces: the authoriser tells it by the rules, as the subject sees them. */
  async #addNamespaces(
    { user, uid, groups }: Subject,
    types: readonly ResourceType[],
    granted: Map<string, Grant>,
  ): Promise<void> {
    if (types.length === 0) return;
    const asSubject = new KubeClient({ ...this.#client.target, impersonate: { user, groups, ...(uid && { uid }) } });
    try {
      const namespaces = await Array.fromAsync(this.#client.listAll(NAMESPACES), ({ metadata }) => metadata.name);
      const rules = await mapped(namespaces, (namespace) => rulesIn(asSubject, namespace));
      for (const type of types) {
        const where = namespaces.filter((_, i) => rules[i]!.some((rule) => lists(rule, type)));
        if (where.length > 0) granted.set(keyOf(type), where);
      }
    } finally {
      await asSubject.close();
    }
  }
}

function keyOf({ group, plural }: ResourceType): string {
  return `${group}/${plural}`;
}

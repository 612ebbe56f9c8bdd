/**
 * The cluster as one person. What is done there is done by impersonation, so that the cluster's own RBAC decides what
 * somebody may do and its own audit names him; a refusal says which right is missing.
 */
import { type ClusterTarget, KubeClient, type KubeObject, resourceType, StatusError } from '../kube/index.ts';
import type { MissingRight } from './contract/problem.ts';
import { Problem } from './problem.ts';
import { type Principal, subjectOf } from './roles.ts';

/** What somebody must be allowed to do in the cluster. */
export interface Right {
  readonly verb: 'get' | 'list' | 'patch' | 'create';
  /** With its part, as `pods/eviction`. */
  readonly resource: string;
  /** @default the whole cluster */
  readonly namespace?: string;
  /** @default any */
  readonly name?: string;
}

export interface AccessReview extends KubeObject {
  readonly status?: { readonly allowed?: boolean };
}

export const ACCESS_REVIEWS = resourceType<AccessReview>(
  'authorization.k8s.io/v1',
  'SubjectAccessReview',
  'subjectaccessreviews',
  false,
);
/** Everybody who is signed in belongs to it. */
const SIGNED_IN = 'system:authenticated';

export class ClusterDoor {
  readonly #client: Pick<KubeClient, 'create'>;
  readonly #target: ClusterTarget;

  /** `client` is JDOS's own, which must be allowed to impersonate, and to ask what others may do. */
  constructor(client: Pick<KubeClient, 'target' | 'create'>) {
    this.#client = client;
    this.#target = client.target;
  }

  /**
   * For what JDOS does or reads with its own rights because somebody asks for it: he must be allowed to do the same himself.
   * @throws Problem `cluster-refused` that names the first right that is missing
   */
  async require(principal: Principal, ...rights: readonly Right[]): Promise<void> {
    const [first] = await this.missing(principal, rights);
    if (first) throw lacking(missingRight(first));
  }

  async missing(principal: Principal, rights: readonly Right[]): Promise<Right[]> {
    const allowed = await Promise.all(rights.map((right) => this.#may(principal, right)));
    return rights.filter((_, i) => !allowed[i]);
  }

  async #may(principal: Principal, { resource: whole, ...where }: Right): Promise<boolean> {
    const { user, groups } = subjectOf(principal);
    const [resource, subresource] = whole.split('/');
    const resourceAttributes = { ...where, resource, ...(subresource && { subresource }) };
    const spec = { user, groups: [...groups, SIGNED_IN], resourceAttributes };
    const { status } = await this.#client.create(ACCESS_REVIEWS, { metadata: {}, spec } as object as AccessReview);
    return status?.allowed === true;
  }

  /** A client that acts as this person; whoever opens it closes it. */
  open(principal: Principal): KubeClient {
    return new KubeClient({ ...this.#target, impersonate: subjectOf(principal) }, { userAgent: 'jdos-console' });
  }

  /** @throws Problem `cluster-refused` that names the right */
  async as<T>(principal: Principal, work: (client: KubeClient) => Promise<T>): Promise<T> {
    const client = this.open(principal);
    try {
      return await work(client);
    } catch (error) {
      throw refused(error);
    } finally {
      await client.close();
    }
  }
}

/** As the API server says it: `User "u" cannot patch resource "releases" in API group "g" in the namespace "n"`. */
const MISSING = /cannot (\w+) resource "([^"]+)"(?: in API group "([^"]*)")?(?: in the namespace "([^"]+)")?/;

/** A refusal by RBAC becomes a problem that names the missing right; all else stays what it is. */
export function refused(error: unknown): unknown {
  const right = error instanceof StatusError && error.code === 403 ? MISSING.exec(error.message) : undefined;
  if (!right) return error;
  const [, verb = '', resource = '', group = '', namespace = ''] = right;
  return lacking({ verb, resource, group, namespace }, error);
}

/** As `kubectl auth can-i` takes it: `create pods/eviction -n shop`. */
export function rightText({ verb, resource, group, namespace }: MissingRight): string {
  return [verb, group ? `${resource}.${group}` : resource, ...(namespace ? [`-n ${namespace}`] : [])].join(' ');
}

export function missingRight({ verb, resource, namespace = '' }: Right): MissingRight {
  return { verb, resource, group: '', namespace };
}

function lacking(right: MissingRight, cause?: unknown): Problem {
  return new Problem('cluster-refused', { detail: rightText(right), right, cause });
}

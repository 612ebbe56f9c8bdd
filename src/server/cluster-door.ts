/**
 * The cluster as one person. What is done there is done by impersonation, so that the cluster's own RBAC decides what
 * somebody may do and its own audit names him; a refusal says which right is missing.
 */
import { type ClusterTarget, KubeClient, StatusError } from '../kube/index.ts';
import { Problem } from './problem.ts';
import { type Principal, subjectOf } from './roles.ts';

export class ClusterDoor {
  readonly #target: ClusterTarget;

  /** `client` is JDOS's own, which must be allowed to impersonate. */
  constructor(client: Pick<KubeClient, 'target'>) {
    this.#target = client.target;
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
  return new Problem('cluster-refused', {
    detail: [verb, group ? `${resource}.${group}` : resource, ...(namespace ? [`-n ${namespace}`] : [])].join(' '),
    right: { verb, resource, group, namespace },
    cause: error,
  });
}

/**
 * What each person may list, as the cluster itself decides: a SelfSubjectAccessReview for each kind that the console
 * shows, asked in the person's name and remembered for half a minute. No answer is a no.
 */
import {
  type ClusterTarget,
  type KubeClient,
  type KubeObject,
  type ResourceType,
  resourceType,
} from '../../kube/index.ts';
import { asPrincipal, type Principal } from '../../server/index.ts';

interface Review extends KubeObject {
  readonly spec: unknown;
  readonly status?: { readonly allowed: boolean };
}

const REVIEWS = resourceType<Review>(
  'authorization.k8s.io/v1',
  'SelfSubjectAccessReview',
  'selfsubjectaccessreviews',
  false,
);

type Grants = (type: ResourceType) => 'all' | undefined;

interface Known {
  readonly until: number;
  readonly grants: Promise<Grants>;
}

const REMEMBERED_MS = 30_000;
/** What the console's lists are made of: group and plural. */
const SHOWN = [
  ['', 'nodes'],
  ['', 'pods'],
  ['', 'events'],
  ['', 'namespaces'],
  ['apps', 'deployments'],
  ['apps', 'statefulsets'],
  ['apps', 'daemonsets'],
  ['apps.jdos.jd.com', 'groups'],
  ['apps.jdos.jd.com', 'releases'],
] as const;

export class GrantBook {
  readonly #target: ClusterTarget;
  readonly #connect: (target: ClusterTarget) => KubeClient;
  readonly #known = new Map<string, Known>();

  constructor(target: ClusterTarget, connect: (target: ClusterTarget) => KubeClient) {
    this.#target = target;
    this.#connect = connect;
  }

  of(reader: Principal): Promise<Grants> {
    const key = `${reader.role}/${reader.name}`;
    const now = Date.now();
    const known = this.#known.get(key);
    if (known && known.until > now) return known.grants;
    for (const [old, { until }] of this.#known) if (until <= now) this.#known.delete(old);
    const grants = this.#ask(reader);
    this.#known.set(key, { until: now + REMEMBERED_MS, grants });
    grants.catch(() => this.#known.delete(key));
    return grants;
  }

  async #ask(reader: Principal): Promise<Grants> {
    const client = this.#connect(asPrincipal(this.#target, reader));
    try {
      const allowed = await Promise.all(SHOWN.map(([group, plural]) => mayList(client, group, plural)));
      const granted = new Set(SHOWN.filter((_, i) => allowed[i]).map(([group, plural]) => `${group}/${plural}`));
      return ({ group, plural }) => (granted.has(`${group}/${plural}`) ? 'all' : undefined);
    } finally {
      await client.close();
    }
  }
}

async function mayList(client: KubeClient, group: string, resource: string): Promise<boolean> {
  const spec = { resourceAttributes: { group, resource, verb: 'list' } };
  const review = await client.create(REVIEWS, { metadata: {}, spec });
  return review.status?.allowed === true;
}

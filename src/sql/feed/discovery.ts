/** Which kinds a cluster serves that can be listed and watched. */
import { type KubeClient, type ResourceType, resourceType, StatusError } from '../../kube/index.ts';

interface GroupList {
  readonly items?: readonly {
    readonly metadata?: { readonly name?: string };
    readonly versions?: readonly { readonly version: string; readonly resources?: readonly Resource[] }[];
  }[];
}
interface Resource {
  readonly resource: string;
  readonly responseKind?: { readonly kind?: string };
  readonly scope?: string;
  readonly verbs?: readonly string[];
}

const ACCEPT = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList';

/** Each kind once, in the version that its group prefers. */
export async function discover(client: KubeClient, signal?: AbortSignal): Promise<ResourceType[]> {
  const lists = await Promise.all(['/api', '/apis'].map((path) => groupsAt(client, path, signal)));
  return lists.flatMap(({ items = [] }) => items).flatMap(kindsOf);
}

async function groupsAt(client: KubeClient, path: string, signal?: AbortSignal): Promise<GroupList> {
  const answer = await client.request('GET', path, { headers: { accept: ACCEPT }, ...(signal && { signal }) });
  const body = JSON.parse(Buffer.from(answer.body).toString()) as GroupList;
  if (answer.status >= 300) throw new StatusError(body as ConstructorParameters<typeof StatusError>[0]);
  return body;
}

function kindsOf({ metadata, versions = [] }: NonNullable<GroupList['items']>[number]): ResourceType[] {
  const kinds = new Map<string, ResourceType>();
  for (const { version, resources = [] } of versions) {
    const apiVersion = metadata?.name ? `${metadata.name}/${version}` : version;
    for (const { resource, responseKind, scope, verbs = [] } of resources) {
      const watched = verbs.includes('list') && verbs.includes('watch');
      if (!watched || kinds.has(resource) || !responseKind?.kind) continue;
      kinds.set(resource, resourceType(apiVersion, responseKind.kind, resource, scope !== 'Cluster'));
    }
  }
  return [...kinds.values()];
}

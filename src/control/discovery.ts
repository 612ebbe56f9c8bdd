/** Which resources an API server has, asked of the server itself. */
import { type KubeClient, type ResourceType, resourceType } from '../kube/index.ts';

export interface DiscoveredType extends ResourceType {
  readonly verbs: readonly string[];
}

export interface Discovery {
  readonly types: readonly DiscoveredType[];
  /** Group versions that could not be asked, with the reason. */
  readonly failures: ReadonlyMap<string, string>;
}

interface ResourceList {
  resources: { name: string; kind: string; namespaced: boolean; verbs: string[] }[];
}
interface GroupList {
  groups: { name: string; preferredVersion: { groupVersion: string }; versions: { groupVersion: string }[] }[];
}

/** Each resource once, in the group's preferred version where it is served there. */
export async function discover(client: KubeClient, signal?: AbortSignal): Promise<Discovery> {
  const { groups } = await getJson<GroupList>(client, '/apis', signal);
  const versions = [
    'v1',
    ...groups.flatMap(({ preferredVersion, versions }) => [
      preferredVersion.groupVersion,
      ...versions.map((version) => version.groupVersion).filter((name) => name !== preferredVersion.groupVersion),
    ]),
  ];
  const answers = await Promise.allSettled(versions.map((version) => typesOf(client, version, signal)));
  const types = new Map<string, DiscoveredType>();
  const failures = new Map<string, string>();
  for (const [i, answer] of answers.entries()) {
    if (answer.status === 'rejected') failures.set(versions[i]!, String(answer.reason));
    else for (const type of answer.value) putFirst(types, type);
  }
  return { types: [...types.values()], failures };
}

function putFirst(types: Map<string, DiscoveredType>, type: DiscoveredType): void {
  const key = `${type.plural}.${type.group}`;
  if (!types.has(key)) types.set(key, type);
}

async function typesOf(client: KubeClient, version: string, signal?: AbortSignal): Promise<DiscoveredType[]> {
  const path = version.includes('/') ? `/apis/${version}` : `/api/${version}`;
  const { resources } = await getJson<ResourceList>(client, path, signal);
  return resources
    .filter(({ name }) => !name.includes('/'))
    .map(({ name, kind, namespaced, verbs }) => ({ ...resourceType(version, kind, name, namespaced), verbs }));
}

async function getJson<T>(client: KubeClient, path: string, signal?: AbortSignal): Promise<T> {
  const { status, body } = await client.request('GET', path, { headers: { accept: 'application/json' }, signal });
  const text = Buffer.from(body).toString();
  if (status !== 200) throw new Error(`GET ${path}: expected 200, got ${status}: ${text.slice(0, 200)}`);
  return JSON.parse(text) as T;
}

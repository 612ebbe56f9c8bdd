/**
 * How many live Pods the applications behind some Pods have. Most keep count themselves, in a status that is one small
 * object; those of kinds that are not known here, or may not be read, are counted by the Pods of their namespace.
 */
import {
  DEPLOYMENTS,
  isStatus,
  JOBS,
  type KubeClient,
  type KubeObject,
  PODS,
  type Pod,
  REPLICA_SETS,
  type ResourceType,
  resourceType,
  STATEFUL_SETS,
} from '../../kube/index.ts';
import { type Application, applicationKey, applicationOf } from './application.ts';

interface Counted extends KubeObject {
  readonly status?: { readonly replicas?: number; readonly active?: number };
}

const KINDS: Readonly<Record<string, ResourceType<Counted>>> = {
  Deployment: DEPLOYMENTS,
  ReplicaSet: REPLICA_SETS,
  StatefulSet: STATEFUL_SETS,
  Job: JOBS,
  Group: resourceType<Counted>('apps.jdos.jd.com/v1alpha1', 'Group', 'groups'),
};

/** By {@link applicationKey}; a bare Pod is one of one. */
export async function replicasOf(
  pods: readonly Pod[],
  client: Pick<KubeClient, 'get' | 'listAll'>,
  signal?: AbortSignal,
): Promise<Map<string, number>> {
  const applications = new Map(pods.map(applicationOf).map((one) => [applicationKey(one), one]));
  const counts = new Map<string, number>();
  const unknown = new Set<string>();
  await Promise.all(
    [...applications].map(async ([key, application]) => {
      const count = await ownCount(application, client, signal);
      if (count === undefined) unknown.add(application.namespace);
      else counts.set(key, count);
    }),
  );
  for (const namespace of unknown) await countPods(namespace, applications, counts, client, signal);
  return counts;
}

async function ownCount(
  { namespace, name: path }: Application,
  client: Pick<KubeClient, 'get'>,
  signal: AbortSignal | undefined,
): Promise<number | undefined> {
  const [kind = '', name = ''] = path.split('/');
  if (kind === 'Pod') return 1;
  const type = KINDS[kind];
  if (!type) return undefined;
  try {
    const { status } = await client.get(type, name, { namespace, ...(signal && { signal }) });
    return status?.replicas ?? status?.active ?? 0;
  } catch (error) {
    if (isStatus(error, 'NotFound', 'Forbidden')) return undefined;
    throw error;
  }
}

async function countPods(
  namespace: string,
  applications: ReadonlyMap<string, Application>,
  counts: Map<string, number>,
  client: Pick<KubeClient, 'listAll'>,
  signal: AbortSignal | undefined,
): Promise<void> {
  const found = new Map<string, number>();
  for await (const pod of client.listAll(PODS, { namespace, ...(signal && { signal }) })) {
    const over = pod.status?.phase === 'Succeeded' || pod.status?.phase === 'Failed';
    const key = applicationKey(applicationOf(pod));
    if (!over && !pod.metadata.deletionTimestamp) found.set(key, (found.get(key) ?? 0) + 1);
  }
  for (const key of applications.keys()) if (!counts.has(key) && found.has(key)) counts.set(key, found.get(key)!);
}

/** Keeps the usage in the status of ResourceQuotas. */
import { isDeepStrictEqual } from 'node:util';
import {
  BY_NAMESPACE,
  createLoop,
  discover,
  type Env,
  type Loop,
  type Reconciled,
  sameStatus,
} from '../../../control/index.ts';
import {
  type Informer,
  type KubeObject,
  keyOf,
  PERSISTENT_VOLUME_CLAIMS,
  PODS,
  parseQuantity,
  type ResourceType,
  resourceType,
  SERVICES,
} from '../../../kube/index.ts';
import {
  claimUsage,
  inScope,
  podUsage,
  quotaStatus,
  type ResourceQuota,
  serviceUsage,
  sum,
  type Usage,
} from './usage.ts';

export const RESOURCE_QUOTAS = resourceType<ResourceQuota>('v1', 'ResourceQuota', 'resourcequotas');
/** Changes are gathered for this long. */
const BATCH_MS = 200;
/** Counted under their own name besides `count/<name>`. */
const CORE_COUNTS = new Set(['configmaps', 'secrets', 'replicationcontrollers', 'resourcequotas']);
const MEASURED = new Set(['pods', 'services', 'persistentvolumeclaims']);

export function resourceQuotaController(env: Env): Loop {
  const quotas = env.caches.of(RESOURCE_QUOTAS);
  const pods = env.caches.of(PODS);
  const services = env.caches.of(SERVICES);
  const claims = env.caches.of(PERSISTENT_VOLUME_CLAIMS);
  const counted = new Map<string, Informer<KubeObject>>();
  let types: readonly ResourceType[] = [];
  const loop = createLoop(env, 'resourcequota', reconcile, 5);

  quotas.onChange({ add: (quota) => loop.enqueue(keyOf(quota)), update: told });
  pods.onChange({
    add: tell,
    update: (pod, old) => pod.status?.phase !== old.status?.phase && tell(pod),
    delete: tell,
  });
  services.onChange({ add: tell, update: tell, delete: tell });
  claims.onChange({ add: tell, update: tell, delete: tell });
  return loop;

  /** Not by its own status: what admission has just charged for may not have reached the caches. */
  function told(quota: ResourceQuota, old: ResourceQuota): void {
    if (!isDeepStrictEqual(quota.spec, old.spec)) loop.enqueue(keyOf(quota));
  }

  function tell({ metadata }: KubeObject): void {
    for (const quota of quotas.byIndex(BY_NAMESPACE, metadata.namespace ?? '')) loop.enqueue(keyOf(quota), BATCH_MS);
  }

  async function reconcile(key: string): Promise<Reconciled> {
    const quota = quotas.get(key);
    if (!quota || quota.metadata.deletionTimestamp) return undefined;
    const namespace = quota.metadata.namespace ?? '';
    const ownPods = pods.byIndex(BY_NAMESPACE, namespace).filter((pod) => inScope(quota, pod));
    const usage = sum([
      ...ownPods.map(podUsage),
      ...services.byIndex(BY_NAMESPACE, namespace).map(serviceUsage),
      ...claims.byIndex(BY_NAMESPACE, namespace).map(claimUsage),
      await counts(quota, namespace),
    ]);
    const status = quotaStatus(quota, usage);
    if (sameStatus(status, quota.status)) return undefined;
    await env.client.replace(RESOURCE_QUOTAS, { ...quota, status }, { subresource: 'status' });
    return undefined;
  }

  async function counts(quota: ResourceQuota, namespace: string): Promise<Usage> {
    const usage: Usage = new Map();
    for (const resource of Object.keys(quota.spec.hard ?? {})) {
      const name = CORE_COUNTS.has(resource) ? resource : /^count\/(.+)$/.exec(resource)?.[1];
      if (name === undefined || MEASURED.has(name)) continue;
      const informer = await informerOf(name);
      if (informer) usage.set(resource, parseQuantity(informer.byIndex(BY_NAMESPACE, namespace).length));
    }
    return usage;
  }

  /** `deployments.apps`; asked for only once some quota counts it. */
  async function informerOf(name: string): Promise<Informer<KubeObject> | undefined> {
    const known = counted.get(name);
    if (known) return known;
    const [plural, ...group] = name.split('.');
    const find = () => types.find((type) => type.plural === plural && type.group === group.join('.'));
    if (!find()) types = (await discover(env.client, env.signal)).types;
    const type = find();
    if (!type) return undefined;
    const informer = env.caches.metadata(type);
    counted.set(name, informer);
    await informer.synced(env.signal);
    informer.onChange({ add: tell, delete: tell });
    return informer;
  }
}

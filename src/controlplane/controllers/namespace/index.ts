/** Empties a namespace that is being deleted, then lets it go. */

import {
  createLoop,
  type DiscoveredType,
  discover,
  type Env,
  type Loop,
  type Reconciled,
  sameStatus,
  text,
} from '../../../control/index.ts';
import { ifFound, isStatus, NAMESPACES, type Namespace, PODS } from '../../../kube/index.ts';
import { deletionConditions, isEmpty, NOTHING_REMAINS, type Remains } from './conditions.ts';

const FINALIZER = 'kubernetes';
/** How long to wait for Pods to end and for others to take off their finalizers. */
const AGAIN_MS = 1000;
const PAGE = 500;

export function namespaceController(env: Env): Loop {
  const namespaces = env.caches.of(NAMESPACES);
  const loop = createLoop(env, 'namespace', reconcile, 5);
  const tell = (namespace: Namespace) => {
    if (namespace.metadata.deletionTimestamp) loop.enqueue(namespace.metadata.name);
  };
  namespaces.onChange({ add: tell, update: (namespace, old) => !old.metadata.deletionTimestamp && tell(namespace) });
  return loop;

  async function reconcile(name: string, signal: AbortSignal): Promise<Reconciled> {
    const cached = namespaces.get(name);
    if (!cached?.metadata.deletionTimestamp) return undefined;
    const namespace = await fresh(cached);
    if (!namespace?.metadata.deletionTimestamp || !namespace.spec.finalizers?.includes(FINALIZER)) return undefined;
    const remains = await empty(name, signal);
    const told = await writeStatus(namespace, remains);
    if (!isEmpty(remains)) return { requeueAfterMs: AGAIN_MS };
    const finalizers = told.spec.finalizers?.filter((finalizer) => finalizer !== FINALIZER) ?? [];
    await env.client.replace(NAMESPACES, { ...told, spec: { ...told.spec, finalizers } }, { subresource: 'finalize' });
    return undefined;
  }

  async function fresh({ metadata: { name, uid } }: Namespace): Promise<Namespace | undefined> {
    const namespace = await ifFound(env.client.get(NAMESPACES, name));
    return namespace?.metadata.uid === uid ? namespace : undefined;
  }

  /** Pods first, so that nothing they lean on (Secrets, network policies, …) goes before them. */
  async function empty(namespace: string, signal: AbortSignal): Promise<Remains> {
    const pods = await emptyTypes(namespace, [{ ...PODS, verbs: ['deletecollection'] }], signal);
    if (!isEmpty(pods)) return pods;
    const { types, failures: undiscovered } = await discover(env.client, signal);
    const deletable = types.filter(
      ({ namespaced, verbs }) => namespaced && verbs.includes('delete') && verbs.includes('list'),
    );
    return { ...(await emptyTypes(namespace, deletable, signal)), undiscovered };
  }

  async function emptyTypes(
    namespace: string,
    types: readonly DiscoveredType[],
    signal: AbortSignal,
  ): Promise<Remains> {
    const resources = new Map<string, number>();
    const finalizers = new Map<string, number>();
    const failures: string[] = [];
    const count = (counts: Map<string, number>, key: string, by = 1) => counts.set(key, (counts.get(key) ?? 0) + by);
    await Promise.all(
      types.map(async (type) => {
        try {
          for (const left of await emptyType(namespace, type, signal)) {
            count(resources, `${type.plural}.${type.group}`);
            for (const finalizer of left.metadata.finalizers ?? []) count(finalizers, finalizer);
          }
        } catch (error) {
          if (!isStatus(error, 'NotFound', 'MethodNotAllowed'))
            failures.push(`${type.plural}.${type.group}: ${text(error)}`);
        }
      }),
    );
    return { ...NOTHING_REMAINS, resources, finalizers, failures };
  }

  /** Deletes everything of one type; answers what has not gone at once. */
  async function emptyType(namespace: string, type: DiscoveredType, signal: AbortSignal) {
    const before = await env.client.list(type, { namespace, limit: PAGE, signal });
    if (before.items.length === 0) return [];
    if (before.items.some((object) => !object.metadata.deletionTimestamp)) await removeAll(namespace, type, signal);
    return (await env.client.list(type, { namespace, limit: PAGE, signal })).items;
  }

  async function removeAll(namespace: string, type: DiscoveredType, signal: AbortSignal): Promise<void> {
    const propagationPolicy = 'Background';
    if (type.verbs.includes('deletecollection')) {
      await env.client.deleteCollection(type, { namespace, propagationPolicy, signal });
      return;
    }
    for await (const { metadata } of env.client.listAll(type, { namespace, signal })) {
      await ifFound(env.client.delete(type, metadata.name, { namespace, propagationPolicy, signal }));
    }
  }

  async function writeStatus(namespace: Namespace, remains: Remains): Promise<Namespace> {
    const conditions = deletionConditions(namespace.status?.conditions, remains, env.clock.now());
    const status = { ...namespace.status, phase: 'Terminating', conditions };
    if (sameStatus(status, namespace.status)) return namespace;
    return env.client.replace(NAMESPACES, { ...namespace, status }, { subresource: 'status' });
  }
}

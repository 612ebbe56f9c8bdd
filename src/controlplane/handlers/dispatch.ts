/** Which handler answers a resource request. */
import { failure } from '../../kube/index.ts';
import type { ResourceRequest } from '../http/request-info.ts';
import type { ResourceDefinition } from '../registry/definition.ts';
import { notServed } from '../registry/registry.ts';
import { bind } from './binding.ts';
import { create } from './create.ts';
import { remove, removeCollection } from './delete.ts';
import { evict } from './eviction.ts';
import { get } from './get.ts';
import { noPortForward } from './kubelet.ts';
import { list } from './list.ts';
import { log } from './log.ts';
import { getMetrics, listMetrics } from './metrics.ts';
import { proxyToNode } from './node-proxy.ts';
import { patch } from './patch.ts';
import { methodNotAllowed } from './refusals.ts';
import type { Handler } from './request.ts';
import { getScale, patchScale, updateScale } from './scale.ts';
import { update } from './update.ts';
import { watch } from './watch.ts';

type Handlers = Readonly<Partial<Record<ResourceRequest['verb'], Handler>>>;

const ON_RESOURCE: Handlers = {
  get,
  list,
  watch,
  create,
  update,
  patch,
  delete: remove,
  deletecollection: removeCollection,
};
const ON_STATUS: Handlers = { get, update, patch };
const ON_SCALE: Handlers = { get: getScale, update: updateScale, patch: patchScale };

/** Kinds that are not stored but made up from others, by `group/plural`. */
const COMPUTED: Readonly<Record<string, Handlers>> = {
  'metrics.k8s.io/nodes': { get: getMetrics, list: listMetrics },
  'metrics.k8s.io/pods': { get: getMetrics, list: listMetrics },
};

/** Subresources of single kinds, by `group/plural/subresource`. */
const SPECIAL: Readonly<Record<string, Handlers>> = {
  '/pods/binding': { create: bind },
  '/pods/eviction': { create: evict },
  '/pods/log': { get: log },
  '/pods/exec': { get: upgradeOnly, create: upgradeOnly },
  '/pods/attach': { get: upgradeOnly, create: upgradeOnly },
  '/pods/portforward': { get: refusePortForward, create: refusePortForward },
  '/pods/ephemeralcontainers': { get, update, patch },
  '/pods/resize': { get, update, patch },
  '/namespaces/finalize': { update },
  '/nodes/proxy': { get: proxyToNode },
  // Created by a handler that the control plane adds; here it is only named.
  '/serviceaccounts/token': {},
};

/** Objects are created in their collection, and changed by their name. */
const NEED_PLACE: ReadonlySet<ResourceRequest['verb']> = new Set(['create', 'update', 'patch']);

/** Reached only by clients that did not ask for a WebSocket. */
async function upgradeOnly(): Promise<never> {
  throw failure(
    'BadRequest',
    'Upgrade request required: this API server speaks WebSocket (v5.channel.k8s.io), not SPDY',
  );
}

async function refusePortForward(): Promise<never> {
  throw noPortForward();
}

/**
 * Throws 404 where nothing is served and 405 where it is, but not so.
 * @param creators handlers of POST that need more than the store, by `group/plural` or `group/plural/subresource`
 */
export function handlerFor(
  definition: ResourceDefinition,
  { verb, name, subresource }: ResourceRequest,
  creators: ReadonlyMap<string, Handler> = new Map(),
): Handler {
  const key = `${definition.group}/${definition.plural}${subresource === undefined ? '' : `/${subresource}`}`;
  const creator = verb === 'create' ? creators.get(key) : undefined;
  if (creator) return creator;
  const handlers = subresource === undefined ? (COMPUTED[key] ?? ON_RESOURCE) : handlersOf(definition, subresource);
  if (!handlers) throw notServed();
  const allowed = subresource !== undefined || (definition.verbs?.includes(verb) ?? true);
  const placed = subresource !== undefined || (verb === 'create') === (name === undefined) || !NEED_PLACE.has(verb);
  const handler = allowed && placed ? handlers[verb] : undefined;
  if (!handler) throw methodNotAllowed();
  return handler;
}

function handlersOf(definition: ResourceDefinition, subresource: string): Handlers | undefined {
  if (subresource === 'status') return definition.status ? ON_STATUS : undefined;
  if (subresource === 'scale') return definition.scale ? ON_SCALE : undefined;
  return SPECIAL[`${definition.group}/${definition.plural}/${subresource}`];
}

/** Is there such a subresource of the kind? */
export function isServed(definition: ResourceDefinition, subresource: string | undefined): boolean {
  return subresource === undefined || handlersOf(definition, subresource) !== undefined;
}

/** A kind's subresources and what may be done with them, for discovery. */
export function subresourcesOf(definition: ResourceDefinition): { name: string; verbs: string[] }[] {
  const special = Object.keys(SPECIAL)
    .filter((key) => key.startsWith(`${definition.group}/${definition.plural}/`))
    .map((key) => key.slice(key.lastIndexOf('/') + 1));
  return ['scale', 'status', ...special]
    .flatMap((name) => {
      const handlers = handlersOf(definition, name);
      const verbs = Object.keys(handlers ?? {}).sort();
      return handlers ? [{ name, verbs: verbs.length > 0 ? verbs : ['create'] }] : [];
    })
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

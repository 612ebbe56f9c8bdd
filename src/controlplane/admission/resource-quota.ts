/** A namespace does not get more than its ResourceQuotas give; what is taken is noted at once, in the same commit. */
import { addQuantities, compareQuantities, formatQuantity, parseQuantity, type Quantity } from '../../kube/index.ts';
import { claimUsage, inScope, podUsage, serviceUsage, type Usage } from '../controllers/resourcequota/usage.ts';
import { forbidden } from '../handlers/refusals.ts';
import type { Json } from '../registry/definition.ts';
import { qualified } from '../registry/registry.ts';
import type { AdmissionPlugin, AdmissionRequest } from './admission.ts';

/** Kinds of which more is counted than their number. */
const MEASURED: Readonly<Record<string, (object: Json) => Usage>> = {
  '/pods': podUsage,
  '/services': serviceUsage,
  '/persistentvolumeclaims': claimUsage,
};
/** Counted under their own name besides `count/<name>`. */
const NAMED = new Set(['configmaps', 'secrets', 'replicationcontrollers', 'resourcequotas']);
const ZERO = parseQuantity('0');
const ONE = parseQuantity('1');

export const resourceQuota: AdmissionPlugin = {
  name: 'ResourceQuota',
  validate(request) {
    const { definition, operation, subresource, namespace } = request;
    if (operation === 'DELETE' || (subresource && subresource !== 'resize') || namespace === undefined) return;
    const quotas = quotasIn(request);
    if (quotas.length === 0) return;
    const isPod = definition.group === '' && definition.plural === 'pods';
    const growth = growthOf(request);
    if (growth.size === 0) return;
    for (const quota of quotas) if (!isPod || inScope(quota, request.object)) charge(request, quota, growth, isPod);
  },
};

/** What the write adds to the usage; shrinking is for the controller to note. */
function growthOf({ definition, object, old, operation }: AdmissionRequest): Usage {
  const measure = MEASURED[`${definition.group}/${definition.plural}`];
  if (!measure) return operation === 'CREATE' ? counted(definition) : new Map();
  const before: Usage = old ? measure(old) : new Map();
  const more = [...measure(object)].map(([name, amount]) => [name, minus(amount, before.get(name) ?? ZERO)] as const);
  return new Map(more.filter(([, amount]) => compareQuantities(amount, ZERO) > 0));
}

function minus(a: Quantity, b: Quantity): Quantity {
  return addQuantities(a, { ...b, nanos: -b.nanos });
}

function counted(definition: AdmissionRequest['definition']): Usage {
  const names = [`count/${qualified(definition)}`];
  if (definition.group === '' && NAMED.has(definition.plural)) names.push(definition.plural);
  return new Map(names.map((name) => [name, ONE]));
}

function quotasIn({ plane, namespace }: AdmissionRequest): Json[] {
  const collection = plane.of('', 'resourcequotas');
  const prefix = `${namespace}/`;
  const found: Json[] = [];
  for (const key of collection.current.keys(prefix)) {
    if (!key.startsWith(prefix)) break;
    const quota = plane.store.newest(collection, key)?.parse();
    if (quota) found.push(quota);
  }
  return found;
}

function charge(request: AdmissionRequest, quota: Json, growth: Usage, isPod: boolean): void {
  const { plane, definition, name, object, operation } = request;
  const hard: Record<string, string> = quota.spec.hard ?? {};
  if (isPod && operation === 'CREATE') requireStated(request, quota, Object.keys(hard), object);
  const wanted = [...growth].filter(([resource]) => resource in hard);
  if (wanted.length === 0) return;
  const unknown = wanted
    .map(([resource]) => resource)
    .filter((resource) => quota.status?.hard?.[resource] === undefined);
  if (unknown.length > 0)
    throw forbidden(
      definition,
      name,
      `status unknown for quota: ${quota.metadata.name}, resources: ${unknown.sort().join(',')}`,
    );
  const used = { ...quota.status.used } as Record<string, string>;
  const sums = wanted.map(
    ([resource, amount]) => [resource, addQuantities(parseQuantity(used[resource] ?? '0'), amount)] as const,
  );
  const over = sums
    .filter(([resource, sum]) => compareQuantities(sum, hard[resource]!) > 0)
    .map(([resource]) => resource);
  if (over.length > 0) throw forbidden(definition, name, exceeded(quota, growth, used, over.sort()));
  if (request.dryRun) return;
  for (const [resource, sum] of sums) used[resource] = formatQuantity(sum);
  const key = `${quota.metadata.namespace}/${quota.metadata.name}`;
  // Waits for the same commit as the object itself; should that fail, so does this.
  plane.store
    .write(plane.of('', 'resourcequotas'), key, () => ({ object: { ...quota, status: { ...quota.status, used } } }))
    .catch(() => {});
}

function exceeded(
  { metadata, spec }: Json,
  growth: ReadonlyMap<string, Quantity>,
  used: Record<string, string>,
  over: readonly string[],
): string {
  const list = (amount: (resource: string) => string) =>
    over.map((resource) => `${resource}=${amount(resource)}`).join(',');
  const requested = list((resource) => formatQuantity(growth.get(resource)!));
  return `exceeded quota: ${metadata.name}, requested: ${requested}, used: ${list((r) => used[r] ?? '0')}, limited: ${list((r) => spec.hard[r])}`;
}

const STATED = /^(?:(requests|limits)\.)?(cpu|memory)$/;

/** Where CPU or memory is limited, each container must say how much it wants. */
function requireStated(
  { definition, name }: AdmissionRequest,
  quota: Json,
  hard: readonly string[],
  { spec }: Json,
): void {
  const missing = new Map<string, string[]>();
  for (const resource of hard) {
    const [, side = 'requests', kind] = STATED.exec(resource) ?? [];
    if (!kind) continue;
    const silent = [...(spec.containers ?? []), ...(spec.initContainers ?? [])].filter(
      (c: Json) => c.resources?.[side]?.[kind] === undefined,
    );
    if (silent.length > 0)
      missing.set(
        resource,
        silent.map((c: Json) => c.name),
      );
  }
  if (missing.size === 0) return;
  const list = [...missing].sort().map(([resource, containers]) => `${resource} for: ${containers.join(',')}`);
  throw forbidden(definition, name, `failed quota: ${quota.metadata.name}: must specify ${list.join('; ')}`);
}

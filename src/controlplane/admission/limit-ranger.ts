/** LimitRanges: what containers get that ask for nothing, and how much or little anything may ask for. */
import { addQuantities, compareQuantities, formatQuantity, parseQuantity } from '../../kube/index.ts';
import { forbidden } from '../handlers/refusals.ts';
import type { Json } from '../registry/definition.ts';
import { type AdmissionPlugin, type AdmissionRequest, isNew } from './admission.ts';

type Amounts = Readonly<Record<string, string>>;

export const limitRanger: AdmissionPlugin = {
  name: 'LimitRanger',
  mutate(request) {
    if (!isNew(request, '', 'pods')) return;
    const notes = limitsIn(request, 'Container').flatMap((limit) =>
      containersOf(request.object).flatMap((container) => fillIn(container, limit)),
    );
    if (notes.length > 0) annotate(request.object, notes);
  },
  validate(request) {
    const faults = faultsIn(request);
    if (faults.length === 0) return;
    throw forbidden(request.definition, request.name, faults.length === 1 ? faults[0]! : `[${faults.join(', ')}]`);
  },
};

function limitsIn({ plane, namespace }: AdmissionRequest, type: string): Json[] {
  const prefix = `${namespace}/`;
  const limits: Json[] = [];
  for (const [key, entry] of plane.of('', 'limitranges').current.entries(prefix)) {
    if (!key.startsWith(prefix)) break;
    limits.push(...(entry.shared.spec.limits ?? []).filter((limit: Json) => limit.type === type));
  }
  return limits;
}

function containersOf({ spec }: Json): Json[] {
  return [...(spec?.containers ?? []), ...(spec?.initContainers ?? [])];
}

/** People see what was not theirs. */
function annotate({ metadata }: Json, notes: readonly string[]): void {
  const text = `LimitRanger plugin set: ${notes.join('; ')}`;
  metadata.annotations = { ...metadata.annotations, 'kubernetes.io/limit-ranger': text };
}

/** Answers what was filled in. */
function fillIn(container: Json, { default: limits = {}, defaultRequest = {} }: Json): string[] {
  container.resources ??= {};
  const { resources } = container;
  const given = { ...resources.requests };
  const limited = { ...resources.limits };
  // A limit of its own stands for the request too, before any default does.
  const requests = { ...defaultRequest, ...resources.limits, ...resources.requests };
  const all = { ...limits, ...resources.limits };
  if (Object.keys(all).length > 0) resources.limits = all;
  if (Object.keys(requests).length > 0) resources.requests = requests;
  return [
    ...noteOf(
      container,
      'request',
      Object.keys(defaultRequest).filter((name) => !(name in given) && !(name in limited)),
    ),
    ...noteOf(
      container,
      'limit',
      Object.keys(limits).filter((name) => !(name in limited)),
    ),
  ];
}

function noteOf({ name }: Json, what: string, resources: readonly string[]): string[] {
  return resources.length > 0 ? [`${[...resources].sort().join(', ')} ${what} for container ${name}`] : [];
}

function faultsIn(request: AdmissionRequest): string[] {
  const { definition, object, operation, subresource } = request;
  if (operation === 'DELETE' || definition.group !== '') return [];
  if (definition.plural === 'persistentvolumeclaims' && !subresource) {
    const asked = object.spec.resources?.requests ?? {};
    return limitsIn(request, 'PersistentVolumeClaim').flatMap((limit) =>
      outOfBounds(limit, asked, asked, 'PersistentVolumeClaim'),
    );
  }
  const judged = operation === 'CREATE' ? !subresource : subresource === 'resize';
  if (definition.plural !== 'pods' || !judged) return [];
  const containers = limitsIn(request, 'Container').flatMap((limit) =>
    containersOf(object).flatMap(({ resources = {} }) =>
      outOfBounds(limit, resources.requests ?? {}, resources.limits ?? {}, 'Container'),
    ),
  );
  const pods = limitsIn(request, 'Pod').flatMap((limit) =>
    outOfBounds(limit, total(object, 'requests'), total(object, 'limits'), 'Pod'),
  );
  return [...containers, ...pods];
}

function outOfBounds(
  { min = {}, max = {}, maxLimitRequestRatio = {} }: Json,
  requests: Amounts,
  limits: Amounts,
  type: string,
): string[] {
  const faults: string[] = [];
  for (const [resource, least] of Object.entries(min as Amounts)) {
    const asked = requests[resource];
    if (asked === undefined) faults.push(`minimum ${resource} usage per ${type} is ${least}.  No request is specified`);
    else if (compareQuantities(asked, least) < 0)
      faults.push(`minimum ${resource} usage per ${type} is ${least}, but request is ${asked}`);
  }
  for (const [resource, most] of Object.entries(max as Amounts)) {
    const allowed = limits[resource];
    if (allowed === undefined) faults.push(`maximum ${resource} usage per ${type} is ${most}.  No limit is specified`);
    else if (compareQuantities(allowed, most) > 0)
      faults.push(`maximum ${resource} usage per ${type} is ${most}, but ${capped(type)} is ${allowed}`);
  }
  for (const [resource, ratio] of Object.entries(maxLimitRequestRatio as Amounts))
    faults.push(...ratioFault(resource, ratio, requests, limits, type));
  return faults;
}

/** A claim has no limit: what it requests is what it gets. */
const capped = (type: string) => (type === 'PersistentVolumeClaim' ? 'request' : 'limit');

function ratioFault(resource: string, most: string, requests: Amounts, limits: Amounts, type: string): string[] {
  const [request, limit] = [nanosOf(requests[resource]), nanosOf(limits[resource])];
  const said = `${resource} max limit to request ratio per ${type} is ${most}`;
  if (request === 0) return [`${said}, but no request is specified or request is 0`];
  if (limit === 0) return [`${said}, but no limit is specified or limit is 0`];
  const ratio = limit / request;
  if (ratio <= nanosOf(most) / 1e9) return [];
  return [`${said}, but provided ratio is ${ratio.toFixed(6)}`];
}

function nanosOf(amount = '0'): number {
  return Number(parseQuantity(amount).nanos);
}

/** Containers together, or the largest of those that run before them where that is more. */
function total({ spec }: Json, side: 'requests' | 'limits'): Amounts {
  const sums: Record<string, string> = {};
  for (const [resource, amount] of amountsOf(spec.containers, side))
    sums[resource] = formatQuantity(addQuantities(parseQuantity(sums[resource] ?? '0'), parseQuantity(amount)));
  for (const [resource, amount] of amountsOf(spec.initContainers, side))
    if (compareQuantities(amount, sums[resource] ?? '0') > 0) sums[resource] = amount;
  return sums;
}

function amountsOf(containers: Json[] | undefined, side: 'requests' | 'limits'): [string, string][] {
  return (containers ?? []).flatMap(({ resources }) => Object.entries((resources?.[side] ?? {}) as Amounts));
}

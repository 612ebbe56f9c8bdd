/** Fits endpoints into EndpointSlices while touching as few of them as can be. */
import type { discovery, EndpointSlice } from '../kube/index.ts';
import { sameJson } from './canonical.ts';
import { type EndpointGroup, portsKey } from './service-endpoints.ts';

export const MAX_ENDPOINTS = 100;

export interface SliceContent {
  readonly addressType: string;
  readonly ports: readonly discovery.EndpointPort[];
  readonly endpoints: readonly discovery.Endpoint[];
}

export interface SlicePlan {
  readonly create: readonly SliceContent[];
  readonly update: readonly { readonly slice: EndpointSlice; readonly endpoints: readonly discovery.Endpoint[] }[];
  readonly remove: readonly EndpointSlice[];
}

/** Endpoints stay in the slice they are in; newcomers fill the gaps of changed slices first, then of the fullest. */
export function planSlices(groups: readonly EndpointGroup[], existing: readonly EndpointSlice[]): SlicePlan {
  const plan = {
    create: [] as SliceContent[],
    update: [] as SlicePlan['update'][number][],
    remove: [] as EndpointSlice[],
  };
  const left = new Map<string, EndpointSlice[]>();
  for (const slice of existing) {
    const key = keyOfGroup(slice.addressType, slice.ports);
    left.set(key, [...(left.get(key) ?? []), slice]);
  }
  for (const group of groups) {
    const key = keyOfGroup(group.addressType, group.ports);
    planGroup(group, left.get(key) ?? [], plan);
    left.delete(key);
  }
  plan.remove.push(...[...left.values()].flat());
  return plan;
}

interface Filling {
  readonly slice: EndpointSlice;
  endpoints: discovery.Endpoint[];
  changed: boolean;
}

function planGroup(
  group: EndpointGroup,
  slices: readonly EndpointSlice[],
  plan: { create: SliceContent[]; update: SlicePlan['update'][number][]; remove: EndpointSlice[] },
): void {
  const wanted = new Map(group.endpoints.map((endpoint) => [identity(endpoint), endpoint]));
  const fillings = slices.map((slice) => retain(slice, wanted));
  const newcomers = [...wanted.values()];
  for (const filling of byRoom(fillings)) {
    const room = MAX_ENDPOINTS - filling.endpoints.length;
    const moved = newcomers.splice(0, Math.max(0, room));
    if (moved.length > 0) Object.assign(filling, { changed: true, endpoints: [...filling.endpoints, ...moved] });
  }
  const { addressType, ports } = group;
  for (let at = 0; at < newcomers.length; at += MAX_ENDPOINTS) {
    plan.create.push({ addressType, ports, endpoints: newcomers.slice(at, at + MAX_ENDPOINTS) });
  }
  settle(group, fillings, plan);
}

/** An empty slice goes, but the last one stays to say that there is nothing. */
function settle(
  group: EndpointGroup,
  fillings: readonly Filling[],
  plan: { create: SliceContent[]; update: SlicePlan['update'][number][]; remove: EndpointSlice[] },
): void {
  const placeholder = group.endpoints.length === 0 ? fillings[0] : undefined;
  if (group.endpoints.length === 0 && !placeholder) {
    plan.create.push({ addressType: group.addressType, ports: group.ports, endpoints: [] });
  }
  for (const filling of fillings) {
    if (filling.endpoints.length === 0 && filling !== placeholder) plan.remove.push(filling.slice);
    else if (filling.changed) plan.update.push({ slice: filling.slice, endpoints: filling.endpoints });
  }
}

/** Takes what the slice has and should have out of `wanted`. */
function retain(slice: EndpointSlice, wanted: Map<string, discovery.Endpoint>): Filling {
  const endpoints: discovery.Endpoint[] = [];
  let changed = false;
  for (const endpoint of slice.endpoints ?? []) {
    const key = identity(endpoint);
    const now = wanted.get(key);
    if (now) endpoints.push(now);
    wanted.delete(key);
    changed ||= !now || !sameJson(now, endpoint);
  }
  return { slice, endpoints, changed };
}

function byRoom(fillings: readonly Filling[]): Filling[] {
  return fillings.toSorted((a, b) => Number(b.changed) - Number(a.changed) || b.endpoints.length - a.endpoints.length);
}

function keyOfGroup(addressType: string, ports: readonly discovery.EndpointPort[] | undefined): string {
  return `${addressType}|${portsKey(ports)}`;
}

function identity(endpoint: discovery.Endpoint): string {
  return endpoint.targetRef?.uid ?? endpoint.addresses.join();
}

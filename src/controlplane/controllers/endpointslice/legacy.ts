/** The Endpoints object of a Service: the older form, which some clients still read. */
import { type EndpointGroup, isHeadless } from '../../../control/index.ts';
import { type core, type Pod, resourceType, type Served, type Service } from '../../../kube/index.ts';

export type Endpoints = Served<core.Endpoints>;
export const ENDPOINTS = resourceType<Endpoints>('v1', 'Endpoints', 'endpoints');

/** More addresses than this are cut off, and the annotation says so. */
const CAPACITY = 1000;
const MANAGED_BY = 'endpoints.kubernetes.io/managed-by';
const MANAGER = 'endpoint-controller';
const OVER_CAPACITY = 'endpoints.kubernetes.io/over-capacity';

/** Made here, and not by the user. */
export function isOurs({ metadata }: Endpoints): boolean {
  return metadata.labels?.[MANAGED_BY] === MANAGER;
}

export interface EndpointsContent {
  readonly subsets: core.EndpointSubset[];
  readonly labels: Record<string, string>;
  readonly annotations: Record<string, string>;
}

/** Of the first address family only; Pods that are ending do not count here unless the Service wants even unready ones. */
export function endpointsContent(service: Service, groups: readonly EndpointGroup[]): EndpointsContent {
  const family = groups[0]?.addressType;
  const publish = service.spec.publishNotReadyAddresses === true;
  let room = CAPACITY;
  let cut = false;
  const subsets = groups
    .filter((group) => group.addressType === family)
    .flatMap((group) => {
      const usable = group.endpoints.filter((endpoint) => publish || !endpoint.conditions?.terminating);
      const kept = usable.slice(0, room);
      room -= kept.length;
      cut ||= kept.length < usable.length;
      return kept.length > 0 ? [subsetOf({ ...group, endpoints: kept })] : [];
    });
  return {
    subsets,
    labels: {
      ...service.metadata.labels,
      [MANAGED_BY]: MANAGER,
      ...(isHeadless(service) && { 'service.kubernetes.io/headless': '' }),
    },
    annotations: cut ? { [OVER_CAPACITY]: 'truncated' } : {},
  };
}

function subsetOf({ ports, endpoints }: EndpointGroup): core.EndpointSubset {
  const byReadiness = (ready: boolean) =>
    endpoints.filter((endpoint) => (endpoint.conditions?.ready ?? true) === ready).map(addressOf);
  const [addresses, notReadyAddresses] = [byReadiness(true), byReadiness(false)];
  return {
    ...(addresses.length > 0 && { addresses }),
    ...(notReadyAddresses.length > 0 && { notReadyAddresses }),
    ...(ports.length > 0 && {
      ports: ports.map(({ name, port, protocol, appProtocol }) => ({
        ...(name && { name }),
        port: port!,
        ...(protocol && { protocol }),
        ...(appProtocol && { appProtocol }),
      })),
    }),
  };
}

function addressOf(endpoint: EndpointGroup['endpoints'][number]): core.EndpointAddress {
  const { addresses, hostname, nodeName, targetRef } = endpoint;
  return { ip: addresses[0]!, ...(hostname && { hostname }), ...(nodeName && { nodeName }), targetRef };
}

/** Pods in a stable order, so that equal sets of Pods give equal objects. */
export function byAddress(pods: readonly Pod[]): Pod[] {
  const ip = (pod: Pod) => pod.status?.podIP ?? '';
  return pods.toSorted((a, b) => (ip(a) < ip(b) ? -1 : ip(a) > ip(b) ? 1 : a.metadata.uid < b.metadata.uid ? -1 : 1));
}

/** The endpoints that a Service should have, from its Pods. */
import type { core, discovery, Pod, Service } from '../kube/index.ts';
import { isFinished, isReady } from './pod-state.ts';

export type AddressType = 'IPv4' | 'IPv6';

/** Endpoints that share ports and address family: these may live in one slice. */
export interface EndpointGroup {
  readonly addressType: AddressType;
  readonly ports: readonly discovery.EndpointPort[];
  readonly endpoints: readonly discovery.Endpoint[];
}

/** How Pods look from where endpoints are made. */
export interface EndpointView {
  readonly zoneOf: (node: string) => string | undefined;
  /** Does the Pod answer requests? @default its condition Ready */
  readonly isServing?: (pod: Pod) => boolean;
}

/** Services that somebody else fills (no selector) or that have no endpoints at all (ExternalName) are not ours. */
export function isServed(service: Service): boolean {
  return service.spec.type !== 'ExternalName' && Object.keys(service.spec.selector ?? {}).length > 0;
}

export function isHeadless(service: Service): boolean {
  return service.spec.clusterIP === 'None';
}

/** At least one group for each address family, though it may be empty. */
export function endpointGroups(service: Service, pods: readonly Pod[], view: EndpointView): EndpointGroup[] {
  return familiesOf(service).flatMap((addressType) => {
    const groups = new Map<
      string,
      { addressType: AddressType; ports: discovery.EndpointPort[]; endpoints: discovery.Endpoint[] }
    >();
    for (const pod of pods) {
      const address = isFinished(pod) ? undefined : addressOf(pod, addressType);
      if (!address) continue;
      const ports = portsOf(service, pod);
      const key = portsKey(ports);
      const group = groups.get(key) ?? { addressType, ports, endpoints: [] };
      groups.set(key, group);
      group.endpoints.push(endpointOf(service, pod, address, view));
    }
    return groups.size > 0 ? [...groups.values()] : [{ addressType, ports: [], endpoints: [] }];
  });
}

export function portsKey(ports: readonly discovery.EndpointPort[] | undefined): string {
  const one = (p: discovery.EndpointPort) => `${p.name ?? ''}:${p.protocol ?? 'TCP'}:${p.port}:${p.appProtocol ?? ''}`;
  return (ports ?? []).map(one).sort().join();
}

/** The ports of the Service as this Pod offers them; a named port that it lacks is left out. */
export function portsOf(service: Service, pod: Pod): discovery.EndpointPort[] {
  return (service.spec.ports ?? []).flatMap((servicePort) => {
    const port = resolvePort(servicePort, pod);
    if (port === undefined) return [];
    const { name = '', protocol = 'TCP', appProtocol } = servicePort;
    return [{ name, protocol, port, ...(appProtocol && { appProtocol }) }];
  });
}

function resolvePort({ targetPort, port, protocol = 'TCP' }: core.ServicePort, pod: Pod): number | undefined {
  if (targetPort === undefined || targetPort === 0 || targetPort === '') return port;
  if (typeof targetPort === 'number') return targetPort;
  const sidecars = (pod.spec.initContainers ?? []).filter((container) => container.restartPolicy === 'Always');
  return [...pod.spec.containers, ...sidecars]
    .flatMap((container) => container.ports ?? [])
    .find((p) => p.name === targetPort && (p.protocol ?? 'TCP') === protocol)?.containerPort;
}

function endpointOf(
  service: Service,
  pod: Pod,
  address: string,
  { zoneOf, isServing = isReady }: EndpointView,
): discovery.Endpoint {
  const terminating = pod.metadata.deletionTimestamp !== undefined;
  const serving = isServing(pod);
  const { nodeName, hostname, subdomain } = pod.spec;
  const zone = nodeName && zoneOf(nodeName);
  const { namespace, name, uid } = pod.metadata;
  return {
    addresses: [address],
    conditions: {
      ready: service.spec.publishNotReadyAddresses === true || (serving && !terminating),
      serving,
      terminating,
    },
    ...(hostname && subdomain === service.metadata.name && { hostname }),
    ...(nodeName && { nodeName }),
    ...(zone && { zone }),
    targetRef: { kind: 'Pod', namespace, name, uid },
  };
}

function familiesOf(service: Service): AddressType[] {
  const families = service.spec.ipFamilies?.filter((family) => family === 'IPv4' || family === 'IPv6');
  if (families?.length) return families as AddressType[];
  return [service.spec.clusterIP?.includes(':') ? 'IPv6' : 'IPv4'];
}

function addressOf(pod: Pod, family: AddressType): string | undefined {
  const all = pod.status?.podIPs?.map((entry) => entry.ip) ?? [pod.status?.podIP];
  return all.find((ip) => ip && ip.includes(':') === (family === 'IPv6'));
}

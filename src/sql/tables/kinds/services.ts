import {
  type core,
  type discovery,
  ENDPOINT_SLICES,
  type EndpointSlice,
  SERVICES,
  type Service,
} from '../../../kube/index.ts';
import { count, flag, list, map, text } from '../column.ts';
import { childTable, kindTable } from '../kind-table.ts';

const ports = childTable<Service, core.ServicePort>('service_ports', 'Ports of Services', (of) => of.spec.ports, [
  text('name', 'its name', (port) => port.name),
  text('protocol', '`TCP`, `UDP` or `SCTP`', (port) => port.protocol ?? 'TCP'),
  count('port', 'where clients knock', (port) => port.port),
  text('target_port', 'port of the Pod, by number or name', (port) => targetOf(port)),
  count('node_port', 'port on every host', (port) => port.nodePort),
  text('app_protocol', 'what is spoken there', (port) => port.appProtocol),
]);

export const services = kindTable<Service>(SERVICES, {
  doc: 'Services',
  children: [ports],
  columns: [
    text('type', '`ClusterIP`, `NodePort`, `LoadBalancer` or `ExternalName`', (of) => of.spec.type),
    text('cluster_ip', 'its address in the cluster', (of) => of.spec.clusterIP),
    list('external_ips', 'its addresses outside', (of) => external(of)),
    text('external_name', 'the name it stands for', (of) => of.spec.externalName),
    map('selector', 'labels of its Pods', (of) => of.spec.selector),
    text('session_affinity', 'whether a client stays with its Pod', (of) => of.spec.sessionAffinity),
  ],
});

const endpoints = childTable<EndpointSlice, discovery.Endpoint>(
  'endpoints',
  'Who answers for a Service',
  (of) => of.endpoints,
  [
    list('addresses', 'where it is reached', (endpoint) => endpoint.addresses),
    flag('ready', 'whether it gets traffic', (endpoint) => endpoint.conditions?.ready),
    flag('serving', 'whether it could', (endpoint) => endpoint.conditions?.serving),
    flag('terminating', 'whether it goes', (endpoint) => endpoint.conditions?.terminating),
    text('node_name', 'its host', (endpoint) => endpoint.nodeName),
    text('target_kind', 'kind of what stands behind', (endpoint) => endpoint.targetRef?.kind),
    text('target_name', 'its name', (endpoint) => endpoint.targetRef?.name),
    text('zone', 'its zone', (endpoint) => endpoint.zone),
  ],
);

export const endpointSlices = kindTable<EndpointSlice>(ENDPOINT_SLICES, {
  doc: 'EndpointSlices',
  documents: false,
  children: [endpoints],
  columns: [
    text('service_name', 'the Service it belongs to', (of) => of.metadata.labels?.['kubernetes.io/service-name']),
    text('address_type', '`IPv4`, `IPv6` or `FQDN`', (of) => of.addressType),
    count('endpoints', 'how many it holds', (of) => of.endpoints?.length ?? 0),
  ],
});

/** In this version of the types the port is said to be text; it may be a number. */
function targetOf({ targetPort }: core.ServicePort): string | undefined {
  return targetPort === undefined ? undefined : String(targetPort);
}

function external({ spec, status }: Service): string[] {
  const given = status?.loadBalancer?.ingress?.map((ingress) => ingress.ip ?? ingress.hostname ?? '') ?? [];
  return [...(spec.externalIPs ?? []), ...given].filter(Boolean);
}

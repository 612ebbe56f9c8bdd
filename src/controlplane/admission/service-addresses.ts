/** Cluster IPs and node ports: every Service that wants one has its own. */
import { isIP } from 'node:net';
import { invalid } from '../handlers/refusals.ts';
import type { Plane } from '../plane.ts';
import type { FieldError, Json } from '../registry/definition.ts';
import type { AdmissionPlugin, AdmissionRequest } from './admission.ts';

/** 10.96.0.0/12, as most clusters have it; the first address is the API server's own Service. */
const NETWORK = (10 << 24) | (96 << 16);
const NETWORK_SIZE = 1 << 20;
const NETWORK_CIDR = '10.96.0.0/12';
export const API_SERVICE_IP = addressAt(1);
const NODE_PORTS = { first: 30_000, last: 32_767 };
const OUT_OF_RANGE = `provided port is not in the valid range. The range of valid ports is ${NODE_PORTS.first}-${NODE_PORTS.last}`;

/** Which Service was last seen with an address or port. Only a hint: the Service itself is asked before it is believed. */
interface Hints {
  readonly byAddress: Map<string, string>;
  readonly byPort: Map<number, string>;
}

const hintsOf = new WeakMap<Plane, Hints>();

export const serviceAddresses: AdmissionPlugin = {
  name: 'ServiceAddresses',
  mutate(request) {
    const { definition, operation, subresource } = request;
    if (definition.group !== '' || definition.plural !== 'services' || subresource || operation === 'DELETE') return;
    const { object, old } = request;
    object.spec ??= {};
    keepOldAddresses(object.spec, old?.spec);
    if (wantsClusterIp(object.spec)) assignClusterIp(request);
    else if (object.spec.clusterIP === 'None') object.spec.clusterIPs ??= ['None'];
    if (wantsNodePorts(object.spec))
      for (const [index, port] of (object.spec.ports ?? []).entries()) assignNodePort(request, port, index);
  },
};

function wantsClusterIp(spec: Json): boolean {
  return (spec.type ?? 'ClusterIP') !== 'ExternalName' && spec.clusterIP !== 'None';
}

function wantsNodePorts(spec: Json): boolean {
  return spec.type === 'NodePort' || (spec.type === 'LoadBalancer' && spec.allocateLoadBalancerNodePorts !== false);
}

/** Clients that send a whole Service again often leave out what they did not choose. */
function keepOldAddresses(spec: Json, old: Json | undefined): void {
  if (!old || old.type === 'ExternalName' || spec.type === 'ExternalName') return;
  if (spec.clusterIP === undefined && old.clusterIP !== undefined) {
    spec.clusterIP = old.clusterIP;
    spec.clusterIPs ??= old.clusterIPs;
  }
  if (!wantsNodePorts(spec)) return;
  for (const port of spec.ports ?? [])
    port.nodePort ??= old.ports?.find(
      (p: Json) => p.port === port.port && (p.protocol ?? 'TCP') === (port.protocol ?? 'TCP'),
    )?.nodePort;
}

function assignClusterIp(request: AdmissionRequest): void {
  const { plane, object, namespace, name } = request;
  const key = `${namespace}/${name}`;
  const { byAddress } = hints(plane);
  const { spec } = object;
  if (spec.clusterIP) {
    requireInNetwork(request, spec.clusterIP);
    if (holder(plane, byAddress, spec.clusterIP, key, holdsAddress))
      throw taken(
        request,
        'spec.clusterIPs',
        `[${JSON.stringify(spec.clusterIP)}]`,
        `failed to allocate IP ${spec.clusterIP}: provided IP is already allocated`,
      );
  } else spec.clusterIP = freeAddress(plane, byAddress, key);
  spec.clusterIPs = [spec.clusterIP];
  if (!request.dryRun) byAddress.set(spec.clusterIP, key);
}

/** What is no address at all is the kind's own to refuse. */
function requireInNetwork(request: AdmissionRequest, address: string): void {
  if (isIP(address) === 0 || address === request.old?.spec?.clusterIP) return;
  const offset = isIP(address) === 4 ? numberOf(address) - NETWORK : Number.NaN;
  if (offset > 0 && offset < NETWORK_SIZE - 1) return;
  const why = `failed to allocate IP ${address}: provided IP is not in the valid range. The range of valid IPs is ${NETWORK_CIDR}`;
  throw taken(request, 'spec.clusterIPs', `[${JSON.stringify(address)}]`, why);
}

function freeAddress(plane: Plane, byAddress: Map<string, string>, key: string): string {
  const start = 1 + Math.floor(plane.random() * (NETWORK_SIZE - 2));
  for (let i = 0; i < NETWORK_SIZE; i++) {
    const address = addressAt(1 + ((start + i) % (NETWORK_SIZE - 2)));
    if (address !== API_SERVICE_IP && !holder(plane, byAddress, address, key, holdsAddress)) return address;
  }
  throw new Error('all cluster IPs are in use');
}

function assignNodePort(request: AdmissionRequest, port: Json, index: number): void {
  const { plane, namespace, name, object } = request;
  const key = `${namespace}/${name}`;
  const { byPort } = hints(plane);
  const others = new Set((object.spec.ports as Json[]).filter((p) => p !== port).map((p) => p.nodePort));
  if (port.nodePort) {
    if (port.nodePort < NODE_PORTS.first || port.nodePort > NODE_PORTS.last)
      throw taken(request, `spec.ports[${index}].nodePort`, port.nodePort, OUT_OF_RANGE);
    if (holder(plane, byPort, port.nodePort, key, holdsPort))
      throw taken(request, `spec.ports[${index}].nodePort`, port.nodePort, 'provided port is already allocated');
  } else port.nodePort = freePort(plane, byPort, key, others);
  if (!request.dryRun) byPort.set(port.nodePort, key);
}

function freePort(plane: Plane, byPort: Map<number, string>, key: string, others: ReadonlySet<number>): number {
  const count = NODE_PORTS.last - NODE_PORTS.first + 1;
  const start = Math.floor(plane.random() * count);
  for (let i = 0; i < count; i++) {
    const port = NODE_PORTS.first + ((start + i) % count);
    if (!others.has(port) && !holder(plane, byPort, port, key, holdsPort)) return port;
  }
  throw new Error('all node ports are in use');
}

/** Does another Service hold this? */
function holder<K>(
  plane: Plane,
  hint: Map<K, string>,
  what: K,
  own: string,
  holds: (spec: Json, what: K) => boolean,
): boolean {
  const key = hint.get(what);
  if (key === undefined || key === own) return false;
  const entry = plane.store.newest(plane.of('', 'services'), key);
  return entry !== undefined && holds(entry.parse().spec, what);
}

function holdsAddress(spec: Json, address: string): boolean {
  return spec.clusterIP === address || spec.clusterIPs?.includes(address);
}

function holdsPort(spec: Json, port: number): boolean {
  return spec.ports?.some((p: Json) => p.nodePort === port);
}

function taken({ definition, name }: AdmissionRequest, field: string, value: unknown, why: string) {
  const error: FieldError = { field, reason: 'FieldValueInvalid', message: `Invalid value: ${value}: ${why}` };
  return invalid(definition, name, [error]);
}

function hints(plane: Plane): Hints {
  let known = hintsOf.get(plane);
  if (!known) {
    known = { byAddress: new Map(), byPort: new Map() };
    for (const entry of plane.of('', 'services').current.values()) note(known, entry.key, entry.parse().spec);
    hintsOf.set(plane, known);
  }
  return known;
}

function note({ byAddress, byPort }: Hints, key: string, spec: Json): void {
  for (const address of spec.clusterIPs ?? []) byAddress.set(address, key);
  for (const port of spec.ports ?? []) if (port.nodePort) byPort.set(port.nodePort, key);
}

function numberOf(address: string): number {
  return address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
}

function addressAt(offset: number): string {
  const value = NETWORK + offset;
  return [value >>> 24, (value >>> 16) & 255, (value >>> 8) & 255, value & 255].join('.');
}

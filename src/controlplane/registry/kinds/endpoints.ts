/** Where Services lead: Endpoints (one object a Service) and EndpointSlices (pieces of at most a hundred). */
import { isIP } from 'node:net';
import type { FieldError, Json, ResourceDefinition } from '../definition.ts';
import { invalid, invalids, NOT_AN_IP, oneOf, required, tooMany } from '../validation/field-error.ts';
import { immutable } from '../validation/immutable.ts';
import { dnsLabel, dnsSubdomain, portNumber } from '../validation/names.ts';
import { ageColumn, firstThree, nameColumn, text } from './columns.ts';
import { fill } from './fill.ts';

const PROTOCOLS = ['SCTP', 'TCP', 'UDP'];

export const endpoints: ResourceDefinition = {
  group: '',
  version: 'v1',
  plural: 'endpoints',
  singular: 'endpoints',
  kind: 'Endpoints',
  shortNames: ['ep'],
  namespaced: true,
  createOnUpdate: true,
  deprecation: 'v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice',
  columns: [nameColumn, text('Endpoints', (o) => firstThree(addressesOf(o))), ageColumn],
  strategy: {
    default: (o) => {
      for (const subset of o.subsets ?? []) for (const port of subset.ports ?? []) fill(port, 'protocol', 'TCP');
    },
    validate: (o) => (o.subsets ?? []).flatMap((s: Json, i: number) => subsetErrors(s, `subsets[${i}]`)),
  },
};

export const endpointSlices: ResourceDefinition = {
  group: 'discovery.k8s.io',
  version: 'v1',
  plural: 'endpointslices',
  singular: 'endpointslice',
  kind: 'EndpointSlice',
  namespaced: true,
  generation: true,
  columns: [
    nameColumn,
    text('AddressType', (o) => o.addressType ?? ''),
    text('Ports', (o) =>
      firstThree(
        (o.ports ?? []).map((p: Json) => String(p.port ?? '*')),
        '<unset>',
      ),
    ),
    text('Endpoints', (o) =>
      firstThree(
        (o.endpoints ?? []).flatMap((e: Json) => e.addresses ?? []),
        '<unset>',
      ),
    ),
    ageColumn,
  ],
  strategy: {
    default: defaultSlice,
    validate: validateSlice,
    validateUpdate: (slice, old) => immutable('addressType', slice.addressType, old.addressType),
  },
};

function addressesOf(object: Json): string[] {
  return (object.subsets ?? []).flatMap(({ addresses = [], ports }: Json) => {
    if (!ports?.length) return addresses.map((a: Json) => a.ip);
    return ports.flatMap((port: Json) => addresses.map((a: Json) => hostPort(a.ip, port.port)));
  });
}

function hostPort(ip: string, port: number): string {
  return ip.includes(':') ? `[${ip}]:${port}` : `${ip}:${port}`;
}

function subsetErrors(subset: Json, at: string): FieldError[] {
  const { addresses = [], notReadyAddresses = [], ports = [] } = subset;
  if (addresses.length + notReadyAddresses.length === 0) {
    return [required(at, 'must specify `addresses` or `notReadyAddresses`')];
  }
  const ips = Object.entries({ addresses, notReadyAddresses }).flatMap(([field, list]) =>
    list.flatMap((a: Json, i: number) =>
      isIP(a.ip ?? '') === 0 ? [invalid(`${at}.${field}[${i}].ip`, a.ip ?? '', NOT_AN_IP)] : [],
    ),
  );
  return [...ips, ...ports.flatMap((p: Json, i: number) => portErrors(p, `${at}.ports[${i}]`, ports.length > 1))];
}

function portErrors(port: Json, at: string, named: boolean): FieldError[] {
  return [
    ...(port.name ? invalids(`${at}.name`, port.name, dnsLabel(port.name)) : named ? [required(`${at}.name`)] : []),
    ...invalids(`${at}.port`, port.port ?? 0, portNumber(port.port)),
    ...oneOf(`${at}.protocol`, port.protocol, PROTOCOLS),
  ];
}

function defaultSlice(slice: Json): void {
  slice.endpoints ??= null;
  slice.ports ??= null;
  for (const port of slice.ports ?? []) {
    port.name ??= '';
    fill(port, 'protocol', 'TCP');
  }
}

const MAX_ENDPOINTS = 1000;
const MAX_ADDRESSES = 100;
const MAX_PORTS = 20_000;

function validateSlice(slice: Json): FieldError[] {
  const { addressType: type } = slice;
  const endpoints: Json[] = slice.endpoints ?? [];
  const ports: Json[] = slice.ports ?? [];
  return [
    ...oneOf('addressType', type, ['FQDN', 'IPv4', 'IPv6']),
    ...(ports.length > MAX_PORTS ? [tooMany('ports', ports.length, MAX_PORTS)] : []),
    ...ports.flatMap((p: Json, i: number) => oneOf(`ports[${i}].protocol`, p.protocol, PROTOCOLS)),
    ...(endpoints.length > MAX_ENDPOINTS ? [tooMany('endpoints', endpoints.length, MAX_ENDPOINTS)] : []),
    ...endpoints.flatMap((e: Json, i: number) => endpointErrors(e, type, `endpoints[${i}]`)),
  ];
}

function endpointErrors(endpoint: Json, type: string, at: string): FieldError[] {
  const { hostname } = endpoint;
  const addresses = endpoint.addresses ?? [];
  if (addresses.length === 0) return [required(`${at}.addresses`, 'must contain at least 1 address')];
  if (addresses.length > MAX_ADDRESSES) return [tooMany(`${at}.addresses`, addresses.length, MAX_ADDRESSES)];
  return [
    ...addresses.flatMap((address: string, i: number) => addressErrors(address, type, `${at}.addresses[${i}]`)),
    ...(hostname ? invalids(`${at}.hostname`, hostname, dnsLabel(hostname)) : []),
  ];
}

function addressErrors(address: string, type: string, field: string): FieldError[] {
  if (type === 'FQDN') return invalids(field, address, dnsSubdomain(address));
  if (isIP(address) === 0) return [invalid(field, address, NOT_AN_IP)];
  return `IPv${isIP(address)}` === type
    ? []
    : [invalid(field.replace(/\[\d+\]$/, ''), address, `must be an ${type} address`)];
}

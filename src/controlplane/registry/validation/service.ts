/** Services: ports, addresses, and what stays once it is allocated. */
import { isIP } from 'node:net';
import type { FieldError, Json } from '../definition.ts';
import { duplicate, forbidden, invalid, invalids, NOT_AN_IP, oneOf, required } from './field-error.ts';
import { validateLabels } from './labels.ts';
import { dnsLabel, dnsSubdomain, portNumber } from './names.ts';
import { portNumberOrName } from './numbers.ts';

const TYPES = ['ClusterIP', 'ExternalName', 'LoadBalancer', 'NodePort'];
const EXTERNAL_ONLY = 'may only be set for externally-accessible services';
const DAY_SECONDS = 86_400;

export function validateService({ spec }: Json): FieldError[] {
  return [
    ...portErrors(spec),
    ...oneOf('spec.type', spec.type, TYPES),
    ...typeErrors(spec),
    ...validateLabels(spec.selector, 'spec.selector'),
    ...affinityErrors(spec),
    ...addressErrors(spec),
    ...(spec.internalTrafficPolicy
      ? oneOf('spec.internalTrafficPolicy', spec.internalTrafficPolicy, ['Cluster', 'Local'])
      : []),
    ...(spec.externalTrafficPolicy && !isExternal(spec)
      ? [invalid('spec.externalTrafficPolicy', spec.externalTrafficPolicy, EXTERNAL_ONLY)]
      : []),
    ...(spec.externalTrafficPolicy
      ? oneOf('spec.externalTrafficPolicy', spec.externalTrafficPolicy, ['Cluster', 'Local'])
      : []),
  ];
}

/** Can it be reached from outside of the cluster? */
export function isExternal({ type, externalIPs }: Json): boolean {
  if (type === 'NodePort' || type === 'LoadBalancer') return true;
  return type === 'ClusterIP' && (externalIPs ?? []).length > 0;
}

export function validateServiceUpdate(service: Json, old: Json, subresource: string | undefined): FieldError[] {
  if (subresource === 'status') return ingressErrors(service);
  const [spec, before] = [service.spec, old.spec];
  if (spec.type === 'ExternalName' || before.type === 'ExternalName' || !before.clusterIP) return [];
  return spec.clusterIP === before.clusterIP
    ? []
    : [invalid('spec.clusterIPs[0]', [spec.clusterIP ?? ''], 'may not change once set')];
}

function ingressErrors({ spec, status }: Json): FieldError[] {
  if (spec.type === 'LoadBalancer' || !status?.loadBalancer?.ingress?.length) return [];
  return [forbidden('status.loadBalancer.ingress', "may only be used when `spec.type` is 'LoadBalancer'")];
}

function typeErrors(spec: Json): FieldError[] {
  if (spec.type === 'ExternalName') {
    if (!spec.externalName) return [required('spec.externalName')];
    return invalids('spec.externalName', spec.externalName, dnsSubdomain(spec.externalName.replace(/\.$/, '')));
  }
  if (spec.type === 'LoadBalancer' && spec.clusterIP === 'None') {
    return [invalid('spec.clusterIPs[0]', 'None', "may not be set to 'None' for LoadBalancer services")];
  }
  return spec.type === 'NodePort' && spec.clusterIP === 'None'
    ? [invalid('spec.clusterIPs[0]', 'None', "may not be set to 'None' for NodePort services")]
    : [];
}

function portErrors(spec: Json): FieldError[] {
  const ports: Json[] = spec.ports ?? [];
  if (ports.length === 0 && spec.clusterIP !== 'None' && spec.type !== 'ExternalName') return [required('spec.ports')];
  const names = new Set<string>();
  const numbers = new Set<string>();
  return ports.flatMap((port, i) => {
    const at = `spec.ports[${i}]`;
    return [
      ...portNameErrors(port.name, `${at}.name`, ports.length > 1, names),
      ...invalids(`${at}.port`, port.port ?? 0, portNumber(port.port)),
      ...oneOf(`${at}.protocol`, port.protocol, ['SCTP', 'TCP', 'UDP']),
      ...portNumberOrName(`${at}.targetPort`, port.targetPort),
      ...nodePortErrors(spec, port, at),
      ...repeated(numbers, port, at),
    ];
  });
}

function portNameErrors(name: Json, field: string, needed: boolean, names: Set<string>): FieldError[] {
  if (!name) return needed ? [required(field)] : [];
  const errors = invalids(field, name, dnsLabel(name));
  if (names.has(name)) return [...errors, duplicate(field, name)];
  names.add(name);
  return errors;
}

function nodePortErrors(spec: Json, port: Json, at: string): FieldError[] {
  if (!port.nodePort || spec.type !== 'ClusterIP') return [];
  return [forbidden(`${at}.nodePort`, "may not be used when `type` is 'ClusterIP'")];
}

function repeated(numbers: Set<string>, { port, protocol }: Json, at: string): FieldError[] {
  const key = `${protocol}/${port}`;
  const shown = { Name: '', Protocol: protocol, AppProtocol: null, Port: port, TargetPort: 0, NodePort: 0 };
  if (numbers.has(key)) return [duplicate(at, shown)];
  numbers.add(key);
  return [];
}

function affinityErrors(spec: Json): FieldError[] {
  const at = 'spec.sessionAffinityConfig.clientIP.timeoutSeconds';
  const seconds = spec.sessionAffinityConfig?.clientIP?.timeoutSeconds;
  return [
    ...oneOf('spec.sessionAffinity', spec.sessionAffinity, ['ClientIP', 'None']),
    ...(spec.sessionAffinity === 'ClientIP' && !(seconds > 0 && seconds <= DAY_SECONDS)
      ? [invalid(at, seconds, `must be greater than 0 and less than ${DAY_SECONDS}`)]
      : []),
  ];
}

function addressErrors(spec: Json): FieldError[] {
  const cluster = spec.clusterIP && spec.clusterIP !== 'None' && isIP(spec.clusterIP) === 0;
  return [
    ...(cluster ? [invalid('spec.clusterIPs[0]', spec.clusterIP, NOT_AN_IP)] : []),
    ...(spec.externalIPs ?? []).flatMap((ip: string, i: number) =>
      isIP(ip) === 0 ? [invalid(`spec.externalIPs[${i}]`, ip, NOT_AN_IP)] : [],
    ),
  ];
}

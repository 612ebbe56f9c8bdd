/** The Service of a GroupService: of the same name, without a selector, so that nobody else makes endpoints for it. */
import { controllerReference, sameJson } from '../control/index.ts';
import type { core, Draft, Service } from '../kube/index.ts';
import { GROUP_SERVICES, type GroupService } from '../resources/index.ts';

const APPLIED = 'kubectl.kubernetes.io/last-applied-configuration';

type Spec = Service['spec'];

export function newService(group: GroupService): Draft<Service> {
  const { namespace, name } = group.metadata;
  const ownerReferences = [controllerReference(group, GROUP_SERVICES)];
  return { metadata: { namespace, name, ownerReferences, ...marksOf(group) }, spec: wishedSpec(group, undefined) };
}

/** The Service as it should be; undefined when it is so already. What the cluster has assigned stays. */
export function correctedService(group: GroupService, service: Service): Service | undefined {
  const wished = wishedSpec(group, service.spec);
  const marks = marksOf(group);
  const { labels, annotations } = service.metadata;
  const same =
    sameJson(pick(service.spec, wished), wished) &&
    sameJson(service.spec.selector, undefined) &&
    sameJson(labels, marks.labels) &&
    Object.entries(marks.annotations).every(([key, value]) => annotations?.[key] === value);
  if (same) return undefined;
  const { selector: _, ...kept } = service.spec;
  const metadata = { ...service.metadata, ...marks, annotations: { ...annotations, ...marks.annotations } };
  return { ...service, metadata, spec: { ...withoutUnwanted(kept, group), ...wished } };
}

function marksOf({ metadata }: GroupService) {
  const { [APPLIED]: _, ...annotations } = metadata.annotations ?? {};
  return { labels: { ...metadata.labels }, annotations };
}

/** Everything that a GroupService decides, defaults too, so that it can be compared with what is there. */
function wishedSpec({ spec }: GroupService, before: Spec | undefined): Spec {
  const { type, clusterIP, ipFamilies, ipFamilyPolicy, loadBalancerClass } = spec;
  const balanced = type === 'LoadBalancer';
  return {
    type,
    ports: spec.ports.map((port) => portOf(port, type, before)),
    ipFamilyPolicy,
    internalTrafficPolicy: spec.internalTrafficPolicy,
    sessionAffinity: spec.sessionAffinity,
    publishNotReadyAddresses: spec.publishNotReadyAddresses,
    ...(clusterIP && { clusterIP }),
    ...(ipFamilies && { ipFamilies: [...ipFamilies] }),
    ...(type !== 'ClusterIP' && { externalTrafficPolicy: spec.externalTrafficPolicy }),
    ...(balanced && { allocateLoadBalancerNodePorts: spec.allocateLoadBalancerNodePorts }),
    ...(balanced && loadBalancerClass && { loadBalancerClass }),
  };
}

function portOf(port: GroupService['spec']['ports'][number], type: string, before: Spec | undefined): core.ServicePort {
  const { targetPort = port.port, nodePort, ...rest } = port;
  const known = before?.ports?.find((one) => one.port === port.port && (one.protocol ?? 'TCP') === port.protocol);
  const kept = nodePort ?? (type === 'ClusterIP' ? undefined : known?.nodePort);
  return { ...rest, targetPort, ...(kept !== undefined && { nodePort: kept }) };
}

/** What the cluster assigned for another type would be refused with this one. */
function withoutUnwanted(spec: Spec, { spec: { type } }: GroupService): Spec {
  const { loadBalancerClass: _, allocateLoadBalancerNodePorts: __, ...unbalanced } = spec;
  if (type === 'LoadBalancer') return spec;
  if (type === 'NodePort') return unbalanced;
  const { externalTrafficPolicy: ___, healthCheckNodePort: ____, ...internal } = unbalanced;
  return internal;
}

function pick(spec: Spec, like: Spec): Record<string, unknown> {
  return Object.fromEntries(Object.keys(like).map((key) => [key, spec[key as keyof Spec]]));
}

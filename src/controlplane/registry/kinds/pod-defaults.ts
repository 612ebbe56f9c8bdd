/** What a Pod's author may leave out. Templates get the same, but for what only a real Pod gets (see `defaultPod`). */
import type { Json } from '../definition.ts';
import { fill, fillNumber } from './fill.ts';

export function defaultPodTemplate(template: Json): void {
  if (!template) return;
  fill(template, 'metadata', {});
  if (template.spec) defaultPodSpec(template.spec);
}

export function defaultPod(pod: Json): void {
  const spec = fill(pod, 'spec', {});
  defaultPodSpec(spec);
  for (const container of [...(spec.containers ?? []), ...(spec.initContainers ?? [])]) defaultRequests(container);
  fill(spec, 'enableServiceLinks', true);
}

function defaultPodSpec(spec: Json): void {
  fill(spec, 'dnsPolicy', 'ClusterFirst');
  fill(spec, 'restartPolicy', 'Always');
  fill(spec, 'securityContext', {});
  fill(spec, 'terminationGracePeriodSeconds', 30);
  fill(spec, 'schedulerName', 'default-scheduler');
  mirrorServiceAccount(spec);
  for (const container of containersOf(spec)) defaultContainer(container);
  for (const volume of spec.volumes ?? []) defaultVolume(volume);
  if (spec.hostNetwork) for (const container of containersOf(spec)) useHostPorts(container);
}

/** Every container of a Pod spec: init, main and ephemeral. */
function containersOf(spec: Json): Json[] {
  return [...(spec.initContainers ?? []), ...(spec.containers ?? []), ...(spec.ephemeralContainers ?? [])];
}

/** `serviceAccount` is the old name of `serviceAccountName`; both are always served alike. */
function mirrorServiceAccount(spec: Json): void {
  fill(spec, 'serviceAccountName', spec.serviceAccount);
  if (spec.serviceAccountName) spec.serviceAccount = spec.serviceAccountName;
  else delete spec.serviceAccountName;
}

function defaultContainer(container: Json): void {
  fill(container, 'imagePullPolicy', pullPolicyOf(container.image ?? ''));
  fill(container, 'terminationMessagePath', '/dev/termination-log');
  fill(container, 'terminationMessagePolicy', 'File');
  fill(container, 'resources', {});
  for (const port of container.ports ?? []) fill(port, 'protocol', 'TCP');
  for (const env of container.env ?? []) defaultFieldRef(env.valueFrom);
  for (const probe of ['livenessProbe', 'readinessProbe', 'startupProbe']) defaultProbe(container[probe]);
  for (const hook of ['postStart', 'preStop']) defaultHttpGet(container.lifecycle?.[hook]?.httpGet);
}

function useHostPorts(container: Json): void {
  for (const port of container.ports ?? []) fillNumber(port, 'hostPort', port.containerPort);
}

/** An image without tag and digest is `:latest`, which is pulled always. */
export function pullPolicyOf(image: string): 'Always' | 'IfNotPresent' {
  const [reference = '', digest] = image.split('@');
  const tag = reference.slice(reference.lastIndexOf('/') + 1).split(':')[1];
  return tag === 'latest' || (tag === undefined && digest === undefined) ? 'Always' : 'IfNotPresent';
}

function defaultProbe(probe: Json): void {
  if (!probe) return;
  fillNumber(probe, 'timeoutSeconds', 1);
  fillNumber(probe, 'periodSeconds', 10);
  fillNumber(probe, 'successThreshold', 1);
  fillNumber(probe, 'failureThreshold', 3);
  defaultHttpGet(probe.httpGet);
  if (probe.grpc) fill(probe.grpc, 'service', '');
}

function defaultHttpGet(action: Json): void {
  if (!action) return;
  fill(action, 'path', '/');
  fill(action, 'scheme', 'HTTP');
}

function defaultFieldRef(source: Json): void {
  if (source?.fieldRef) fill(source.fieldRef, 'apiVersion', 'v1');
  if (source?.resourceFieldRef) fill(source.resourceFieldRef, 'divisor', '0');
}

const FILE_MODE = 0o644;
const HOUR_SECONDS = 3600;

function defaultVolume(volume: Json): void {
  if (Object.keys(volume).every((key) => key === 'name' || volume[key] === null)) volume.emptyDir = {};
  if (volume.secret) fill(volume.secret, 'defaultMode', FILE_MODE);
  if (volume.configMap) fill(volume.configMap, 'defaultMode', FILE_MODE);
  if (volume.downwardAPI) defaultDownward(volume.downwardAPI, true);
  if (volume.projected) defaultProjected(volume.projected);
  if (volume.hostPath) volume.hostPath.type ??= '';
  if (volume.image) fill(volume.image, 'pullPolicy', pullPolicyOf(volume.image.reference ?? ''));
  if (volume.iscsi) fill(volume.iscsi, 'iscsiInterface', 'default');
  if (volume.ephemeral?.volumeClaimTemplate?.spec) {
    fill(volume.ephemeral.volumeClaimTemplate.spec, 'volumeMode', 'Filesystem');
  }
}

function defaultDownward(source: Json, withMode: boolean): void {
  if (withMode) fill(source, 'defaultMode', FILE_MODE);
  for (const item of source.items ?? []) defaultFieldRef(item);
}

function defaultProjected(projected: Json): void {
  fill(projected, 'defaultMode', FILE_MODE);
  for (const source of projected.sources ?? []) {
    if (source.serviceAccountToken) fill(source.serviceAccountToken, 'expirationSeconds', HOUR_SECONDS);
    if (source.downwardAPI) defaultDownward(source.downwardAPI, false);
  }
}

/** A limit without a request is a request, too (of Pods only, not of templates). */
function defaultRequests(container: Json): void {
  const limits = container.resources?.limits;
  if (!limits) return;
  container.resources.requests = { ...limits, ...container.resources.requests };
}

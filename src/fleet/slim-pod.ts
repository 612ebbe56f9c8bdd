/**
 * Pods as the fleet keeps them: a hundred thousand stay in memory, so only what a kubelet's life depends on is kept,
 * and equal parts are shared. Logs and commands read the whole Pod when they need it.
 */
import type { core, Pod } from '../kube/index.ts';
import { annotationsReadBy, isChangeable } from './found-at-start.ts';

/** `known` tells of Pods whose status the fleet itself keeps; of theirs only the conditions are of interest. */
export function slimPod(pod: Pod, known: boolean): Pod {
  const { name, namespace, uid, resourceVersion, generation, creationTimestamp } = pod.metadata;
  const { deletionTimestamp, deletionGracePeriodSeconds, labels, annotations } = pod.metadata;
  return {
    ...(pod.apiVersion && { apiVersion: pod.apiVersion }),
    ...(pod.kind && { kind: pod.kind }),
    metadata: {
      name,
      ...(namespace && { namespace }),
      uid,
      resourceVersion,
      creationTimestamp,
      ...(generation !== undefined && { generation }),
      ...(deletionTimestamp && { deletionTimestamp }),
      ...(deletionGracePeriodSeconds !== undefined && { deletionGracePeriodSeconds }),
      ...(labels && { labels: shared(labels) }),
      ...(annotations && { annotations: shared(needed(annotations, pod.spec)) }),
    },
    spec: slimSpec(pod.spec),
    ...(pod.status && { status: known ? { conditions: shared(verdicts(pod)) } : pod.status }),
  };
}

/** Without times, which differ from Pod to Pod. */
function verdicts(pod: Pod): core.PodCondition[] {
  return (pod.status?.conditions ?? []).map(({ type, status, reason, message }) => ({
    type,
    status,
    ...(reason && { reason }),
    ...(message && { message }),
  }));
}

function slimSpec(spec: Pod['spec']): Pod['spec'] {
  const volumes = spec.volumes?.filter((v) => v.configMap || v.secret || v.persistentVolumeClaim || hasOwnSources(v));
  return {
    containers: shared(spec.containers.map(slimContainer)),
    ...(spec.initContainers && { initContainers: shared(spec.initContainers.map(slimContainer)) }),
    ...(spec.ephemeralContainers && {
      ephemeralContainers: spec.ephemeralContainers.map((c) => slimContainer(c as core.Container)),
    }),
    ...(spec.nodeName && { nodeName: spec.nodeName }),
    ...(spec.restartPolicy && { restartPolicy: spec.restartPolicy }),
    ...(spec.hostNetwork && { hostNetwork: true }),
    ...(spec.priority && { priority: spec.priority }),
    ...(spec.readinessGates && { readinessGates: shared(spec.readinessGates) }),
    ...(spec.activeDeadlineSeconds !== undefined && { activeDeadlineSeconds: spec.activeDeadlineSeconds }),
    ...(spec.terminationGracePeriodSeconds !== undefined && {
      terminationGracePeriodSeconds: spec.terminationGracePeriodSeconds,
    }),
    ...(volumes && volumes.length > 0 && { volumes }),
  };
}

/** The token volume of every Pod refers to nothing that could be missing. */
function hasOwnSources(volume: core.Volume): boolean {
  return volume.projected !== undefined && !volume.name.startsWith('kube-api-access-');
}

function slimContainer(c: core.Container): core.Container {
  const env = c.env?.filter(
    ({ value, valueFrom }) =>
      value || valueFrom?.configMapKeyRef || valueFrom?.secretKeyRef || isChangeable(valueFrom?.fieldRef?.fieldPath),
  );
  const files = c.volumeMounts?.filter(({ subPath, subPathExpr }) => subPath || subPathExpr);
  return {
    name: c.name,
    ...(c.image !== undefined && { image: c.image }),
    ...(c.imagePullPolicy && { imagePullPolicy: c.imagePullPolicy }),
    ...(c.restartPolicy && { restartPolicy: c.restartPolicy }),
    ...(c.command && { command: c.command }),
    ...(c.args && { args: c.args }),
    ...(c.resources && { resources: c.resources }),
    ...(c.resizePolicy && { resizePolicy: c.resizePolicy }),
    ...(c.envFrom && { envFrom: c.envFrom }),
    ...(env && env.length > 0 && { env }),
    ...(files && files.length > 0 && { volumeMounts: files }),
    ...(c.lifecycle && { lifecycle: c.lifecycle }),
    ...(c.startupProbe && { startupProbe: timing(c.startupProbe) }),
    ...(c.readinessProbe && { readinessProbe: timing(c.readinessProbe) }),
    ...(c.livenessProbe && { livenessProbe: timing(c.livenessProbe) }),
  };
}

function timing({ httpGet, exec, tcpSocket, grpc, ...times }: core.Probe): core.Probe {
  return times;
}

/** What speaks to kubelets, and to the network of their host. */
const KEPT = /^(fleet|network)\.jdos\.jd\.com\//;

/** Those, and those that containers read. */
function needed(annotations: Record<string, string>, spec: Pod['spec']): Record<string, string> {
  const read = annotationsReadBy(spec.containers);
  return Object.fromEntries(Object.entries(annotations).filter(([name]) => KEPT.test(name) || read.has(name)));
}

const pool = new Map<string, unknown>();
const POOL_MOST = 20_000;

/** The first value that was equal to this one. The pool is emptied when it grows past its bound. */
function shared<T>(value: T): T {
  const text = JSON.stringify(value);
  const known = pool.get(text);
  if (known !== undefined) return known as T;
  if (pool.size >= POOL_MOST) pool.clear();
  pool.set(text, value);
  return value;
}

import { type core, PODS, type Pod } from '../../../kube/index.ts';
import { coresOf, unitsOf } from '../amount.ts';
import { bytes, cores, count, flag, list, map, text, time } from '../column.ts';
import { CONDITION_COLUMNS, type Condition, statusOf } from '../conditions.ts';
import { childTable, kindTable } from '../kind-table.ts';
import { podAmount } from '../pod-amount.ts';

interface Row {
  readonly pod: Pod;
  readonly type: 'container' | 'init' | 'ephemeral';
  readonly spec: core.Container;
  readonly status: core.ContainerStatus | undefined;
}

const containers = childTable('containers', 'Containers of Pods: what is wished and how each fares', rowsOf, [
  text<Row>('node_name', 'host of the Pod', (row) => row.pod.spec.nodeName),
  text<Row>('name', 'its name', (row) => row.spec.name),
  text<Row>('type', '`container`, `init` or `ephemeral`', (row) => row.type),
  text<Row>('image', 'the image wished', (row) => row.spec.image),
  text<Row>('image_id', 'the image that runs', (row) => row.status?.imageID),
  text<Row>('image_pull_policy', 'when the image is pulled', (row) => row.spec.imagePullPolicy),
  text<Row>('state', '`waiting`, `running` or `terminated`', (row) => Object.keys(row.status?.state ?? {})[0]),
  text<Row>('reason', 'why it waits or has ended', (row) => reasonOf(row.status)),
  text<Row>('message', 'the same in a sentence', (row) => detailOf(row.status)?.message),
  count<Row>('exit_code', 'with which it has ended', (row) => row.status?.state?.terminated?.exitCode),
  flag<Row>('ready', 'whether it is ready', (row) => row.status?.ready),
  count<Row>('restart_count', 'how often it was started again', (row) => row.status?.restartCount),
  time<Row>('started_at', 'when it began to run', (row) => row.status?.state?.running?.startedAt),
  text<Row>('last_reason', 'why it ended last time', (row) => row.status?.lastState?.terminated?.reason),
  count<Row>('last_exit_code', 'with what it ended last time', (row) => row.status?.lastState?.terminated?.exitCode),
  cores<Row>('cpu_request', 'processor requested', (row) => coresOf(row.spec.resources?.requests?.cpu)),
  cores<Row>('cpu_limit', 'processor allowed', (row) => coresOf(row.spec.resources?.limits?.cpu)),
  bytes<Row>('memory_request', 'memory requested', (row) => unitsOf(row.spec.resources?.requests?.memory)),
  bytes<Row>('memory_limit', 'memory allowed', (row) => unitsOf(row.spec.resources?.limits?.memory)),
  list<Row>('ports', 'ports, as `name:8080/TCP`', (row) => row.spec.ports?.map(portOf)),
  list<Row>('env_names', 'names of its environment variables; values are not kept', (row) =>
    row.spec.env?.map((v) => v.name),
  ),
]);

const conditions = childTable<Pod, Condition>(
  'pod_conditions',
  'Conditions of Pods',
  (pod) => pod.status?.conditions,
  CONDITION_COLUMNS,
);

export const pods = kindTable(PODS, {
  doc: 'Pods',
  children: [containers, conditions],
  columns: [
    text('node_name', 'the host it is bound to', (pod) => pod.spec.nodeName),
    text('phase', '`Pending`, `Running`, `Succeeded`, `Failed` or `Unknown`', (pod) => pod.status?.phase),
    text('status_reason', 'the most telling word: why it waits, fails or goes', statusReason),
    flag('ready', 'whether it may get traffic', (pod) => statusOf(pod.status?.conditions, 'Ready') === 'True'),
    count('containers', 'how many containers it has', (pod) => pod.spec.containers.length),
    count('restart_count', 'restarts of its containers together', (pod) => restartsOf(pod)),
    text('pod_ip', 'its address', (pod) => pod.status?.podIP),
    text('host_ip', 'the address of its host', (pod) => pod.status?.hostIP),
    text('qos_class', '`Guaranteed`, `Burstable` or `BestEffort`', (pod) => pod.status?.qosClass),
    count('priority', 'who goes first', (pod) => pod.spec.priority),
    text('priority_class', 'name of that priority', (pod) => pod.spec.priorityClassName),
    text('scheduler_name', 'which scheduler places it', (pod) => pod.spec.schedulerName),
    text('service_account', 'as whom it acts', (pod) => pod.spec.serviceAccountName),
    text('restart_policy', 'when containers are started again', (pod) => pod.spec.restartPolicy),
    flag('host_network', 'whether it uses the network of its host', (pod) => pod.spec.hostNetwork ?? false),
    map('node_selector', 'labels that its host must have', (pod) => pod.spec.nodeSelector),
    cores('cpu_request', 'processor requested in all', (pod) => podAmount(pod.spec, 'requests', 'cpu', coresOf)),
    cores('cpu_limit', 'processor allowed in all', (pod) => podAmount(pod.spec, 'limits', 'cpu', coresOf)),
    bytes('memory_request', 'memory requested in all', (pod) => podAmount(pod.spec, 'requests', 'memory', unitsOf)),
    bytes('memory_limit', 'memory allowed in all', (pod) => podAmount(pod.spec, 'limits', 'memory', unitsOf)),
    time('started_at', 'when its host took it up', (pod) => pod.status?.startTime),
  ],
});

function rowsOf(pod: Pod): Row[] {
  const { containers: main, initContainers = [], ephemeralContainers = [] } = pod.spec;
  const { containerStatuses, initContainerStatuses, ephemeralContainerStatuses } = pod.status ?? {};
  return [
    ...main.map((spec) => rowOf(pod, 'container', spec, containerStatuses)),
    ...initContainers.map((spec) => rowOf(pod, 'init', spec, initContainerStatuses)),
    ...ephemeralContainers.map((spec) => rowOf(pod, 'ephemeral', spec, ephemeralContainerStatuses)),
  ];
}

function rowOf(pod: Pod, type: Row['type'], spec: core.Container, statuses: core.ContainerStatus[] = []): Row {
  return { pod, type, spec, status: statuses.find((status) => status.name === spec.name) };
}

function detailOf(status: core.ContainerStatus | undefined) {
  return status?.state?.waiting ?? status?.state?.terminated;
}

function reasonOf(status: core.ContainerStatus | undefined): string | undefined {
  return detailOf(status)?.reason;
}

function portOf({ name, containerPort, protocol = 'TCP' }: core.ContainerPort): string {
  return `${name ? `${name}:` : ''}${containerPort}/${protocol}`;
}

function statusReason(pod: Pod): string | undefined {
  if (pod.metadata.deletionTimestamp) return 'Terminating';
  const of = pod.status?.containerStatuses?.map(reasonOf).find((reason) => reason !== undefined);
  return of ?? pod.status?.reason;
}

function restartsOf({ status }: Pod): number {
  const all = [...(status?.containerStatuses ?? []), ...(status?.initContainerStatuses ?? [])];
  return all.reduce((sum, container) => sum + container.restartCount, 0);
}

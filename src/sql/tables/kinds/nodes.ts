import { type core, NODES, type Node } from '../../../kube/index.ts';
import { coresOf, unitsOf } from '../amount.ts';
import { big, bytes, cores, flag, text, time } from '../column.ts';
import { CONDITION_COLUMNS, type Condition, statusOf } from '../conditions.ts';
import { childTable, kindTable } from '../kind-table.ts';

const conditions = childTable<Node, Condition>(
  'node_conditions',
  'Conditions of hosts',
  (node) => node.status?.conditions,
  CONDITION_COLUMNS,
);

const taints = childTable<Node, core.Taint>('node_taints', 'Taints of hosts', (node) => node.spec.taints, [
  text('key', 'its key', (taint) => taint.key),
  text('value', 'its value', (taint) => taint.value),
  text('effect', '`NoSchedule`, `PreferNoSchedule` or `NoExecute`', (taint) => taint.effect),
  time('added_at', 'since when', (taint) => taint.timeAdded),
]);

export const nodes = kindTable(NODES, {
  doc: 'Hosts',
  children: [conditions, taints],
  columns: [
    flag('ready', 'whether its kubelet says so', (node) => statusOf(node.status?.conditions, 'Ready') === 'True'),
    flag('unschedulable', 'whether it is cordoned', (node) => node.spec.unschedulable ?? false),
    text('zone', 'label topology.kubernetes.io/zone', (node) => label(node, 'topology.kubernetes.io/zone')),
    text('rack', 'label jdos.jd.com/rack', (node) => label(node, 'jdos.jd.com/rack')),
    text('internal_ip', 'its address', (node) => address(node, 'InternalIP')),
    text('pod_cidr', 'addresses of its Pods', (node) => node.spec.podCIDR),
    text('provider_id', 'what the cloud calls it', (node) => node.spec.providerID),
    cores('cpu_capacity', 'processor in all', (node) => coresOf(node.status?.capacity?.cpu)),
    cores('cpu_allocatable', 'processor for Pods', (node) => coresOf(node.status?.allocatable?.cpu)),
    bytes('memory_capacity', 'memory in all', (node) => unitsOf(node.status?.capacity?.memory)),
    bytes('memory_allocatable', 'memory for Pods', (node) => unitsOf(node.status?.allocatable?.memory)),
    bytes('storage_allocatable', 'disk for Pods', (node) => unitsOf(node.status?.allocatable?.['ephemeral-storage'])),
    big('pods_allocatable', 'how many Pods it takes', 'Pods', (node) => unitsOf(node.status?.allocatable?.pods)),
    text('kubelet_version', 'version of the kubelet', (node) => node.status?.nodeInfo?.kubeletVersion),
    text('kernel_version', 'version of the kernel', (node) => node.status?.nodeInfo?.kernelVersion),
    text('os_image', 'the operating system', (node) => node.status?.nodeInfo?.osImage),
    text('architecture', 'of its processor', (node) => node.status?.nodeInfo?.architecture),
    text('container_runtime', 'what runs its containers', (node) => node.status?.nodeInfo?.containerRuntimeVersion),
  ],
});

function label({ metadata }: Node, key: string): string | undefined {
  return metadata.labels?.[key];
}

function address({ status }: Node, type: string): string | undefined {
  return status?.addresses?.find((one) => one.type === type)?.address;
}

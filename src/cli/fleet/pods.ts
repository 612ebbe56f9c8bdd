/** `jdos fleet pods`. */
import type { Command } from 'commander';
import { PODS, type Pod } from '../../kube/index.ts';
import { ageOf } from '../age.ts';
import { addCluster, type ClusterOptions, withCluster } from '../cluster.ts';
import { addOutput, type ListView, type OutputOptions, printList } from '../output.ts';

interface PodsOptions extends ClusterOptions, OutputOptions {
  readonly selector?: string;
  readonly namespace?: string;
  readonly host?: string;
}

const VIEW: ListView<Pod> = {
  columns: [
    { head: 'NAMESPACE', cell: (pod) => pod.metadata.namespace ?? '' },
    { head: 'NAME', cell: (pod) => pod.metadata.name },
    { head: 'READY', cell: readyOf },
    { head: 'STATUS', cell: statusOf },
    { head: 'RESTARTS', cell: restartsOf },
    { head: 'IP', cell: (pod) => pod.status?.podIP ?? '<none>' },
    { head: 'HOST', cell: (pod) => pod.spec.nodeName ?? '<none>' },
    { head: 'AGE', cell: (pod) => ageOf(pod.metadata.creationTimestamp) },
  ],
  name: (pod) => `pod/${pod.metadata.name}`,
  empty: 'No Pod is on a host.',
};

export function definePods(command: Command): void {
  addOutput(addCluster(command))
    .option('-n, --namespace <name>', 'only Pods of this namespace')
    .option('-l, --selector <labels>', 'only Pods with these labels')
    .option('--host <name>', 'only Pods on this host')
    .action(listPods);
}

async function listPods(options: PodsOptions): Promise<void> {
  const { namespace, selector, host } = options;
  const query = {
    ...(namespace && { namespace }),
    ...(selector && { labelSelector: selector }),
    fieldSelector: host ? `spec.nodeName=${host}` : 'spec.nodeName!=',
  };
  const pods = await withCluster(options, (client) => Array.fromAsync(client.listAll(PODS, query)));
  printList(options, pods, VIEW);
}

function readyOf(pod: Pod): string {
  const statuses = pod.status?.containerStatuses ?? [];
  return `${statuses.filter((status) => status.ready).length}/${pod.spec.containers.length}`;
}

/** The most telling word: why a container waits or has ended, else the Pod's own reason or phase. */
function statusOf(pod: Pod): string {
  if (pod.metadata.deletionTimestamp) return 'Terminating';
  for (const { state } of pod.status?.containerStatuses ?? []) {
    const reason = state?.waiting?.reason ?? state?.terminated?.reason;
    if (reason) return reason;
  }
  return pod.status?.reason ?? pod.status?.phase ?? 'Unknown';
}

function restartsOf(pod: Pod): number {
  return (pod.status?.containerStatuses ?? []).reduce((sum, status) => sum + status.restartCount, 0);
}

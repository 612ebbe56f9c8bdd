/** Commands about objects of one namespace. */
import type { Command } from 'commander';
import { addCluster, type ClusterOptions } from './cluster.ts';

export interface NamespacedOptions extends ClusterOptions {
  readonly namespace: string;
}

export function addNamespaced(command: Command): Command {
  return addCluster(command).option('-n, --namespace <name>', 'the namespace', 'default');
}

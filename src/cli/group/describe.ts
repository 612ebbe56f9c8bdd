/** `jdos group describe`. */
import process from 'node:process';
import type { Command } from 'commander';
import { shortRevision } from '../../groups/index.ts';
import { withCluster } from '../cluster.ts';
import { addNamespaced, type NamespacedOptions } from '../namespaced.ts';
import { addOutput, type OutputOptions, printObject } from '../output.ts';
import { BY_HAND, lookAt } from '../release/look.ts';
import { drawPods, podTable } from '../release/picture.ts';

export function defineDescribe(command: Command): void {
  addOutput(addNamespaced(command))
    .argument('<group>', 'name of the Group')
    .action(async (name: string, options: NamespacedOptions & OutputOptions) => {
      const look = await withCluster(options, (client) => lookAt(client, options.namespace, name));
      const { group, release, pods } = look;
      if (options.output) return printObject(options, { name, group, ...(release && { release }), pods });
      const { status, spec } = group;
      printObject(options, {
        Group: `${options.namespace}/${name}`,
        Replicas: `${spec.replicas} wanted, ${status?.readyReplicas ?? 0} ready, ${status?.updatedReplicas ?? 0} updated`,
        Revision: `${shortRevision(status?.currentRevision)}; template ${shortRevision(status?.updateRevision)}`,
        Release: release
          ? `${release.metadata.name}: ${release.status?.phase}, ${release.status?.message ?? ''}`
          : BY_HAND,
      });
      for (const { type, status: holds, reason, message } of status?.conditions ?? []) {
        process.stdout.write(
          `${`${type}:`.padEnd(15)}${holds}${reason ? `, ${reason}` : ''}${message ? `: ${message}` : ''}\n`,
        );
      }
      process.stdout.write(`\n${drawPods(pods)}\n\n${podTable(pods)}`);
    });
}

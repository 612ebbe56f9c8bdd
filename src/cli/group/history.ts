/** `jdos group history`. */
import type { Command } from 'commander';
import { imagesOf, revisionsOf } from '../../groups/index.ts';
import { type ControllerRevision, keyOf } from '../../kube/index.ts';
import { GROUPS, type Group } from '../../resources/index.ts';
import { ageOf } from '../age.ts';
import { withCluster } from '../cluster.ts';
import { addNamespaced, type NamespacedOptions } from '../namespaced.ts';
import { addOutput, type ListView, type OutputOptions, printList } from '../output.ts';

export function defineHistory(command: Command): void {
  addOutput(addNamespaced(command))
    .argument('<group>', 'name of the Group')
    .action(async (name: string, options: NamespacedOptions & OutputOptions) => {
      const { group, revisions } = await withCluster(options, async (client) => {
        const found = await client.get(GROUPS, name, { namespace: options.namespace });
        return { group: found, revisions: await revisionsOf(client, found) };
      });
      printList(options, revisions, viewOf(group));
    });
}

function viewOf(group: Group): ListView<ControllerRevision> {
  return {
    columns: [
      { head: 'NUMBER', cell: (one) => one.revision },
      { head: 'REVISION', cell: (one) => one.metadata.name },
      { head: 'IS', cell: (one) => standing(group, one) },
      { head: 'IMAGES', cell: imagesOf },
      { head: 'AGE', cell: (one) => ageOf(one.metadata.creationTimestamp) },
    ],
    name: (one) => `controllerrevision/${one.metadata.name}`,
    empty: `Group ${keyOf(group)} has no revisions yet.`,
  };
}

function standing({ status }: Group, { metadata: { name } }: ControllerRevision): string {
  const words = [
    ...(status?.currentRevision === name ? ['current'] : []),
    ...(status?.updateRevision === name ? ['template'] : []),
  ];
  return words.join(',') || '-';
}

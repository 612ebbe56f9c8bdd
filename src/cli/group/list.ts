/** `jdos group list`. */
import type { Command } from 'commander';
import { shortRevision } from '../../groups/index.ts';
import { GROUPS, type Group, RELEASES, type Release } from '../../resources/index.ts';
import { ageOf } from '../age.ts';
import { withCluster } from '../cluster.ts';
import { addNamespaced, type NamespacedOptions } from '../namespaced.ts';
import { addOutput, type ListView, type OutputOptions, printList } from '../output.ts';
import { newestOf } from '../release/found-release.ts';

interface ListOptions extends NamespacedOptions, OutputOptions {
  readonly allNamespaces?: true;
}

interface Row {
  readonly group: Group;
  readonly release: Release | undefined;
}

const VIEW: ListView<Row> = {
  columns: [
    { head: 'NAMESPACE', cell: ({ group }) => group.metadata.namespace ?? '' },
    { head: 'NAME', cell: ({ group }) => group.metadata.name },
    { head: 'READY', cell: ({ group: { status, spec } }) => `${status?.readyReplicas ?? 0}/${spec.replicas}` },
    { head: 'UPDATED', cell: ({ group: { status, spec } }) => `${status?.updatedReplicas ?? 0}/${spec.replicas}` },
    { head: 'REVISION', cell: ({ group }) => shortRevision(group.status?.currentRevision) },
    { head: 'RELEASE', cell: ({ release }) => release?.metadata.name ?? '-' },
    { head: 'PHASE', cell: ({ release }) => release?.status?.phase ?? '-' },
    { head: 'STEP', cell: ({ release }) => release?.status?.step ?? '-' },
    { head: 'AGE', cell: ({ group }) => ageOf(group.metadata.creationTimestamp) },
  ],
  name: ({ group }) => `group/${group.metadata.name}`,
  data: ({ group, release }) => ({ group, ...(release && { release }) }),
  empty: 'There are no Groups.',
};

export function defineList(command: Command): void {
  addOutput(addNamespaced(command))
    .option('-A, --all-namespaces', 'of all namespaces')
    .action(async (options: ListOptions) => {
      const at = options.allNamespaces ? {} : { namespace: options.namespace };
      const rows = await withCluster(options, async (client) => {
        const releases = await Array.fromAsync(client.listAll(RELEASES, at));
        const groups = await Array.fromAsync(client.listAll(GROUPS, at));
        return groups.map((group): Row => ({ group, release: newestOf(group, releases) }));
      });
      printList(options, rows, VIEW);
    });
}

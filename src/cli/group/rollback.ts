/** `jdos group rollback`: a Release of an earlier revision, or the end of the one that runs. */
import process from 'node:process';
import type { Command } from 'commander';
import { JdosError } from '../../errors/index.ts';
import { imagesOf, revisionsOf, rollbackTo } from '../../groups/index.ts';
import type { ControllerRevision, KubeClient } from '../../kube/index.ts';
import { GROUPS, type Group, RELEASES, type Release } from '../../resources/index.ts';
import { withCluster } from '../cluster.ts';
import { addConfirm, type ConfirmOptions, confirmed } from '../confirm.ts';
import { addNamespaced, type NamespacedOptions } from '../namespaced.ts';
import { isRunning, newestOf } from '../release/found-release.ts';
import { sendRequest } from '../release/request.ts';

interface RollbackOptions extends NamespacedOptions, ConfirmOptions {
  readonly to?: string;
}

export function defineRollback(command: Command): void {
  addConfirm(addNamespaced(command))
    .argument('<group>', 'name of the Group')
    .option('--to <revision>', 'name or number of a revision; see `jdos group history` (default: the one before)')
    .action((name: string, options: RollbackOptions) =>
      withCluster(options, async (client) => {
        const { namespace } = options;
        const group = await client.get(GROUPS, name, { namespace });
        const { items } = await client.list(RELEASES, { namespace });
        const release = newestOf(group, items);
        if (release && isRunning(release) && !options.to) return endRun(client, group, release, options);
        return toRevision(client, group, options);
      }),
    );
}

async function endRun(client: KubeClient, group: Group, release: Release, options: RollbackOptions): Promise<void> {
  const { name } = release.metadata;
  const { stableRevision, updated, phase } = release.status ?? {};
  if (phase === 'Pending') throw refusal(`Release ${name} has not begun: nothing was released`);
  const preview = `Release ${name} of Group ${group.metadata.name} is ${phase}: it would go back to ${stableRevision}; ${updated} Pods are updated.`;
  if (await confirmed(preview, options)) await sendRequest(client, release, 'abort', undefined);
}

async function toRevision(client: KubeClient, group: Group, options: RollbackOptions): Promise<void> {
  const revisions = await revisionsOf(client, group);
  const { name } = group.metadata;
  const current = revisions.find(({ metadata }) => metadata.name === group.status?.currentRevision);
  const target = options.to === undefined ? revisions.findLast((one) => one !== current) : named(revisions, options.to);
  if (!target) throw refusal(`Group ${name} has no ${options.to ? `revision ${options.to}` : 'other revision'}`);
  if (target === current) throw refusal(`Group ${name} has revision ${target.metadata.name} already`);
  const from = current ? `${current.metadata.name} (${imagesOf(current)})` : 'what they have';
  const preview = `Group ${name}: ${group.spec.replicas} Pods would go from ${from} to ${target.metadata.name} (${imagesOf(target)}).`;
  if (!(await confirmed(preview, options))) return;
  const made = await rollbackTo(client, group, target);
  process.stdout.write(
    `release/${made.metadata.name} created; follow it with: jdos release status ${made.metadata.name} --watch\n`,
  );
}

function named(revisions: readonly ControllerRevision[], text: string): ControllerRevision | undefined {
  return revisions.find(({ metadata, revision }) => metadata.name === text || String(revision) === text);
}

function refusal(detail: string): JdosError {
  return new JdosError('JDOS_ERR_RELEASE', { detail });
}

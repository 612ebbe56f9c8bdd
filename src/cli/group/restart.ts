/** `jdos group restart`: a PodRebuild of the whole Group. */
import process from 'node:process';
import type { Command } from 'commander';
import { GROUPS, POD_REBUILDS } from '../../resources/index.ts';
import { withCluster } from '../cluster.ts';
import { addConfirm, type ConfirmOptions, confirmed } from '../confirm.ts';
import { addNamespaced, type NamespacedOptions } from '../namespaced.ts';

interface RestartOptions extends NamespacedOptions, ConfirmOptions {
  readonly pods?: readonly string[];
  readonly containers?: readonly string[];
  readonly maxUnavailable?: string;
}

export function defineRestart(command: Command): void {
  addConfirm(addNamespaced(command))
    .argument('<group>', 'name of the Group')
    .option('--pods <names>', 'only these Pods, comma-separated', names)
    .option('--containers <names>', 'only these containers, comma-separated', names)
    .option('--max-unavailable <amount>', 'Pods out of service at once: 2 or 10% (default: as the Group has it)')
    .action(restart);
}

async function restart(name: string, options: RestartOptions): Promise<void> {
  const { namespace, pods, containers, maxUnavailable } = options;
  await withCluster(options, async (client) => {
    const { spec } = await client.get(GROUPS, name, { namespace });
    const whom = pods ? pods.join(', ') : `all ${spec.replicas} Pods`;
    const limit = maxUnavailable ?? spec.updateStrategy.rollingUpdate.maxUnavailable;
    const what = containers ? `containers ${containers.join(', ')}` : 'all containers';
    const preview = `Group ${name}: ${what} of ${whom} would be made anew, ${limit} of them out of service at once; names, hosts and addresses stay.`;
    if (!(await confirmed(preview, options))) return;
    const made = await client.create(POD_REBUILDS, {
      metadata: { generateName: `${name.slice(0, 200)}-restart-`, namespace },
      spec: {
        groupRef: { name },
        ...(pods && { podNames: pods }),
        ...(containers && { containers }),
        ...(maxUnavailable && { strategy: { maxUnavailable: amount(maxUnavailable) } }),
        ttlSecondsAfterFinished: 3600,
      },
    } as never);
    const { name: request } = made.metadata;
    process.stdout.write(`podrebuild/${request} created; follow it with: kubectl get podrebuild ${request} -w\n`);
  });
}

function amount(text: string): number | string {
  return /^\d+$/.test(text) ? Number(text) : text;
}

function names(text: string, before: readonly string[] = []): readonly string[] {
  return [...before, ...text.split(',').filter(Boolean)];
}

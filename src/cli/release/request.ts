/** `jdos release approve|pause|resume|abort|jump|retry`: requests that the controller carries out. */
import process from 'node:process';
import type { Command } from 'commander';
import { askRelease, type Verb } from '../../groups/index.ts';
import type { KubeClient } from '../../kube/index.ts';
import type { Release } from '../../resources/index.ts';
import { withCluster } from '../cluster.ts';
import { addConfirm, type ConfirmOptions, confirmed } from '../confirm.ts';
import { addNamespaced, type NamespacedOptions } from '../namespaced.ts';
import { findRelease } from './found-release.ts';

interface RequestOptions extends NamespacedOptions, ConfirmOptions {
  readonly step?: number;
}

export function defineRequests(command: Command): void {
  const plain = (verb: Verb, description: string) =>
    named(command.command(verb).description(description)).action((name: string, options: RequestOptions) =>
      ask(verb, name, options),
    );
  plain('approve', 'let a run that waits for approval go on').option(
    '--step <n>',
    'only if it is at this step',
    Number,
  );
  plain('pause', 'begin no further Pod');
  plain('resume', 'go on after a pause');
  plain('retry', 'begin anew after the run went back, or try failed checks again');
  addConfirm(named(command.command('abort').description('bring every Pod back to what the Group had'))).action(
    (name: string, options: RequestOptions) => ask('abort', name, options),
  );
  addConfirm(named(command.command('jump').description('go to a step, forward or back')))
    .argument('<step>', 'number of the step, from 1', Number)
    .action((name: string, step: number, options: RequestOptions) => ask('jump', name, { ...options, step }));
}

function named(command: Command): Command {
  return addNamespaced(command).argument('<release>', 'name of a Release, or of a Group whose newest one is meant');
}

async function ask(verb: Verb, name: string, options: RequestOptions): Promise<void> {
  await withCluster(options, async (client) => {
    const release = await findRelease(client, options.namespace, name);
    const step = verb === 'approve' ? (options.step ?? release.status?.currentStepIndex) : options.step;
    const risky = verb === 'abort' || verb === 'jump';
    if (risky && !(await confirmed(previewOf(verb, release, step), options))) return;
    await sendRequest(client, release, verb, step);
  });
}

function previewOf(verb: Verb, { metadata, spec, status = {} }: Release, step: number | undefined): string {
  const now = `Release ${metadata.name} of Group ${spec.groupRef.name} is ${status.phase} at step ${status.step ?? '-'}, ${status.updated ?? '0'} Pods updated`;
  if (verb === 'abort') return `${now}: every Pod would go back to ${status.stableRevision}.`;
  const goal = spec.steps[(step ?? 1) - 1]?.replicas ?? '100%';
  return `${now}: it would go to step ${step}, where ${goal} of the Pods are updated.`;
}

/** Says what came of it. @throws JdosError when it was ignored, or nobody came */
export async function sendRequest(
  client: KubeClient,
  release: Release,
  verb: Verb,
  step: number | undefined,
): Promise<void> {
  const { metadata, status } = await askRelease(client, release, verb, step === undefined ? {} : { step });
  process.stdout.write(`release/${metadata.name} ${verb}: ${status?.phase}. ${status?.message ?? ''}\n`);
}

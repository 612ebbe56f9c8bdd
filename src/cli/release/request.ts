/** `jdos release approve|pause|resume|abort|jump|retry`: requests that the controller carries out. */
import { randomUUID } from 'node:crypto';
import process from 'node:process';
import { setTimeout as delay } from 'node:timers/promises';
import type { Command } from 'commander';
import { JdosError } from '../../errors/index.ts';
import { formatRequest, REQUEST, type Verb } from '../../groups/index.ts';
import type { KubeClient } from '../../kube/index.ts';
import { RELEASES, type Release } from '../../resources/index.ts';
import { withCluster } from '../cluster.ts';
import { addConfirm, type ConfirmOptions, confirmed } from '../confirm.ts';
import { addNamespaced, type NamespacedOptions } from '../namespaced.ts';
import { findRelease } from './found-release.ts';

interface RequestOptions extends NamespacedOptions, ConfirmOptions {
  readonly step?: number;
}

const PATIENCE_S = 30;
const LOOK_MS = 250;

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

/** Resolves when it has been carried out, and says what came of it. @throws JdosError when it was ignored, or nobody came */
export async function sendRequest(
  client: KubeClient,
  release: Release,
  verb: Verb,
  step: number | undefined,
): Promise<void> {
  const { name, namespace = '', uid } = release.metadata;
  const text = formatRequest(verb, step, randomUUID().slice(0, 8));
  const body = { metadata: { uid, annotations: { [REQUEST]: text } } };
  await client.patch(RELEASES, name, { kind: 'merge', body }, { namespace });
  const after = await carriedOut(client, release, text);
  const ignored = after.status?.history?.findLast(
    (entry) => entry.event === 'Ignored' && entry.message?.includes(text),
  );
  if (ignored)
    throw new JdosError('JDOS_ERR_RELEASE', {
      detail: `Release ${name} cannot ${verb} now: it is ${after.status?.phase} at step ${after.status?.step ?? '-'}`,
    });
  process.stdout.write(`release/${name} ${verb}: ${after.status?.phase}. ${after.status?.message ?? ''}\n`);
}

async function carriedOut(client: KubeClient, { metadata }: Release, text: string): Promise<Release> {
  const { name, namespace = '' } = metadata;
  for (let waited = 0; waited < PATIENCE_S * 1000; waited += LOOK_MS) {
    const now = await client.get(RELEASES, name, { namespace });
    if (now.metadata.annotations?.[REQUEST] !== text) return now;
    await delay(LOOK_MS);
  }
  const state = 'the request stands at the Release, and is carried out when JDOS’s controllers run';
  throw new JdosError('JDOS_ERR_TIMEOUT', { what: `the request to Release ${name}`, seconds: PATIENCE_S, state });
}

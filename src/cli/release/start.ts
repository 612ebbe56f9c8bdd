/** `jdos release start`. */
import process from 'node:process';
import { type Command, InvalidArgumentError } from 'commander';
import { GROUPS, RELEASES, type ReleaseSpec } from '../../resources/index.ts';
import { withCluster } from '../cluster.ts';
import { addNamespaced, type NamespacedOptions } from '../namespaced.ts';
import { parseSeconds } from '../seconds.ts';

type Step = ReleaseSpec['steps'][number];

interface StartOptions extends NamespacedOptions {
  readonly step: readonly Step[];
  readonly name?: string;
  readonly revision?: string;
  readonly deadline?: number;
  readonly autoRollback: boolean;
}

const HELP = `
A step is what is updated, and what follows, joined by commas:
  1,pause              one Pod, then wait for approval
  30%,bake=60,pause=5m 30 % of the Pods, served for a minute, then a pause of five
  web-3+web-7          these Pods
After the last step all Pods follow. Checks are written in a file: see the page of the kind Release.

Examples:
  jdos release start web --step 1,pause --step 30%,pause=5m --step 100%
  jdos release start web --revision web-7d4b9c --no-auto-rollback`;

export function defineStart(command: Command): void {
  addNamespaced(command)
    .argument('<group>', 'name of the Group')
    .option('--step <step>', 'a step; give it as often as there are steps', addStep, [])
    .option('--name <name>', 'name of the Release (default: made of the Group’s)')
    .option('--revision <name>', 'release this revision instead of the Group’s template')
    .option('--deadline <duration>', 'late after so long without progress (default: 10m)', parseSeconds)
    .option('--no-auto-rollback', 'stop, and do not go back, when a check fails or the deadline passes')
    .addHelpText('after', HELP)
    .action(start);
}

async function start(group: string, options: StartOptions): Promise<void> {
  const { namespace, name, revision, deadline, autoRollback, step } = options;
  const spec = {
    groupRef: { name: group },
    steps: step,
    autoRollback,
    ...(revision && { targetRevision: revision }),
    ...(deadline !== undefined && { deadlineSeconds: Math.ceil(deadline) }),
  };
  const metadata = { namespace, ...(name ? { name } : { generateName: `${group.slice(0, 200)}-` }) };
  const made = await withCluster(options, async (client) => {
    await client.get(GROUPS, group, { namespace });
    return client.create(RELEASES, { metadata, spec } as never, { fieldValidation: 'Strict' });
  });
  process.stdout.write(
    `release/${made.metadata.name} created; follow it with: jdos release status ${made.metadata.name} --watch\n`,
  );
}

export function addStep(text: string, before: readonly Step[]): readonly Step[] {
  return [...before, parseStep(text)];
}

function parseStep(text: string): Step {
  const [whom = '', ...more] = text.split(',');
  const step: Record<string, unknown> = { ...whomOf(whom) };
  for (const part of more) {
    const [key, value] = part.split('=');
    if (key === 'pause') step.pause = value === undefined ? {} : { durationSeconds: Math.ceil(parseSeconds(value)) };
    else if (key === 'bake' && value !== undefined) step.bakeSeconds = Math.ceil(parseSeconds(value));
    else throw new InvalidArgumentError(`${part}: expected pause, pause=DURATION or bake=DURATION.`);
  }
  return step as Step;
}

function whomOf(text: string): Pick<Step, 'replicas' | 'pods'> {
  if (/^\d+$/.test(text)) return { replicas: Number(text) };
  if (/^\d+%$/.test(text)) return { replicas: text };
  if (/^[a-z0-9][-a-z0-9+]*$/.test(text)) return { pods: text.split('+') };
  throw new InvalidArgumentError(`${text}: expected a number of Pods, a percentage, or names of Pods joined by +.`);
}

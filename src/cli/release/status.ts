/** `jdos release status`: the picture of a release, once or live. */
import process from 'node:process';
import { setTimeout as delay } from 'node:timers/promises';
import type { Command } from 'commander';
import { JdosError } from '../../errors/index.ts';
import type { KubeClient } from '../../kube/index.ts';
import { withCluster } from '../cluster.ts';
import { EXIT } from '../exit.ts';
import { addNamespaced, type NamespacedOptions } from '../namespaced.ts';
import { addOutput, type OutputOptions, printObject } from '../output.ts';
import { parseSeconds } from '../seconds.ts';
import { findRelease, isRunning } from './found-release.ts';
import { type Look, lookAt } from './look.ts';
import { drawRelease } from './picture.ts';

interface StatusOptions extends NamespacedOptions, OutputOptions {
  readonly watch?: true;
  readonly timeout?: number;
}

const LOOK_MS = 500;

export function defineStatus(command: Command): void {
  addOutput(addNamespaced(command))
    .argument('<release>', 'name of a Release, or of a Group whose newest one is meant')
    .option('-w, --watch', 'follow it until it has ended or waits for somebody; exits 1 when it did not end well')
    .option('--timeout <duration>', 'with --watch: give up after, e.g. 90, 5m', parseSeconds)
    .action((name: string, options: StatusOptions) =>
      withCluster(options, async (client) => {
        const look = options.watch ? await follow(client, name, options) : await once(client, name, options);
        print(look, options);
        if (options.watch && !endsWell(look)) process.exitCode = EXIT.failed;
      }),
    );
}

async function once(client: KubeClient, name: string, { namespace }: StatusOptions): Promise<Look> {
  const release = await findRelease(client, namespace, name);
  return lookAt(client, namespace, release.spec.groupRef.name, release);
}

/** In a terminal the picture is drawn anew, elsewhere a line tells each change. */
async function follow(client: KubeClient, name: string, options: StatusOptions): Promise<Look> {
  const screen = new Screen();
  const endsAt = options.timeout === undefined ? Number.POSITIVE_INFINITY : Date.now() + options.timeout * 1000;
  for (;;) {
    const look = await once(client, name, options);
    if (!options.output) screen.show(look);
    if (isOver(look)) {
      screen.clear();
      return look;
    }
    if (Date.now() > endsAt) {
      const { phase, message } = look.release?.status ?? {};
      throw new JdosError('JDOS_ERR_TIMEOUT', {
        what: `the end of Release ${name}`,
        seconds: options.timeout ?? 0,
        state: `it is ${phase}: ${message}`,
      });
    }
    await delay(LOOK_MS);
  }
}

/** Ended, or nothing will happen before somebody says so. */
function isOver({ release }: Look): boolean {
  if (!release || !isRunning(release)) return true;
  const { status = {}, spec } = release;
  const pause = spec.steps[(status.currentStepIndex ?? 1) - 1]?.pause;
  const manual = status.stepState === 'Paused' && pause !== undefined && pause.durationSeconds === undefined;
  return status.phase === 'Paused' && (manual || status.paused === true);
}

function endsWell({ release }: Look): boolean {
  return release?.status?.phase === 'Succeeded' || release?.status?.phase === 'Paused';
}

function print(look: Look, options: StatusOptions): void {
  const { release, pods } = look;
  if (!options.output) process.stdout.write(`${drawRelease(look)}\n`);
  else printObject(options, { name: release?.metadata.name ?? '', release, pods });
}

class Screen {
  #lines = 0;
  #told = '';

  show(look: Look): void {
    if (process.stderr.isTTY) this.#draw(drawRelease(look));
    else this.#say(look);
  }

  #say(look: Look): void {
    const { phase, message } = look.release?.status ?? {};
    const line = `${phase}: ${message}`;
    if (line !== this.#told) process.stderr.write(`${line}\n`);
    this.#told = line;
  }

  /** Takes the picture off again: the last one is printed as the answer. */
  clear(): void {
    if (this.#lines > 0) process.stderr.write(`\u001b[${this.#lines}A\u001b[J`);
    this.#lines = 0;
  }

  #draw(text: string): void {
    this.clear();
    const width = process.stderr.columns ?? 80;
    const lines = text.split('\n').map((line) => [...line].slice(0, width - 1).join(''));
    process.stderr.write(`${lines.join('\n')}\n`);
    this.#lines = lines.length;
  }
}

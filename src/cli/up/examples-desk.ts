/** Whether a start lays the examples, and the thread that does. */
import type { Writable } from 'node:stream';
import { CONFIG_MAPS, ifFound, type KubeClient } from '../../kube/index.ts';
import type { PartLife } from './part.ts';
import { launchExamples } from './parts.ts';

export interface ExamplesDeskOptions {
  readonly client: KubeClient;
  readonly kubeconfig: string;
  readonly data: string;
  readonly log: Writable;
}

/** On fewer hosts they would be in the way. */
export const FEWEST_HOSTS = 20;
/** Tells in the cluster how far it is: `begun` or `done`. */
export const EXAMPLES_MARK = { name: 'jdos-examples', namespace: 'kube-system' } as const;

export class ExamplesDesk {
  readonly #o: ExamplesDeskOptions;
  #life: PartLife<null> | undefined;
  #stopped = false;

  constructor(options: ExamplesDeskOptions) {
    this.#o = options;
  }

  /** Resolves when they are there, or are not to be; what fails is told in the log, and tried again by the next start. */
  async lay(fresh: boolean): Promise<void> {
    const { kubeconfig, data, log } = this.#o;
    try {
      if (!(fresh || (await this.#interrupted())) || this.#stopped) return;
      this.#life = launchExamples({ kubeconfig, dataDir: data }, { log, onProgress: () => {} });
      await this.#life.ready;
      await this.#life.stop();
    } catch (error) {
      if (!this.#stopped) log.write(`${JSON.stringify({ part: 'examples', msg: String(error) })}\n`);
    }
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#life?.stop();
  }

  async #interrupted(): Promise<boolean> {
    const mark = await ifFound(this.#o.client.get(CONFIG_MAPS, EXAMPLES_MARK.name, EXAMPLES_MARK));
    return mark?.data?.state === 'begun';
  }
}

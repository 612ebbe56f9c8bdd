/** The object that an autoscaler scales, whatever its kind: found by discovery, read and written through its scale. */

import { discover, type Env, groupOf } from '../../../control/index.ts';
import { isStatus, type ResourceType } from '../../../kube/index.ts';
import type { Autoscaler, Scale } from './autoscaler.ts';

export interface Target {
  readonly type: ResourceType<Scale>;
  readonly name: string;
  readonly namespace: string;
}

/** Kinds may come at any time, but nobody asks for them more often than this. */
const DISCOVERY_MS = 10_000;
const TRIES = 5;

export class Targets {
  readonly #env: Env;
  #types: readonly ResourceType[] = [];
  #asked = Number.NEGATIVE_INFINITY;

  constructor(env: Env) {
    this.#env = env;
  }

  /** In words where no such kind is served. */
  async find({ metadata, spec }: Autoscaler): Promise<Target | { readonly fault: string }> {
    const { apiVersion = '', kind, name } = spec.scaleTargetRef;
    const group = groupOf(apiVersion);
    const type = await this.#typeOf(group, kind);
    if (!type) return { fault: `no matches for kind ${JSON.stringify(kind)} in group ${JSON.stringify(group)}` };
    return { type: type as ResourceType<Scale>, name, namespace: metadata.namespace ?? '' };
  }

  read({ type, name, namespace }: Target): Promise<Scale> {
    return this.#env.client.get(type, name, { namespace, subresource: 'scale' });
  }

  /** Tries again where somebody else wrote in between. */
  async write(target: Target, scale: Scale, replicas: number): Promise<void> {
    const { type, namespace } = target;
    let latest = scale;
    for (let tries = 1; ; tries++) {
      try {
        const wanted = { ...latest, spec: { ...latest.spec, replicas } };
        await this.#env.client.replace(type, wanted, { namespace, subresource: 'scale' });
        return;
      } catch (error) {
        if (tries === TRIES || !isStatus(error, 'Conflict')) throw error;
        latest = await this.read(target);
      }
    }
  }

  async #typeOf(group: string, kind: string): Promise<ResourceType | undefined> {
    const find = () => this.#types.find((type) => type.kind === kind && type.group === group);
    const now = this.#env.clock.now();
    if (!find() && now - this.#asked >= DISCOVERY_MS) {
      this.#asked = now;
      this.#types = (await discover(this.#env.client, this.#env.signal)).types;
    }
    return find();
  }
}

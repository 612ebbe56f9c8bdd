/** Does any EndpointSlice still say that a Pod is ready? Slices are watched once a Group asks. */
import type { Env } from '../control/index.ts';
import { type core, ENDPOINT_SLICES, type EndpointSlice, type Informer } from '../kube/index.ts';

const BY_TARGET = 'target';

export class Served {
  readonly #env: Env;
  readonly #onChange: (namespace: string, pod: string) => void;
  #slices: Informer<EndpointSlice> | undefined;

  constructor(env: Env, onChange: (namespace: string, pod: string) => void) {
    this.#env = env;
    this.#onChange = onChange;
  }

  async open(): Promise<(uid: string) => boolean> {
    if (!this.#slices) {
      this.#slices = this.#env.caches.of(ENDPOINT_SLICES);
      this.#slices.addIndexers({ [BY_TARGET]: uidsOf });
      const tell = (slice: EndpointSlice) => {
        for (const { name } of targets(slice)) this.#onChange(slice.metadata.namespace ?? '', name ?? '');
      };
      this.#slices.onChange({ update: tell, delete: tell });
    }
    const slices = this.#slices;
    await slices.synced(this.#env.signal);
    return (uid) =>
      slices
        .byIndex(BY_TARGET, uid)
        .some(({ endpoints }) =>
          endpoints.some((one) => one.targetRef?.uid === uid && one.conditions?.ready !== false),
        );
  }
}

function targets({ endpoints }: EndpointSlice): core.ObjectReference[] {
  return (endpoints ?? []).map(({ targetRef }) => targetRef).filter((target) => target !== undefined);
}

function uidsOf(slice: EndpointSlice): string[] {
  return targets(slice)
    .map(({ uid }) => uid)
    .filter((uid) => uid !== undefined);
}

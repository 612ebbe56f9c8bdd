/** One Release in the world, and how a test speaks of it. */
import { FAULT_NAMESPACE, makeFault } from '../../../src/fleet/index.ts';
import { formatRequest, REQUEST, type Verb } from '../../../src/groups/index.ts';
import { CONFIG_MAPS, NAMESPACES } from '../../../src/kube/index.ts';
import { RELEASES, type Release, type ReleaseStatus } from '../../../src/resources/index.ts';
import type { Loose, Stage, Subject, World } from './world.ts';

const at = { namespace: 'default' };
let ids = 0;
/** Our clock leaps; a machine that is busy must not make a run late. */
const UNHURRIED = 1_000_000;

export class ReleaseSubject {
  readonly name: string;
  readonly group: Subject;
  readonly #world: Stage;

  constructor(world: Stage, group: Subject, name = `${group.name}-release`) {
    this.#world = world;
    this.group = group;
    this.name = name;
  }

  create(steps: Loose[], spec: Loose = {}): Promise<Release> {
    const manifest = {
      metadata: { name: this.name, ...at },
      spec: { groupRef: { name: this.group.name }, steps, deadlineSeconds: UNHURRIED, ...spec },
    };
    return this.#world.client.create(RELEASES, manifest as never, { fieldValidation: 'Strict' });
  }

  get(): Promise<Release> {
    return this.#world.client.get(RELEASES, this.name, at);
  }

  patch(spec: Loose): Promise<Release> {
    return this.#world.client.patch(RELEASES, this.name, { kind: 'merge', body: { spec } }, at);
  }

  /** Asks and waits until it has been carried out. */
  async request(verb: Verb, step?: number): Promise<ReleaseStatus> {
    const body = { metadata: { annotations: { [REQUEST]: formatRequest(verb, step, `t${++ids}`) } } };
    await this.#world.client.patch(RELEASES, this.name, { kind: 'merge', body }, at);
    const carriedOut = ({ metadata, status }: Release) =>
      metadata.annotations?.[REQUEST] === undefined && status?.handledRequest === undefined;
    return (await this.#world.until(() => this.get(), carriedOut, `${this.name}: ${verb}`)).status!;
  }

  async until(holds: (status: ReleaseStatus) => boolean, what: string): Promise<ReleaseStatus> {
    const release = await this.#world.until(
      () => this.get(),
      ({ status }) => status !== undefined && holds(status),
      `${this.name}: ${what}`,
    );
    return release.status!;
  }

  phase(phase: ReleaseStatus['phase']): Promise<ReleaseStatus> {
    return this.until((status) => status.phase === phase, `phase ${phase}`);
  }

  /** Waiting for approval at this step. */
  waitsAt(step: number): Promise<ReleaseStatus> {
    const waits = ({ stepState, currentStepIndex }: ReleaseStatus) =>
      stepState === 'Paused' && currentStepIndex === step;
    return this.until(waits, `pause at step ${step}`);
  }

  /** Numbers of Pods by image, as `1 web:2, 9 web:1`, however a rebuild has spelled it. */
  images(): string {
    const counts = Map.groupBy(this.group.images(), (image) => image?.replace(/@.*/, '') ?? 'none');
    return [...counts]
      .map(([image, all]) => `${all.length} ${image}`)
      .sort()
      .join(', ');
  }

  async becomes(images: string): Promise<void> {
    await this.#world.until(
      () => this.images(),
      (seen) => seen === images,
      `${this.name}: ${images}`,
    );
  }

  history(status: ReleaseStatus): string[] {
    return (status.history ?? []).map(({ event }) => event);
  }
}

/** Images called bad:… can be pulled by nobody. */
export async function breakBadImages(world: World): Promise<void> {
  await world.client.create(NAMESPACES, { metadata: { name: FAULT_NAMESPACE }, spec: {} }).catch(() => undefined);
  await world.client.create(CONFIG_MAPS, makeFault('image-pull-failure', { image: 'bad:*' }, { name: 'bad-images' }));
}

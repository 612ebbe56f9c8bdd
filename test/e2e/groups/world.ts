/** A control plane with scheduler, fleet and the controllers of Groups in this process, on a clock of the test's own. */
import { createEnv, type Env } from '../../../src/control/index.ts';
import { ensureHosts, type FleetHandle, makeHosts, startFleet } from '../../../src/fleet/index.ts';
import { startGroups, startReleases } from '../../../src/groups/index.ts';
import { Informer, isConditionTrue, type KubeClient, PODS, type Pod, VirtualClock } from '../../../src/kube/index.ts';
import { GROUPS, type Group, installKinds } from '../../../src/resources/index.ts';
import { startScheduler } from '../../../src/scheduler/index.ts';
import { startPlane } from '../plane.ts';

const NAMESPACE = 'default';
const at = { namespace: NAMESPACE };

export interface WorldOptions {
  readonly hosts?: number;
  /** Start the controllers of Groups at once. @default true */
  readonly groups?: boolean;
  /** How claims of addresses are said to the network. */
  readonly addresses?: GroupsOptions['addresses'];
  /** Other controllers over the same caches. */
  readonly beside?: (env: Env) => Promise<void>;
}

type GroupsOptions = NonNullable<Parameters<typeof startGroups>[1]>;

export interface World {
  readonly clock: VirtualClock;
  readonly client: KubeClient;
  readonly fleet: FleetHandle;
  readonly pods: Informer<Pod>;
  readonly faults: string[];
  connect(): Promise<KubeClient>;
  /** Starts the controllers of Groups over this client; the answer stops them. */
  startGroups(client?: KubeClient): Promise<() => void>;
  /** Lets time pass until it holds. */
  until<T>(ask: () => T | Promise<T>, holds: (seen: T) => boolean, what: string): Promise<T>;
  /** Lets so many seconds pass, and what falls due in them happen. */
  pass(seconds: number, stepMs?: number): Promise<void>;
  stop(): Promise<void>;
}

/** As much of a world as it takes to speak of a Group in it. */
export type Stage = Pick<World, 'client' | 'pods' | 'until'>;

/** Real time that a condition may take to come true. */
const PATIENCE_MS = 120_000;
const STEP_MS = 200;

export async function startWorld({ hosts = 6, groups = true, addresses, beside }: WorldOptions = {}): Promise<World> {
  const clock = new VirtualClock(Math.floor(Date.now() / 1000) * 1000);
  const abort = new AbortController();
  const { signal } = abort;
  const faults: string[] = [];
  const onError = (...what: unknown[]) => void faults.push(what.map(String).join(' '));
  let fleet: FleetHandle | undefined;
  const plane = await startPlane({ kubelet: () => fleet?.kubelet, onError });
  const { connect } = plane;
  const client = await connect();
  await installKinds(client);
  await plane.control({ signal, clock, only: ['serviceaccount', 'garbage-collector', 'namespace', 'job'], onError });
  await ensureHosts(client, makeHosts(hosts), { signal });
  fleet = await startFleet({ client: await connect(), signal, clock, onError });
  await startScheduler({ client: await connect(), signal, clock, onError });
  const pods = new Informer(client, PODS);
  pods.start(signal);
  await pods.synced(signal);

  const world: World = {
    clock,
    client,
    fleet,
    pods,
    faults,
    connect,
    async startGroups(own) {
      const end = new AbortController();
      const env = createEnv({
        client: own ?? (await connect()),
        clock,
        random: Math.random,
        signal: AbortSignal.any([signal, end.signal]),
        onError,
      });
      await Promise.all([beside?.(env), startGroups(env, addresses && { addresses })]);
      await startReleases(env, { allowCheckAddresses: ['127.0.0.0/8'] });
      return () => end.abort();
    },
    async until(ask, holds, what) {
      const end = Date.now() + PATIENCE_MS;
      for (;;) {
        const seen = await ask();
        if (holds(seen)) return seen;
        if (Date.now() > end)
          throw new Error(
            `${what} did not come true; last seen: ${JSON.stringify(seen)}\n${faults.join('\n')}\n${restless(pods)}`,
          );
        await clock.advance(STEP_MS);
        await real(4);
      }
    },
    async pass(seconds, stepMs = STEP_MS) {
      for (let ms = 0; ms < seconds * 1000; ms += stepMs) {
        await clock.advance(stepMs);
        await real(4);
      }
    },
    async stop() {
      abort.abort();
      await fleet?.stop();
      await plane.stop();
    },
  };
  if (groups) await world.startGroups();
  return world;
}

function real(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

// biome-ignore lint/suspicious/noExplicitAny: manifests in tests are written loosely, the server judges them
export type Loose = Record<string, any>;

/** One Group in the world, and how a test speaks of it. */
export class Subject {
  readonly name: string;
  readonly #world: Stage;

  constructor(world: Stage, name: string) {
    this.#world = world;
    this.name = name;
  }

  async create(spec: Loose = {}, template: Loose = {}): Promise<Group> {
    const labels = { app: this.name };
    const manifest = {
      metadata: { name: this.name, namespace: NAMESPACE },
      spec: {
        replicas: 3,
        selector: { matchLabels: labels },
        ...spec,
        template: {
          metadata: { labels: { ...labels, ...template.labels }, annotations: { ...template.annotations } },
          spec: { containers: [container('main', 'web:1')], ...template.spec },
        },
      },
    };
    return this.#world.client.create(GROUPS, manifest as never, { fieldValidation: 'Strict' });
  }

  get(): Promise<Group> {
    return this.#world.client.get(GROUPS, this.name, at);
  }

  patch(spec: Loose): Promise<Group> {
    return this.#world.client.patch(GROUPS, this.name, { kind: 'merge', body: { spec } }, at);
  }

  /** Another image for the first container, or the containers given. */
  image(image: string, ...more: Loose[]): Promise<Group> {
    return this.containers(container('main', image), ...more);
  }

  containers(...containers: Loose[]): Promise<Group> {
    return this.patch({ template: { spec: { containers } } });
  }

  /** Its Pods by name, in order. */
  pods(): Pod[] {
    return [...this.#world.pods.list()]
      .filter((pod) => pod.metadata.labels?.app === this.name)
      .sort((a, b) => Number(ordinal(a)) - Number(ordinal(b)));
  }

  pod(number: number): Pod | undefined {
    return this.pods().find((pod) => ordinal(pod) === String(number));
  }

  names(): string[] {
    return this.pods().map(({ metadata }) => metadata.name);
  }

  images(container = 'main'): (string | undefined)[] {
    return this.pods().map((pod) => pod.spec.containers.find(({ name }) => name === container)?.image);
  }

  condition(group: Group, type: string) {
    return group.status?.conditions?.find((one) => one.type === type);
  }

  /** Until as many Pods as wished are at rest and in service, and of the revision that is asked for. */
  async settled(count?: number): Promise<Group> {
    await this.#world.until(
      async () => {
        const group = await this.get();
        const { status, metadata, spec } = group;
        const atRest = this.pods().every(isAtRest);
        return {
          group,
          done:
            status?.observedGeneration === metadata.generation &&
            atRest &&
            this.pods().length === (count ?? spec.replicas) &&
            status?.updatedAvailableReplicas === status?.expectedUpdatedReplicas &&
            status?.availableReplicas === (count ?? spec.replicas),
        };
      },
      ({ done }) => done,
      `${this.name} at rest`,
    );
    return this.get();
  }
}

/** Pods that are not at rest, and how they are. */
function restless(pods: Informer<Pod>): string {
  const odd = [...pods.list()].filter((pod) => !isAtRest(pod));
  return odd
    .map(({ metadata, spec, status }) =>
      JSON.stringify([metadata.name, metadata.labels, metadata.annotations, spec.nodeName, status]),
    )
    .join('\n');
}

export function container(name: string, image: string, rest: Loose = {}): Loose {
  return { name, image, ...rest };
}

function ordinal(pod: Pod): string {
  return pod.metadata.labels?.['apps.jdos.jd.com/ordinal'] ?? '';
}

export function isAtRest(pod: Pod): boolean {
  const state = pod.metadata.labels?.['apps.jdos.jd.com/state'];
  return state === 'Normal' && isConditionTrue(pod, 'Ready') && !pod.metadata.deletionTimestamp;
}

export const GATE = 'apps.jdos.jd.com/Ready';

/** The state that a Pod is marked with. */
export function mark(pod: Pod): string | undefined {
  return pod.metadata.labels?.['apps.jdos.jd.com/state'];
}

export function statusOf(pod: Pod, name = 'main') {
  return pod.status?.containerStatuses?.find((status) => status.name === name);
}

/** Runs the scheduler against a Kubernetes API: takes Pods from the queue, decides, binds, and tells who waits and why. */
import { type Clock, InformerSet, type KubeClient, type Pod, systemClock } from '../../kube/index.ts';
import {
  Cluster,
  Decider,
  type Diagnosis,
  defaultProfile,
  describe,
  type Explanation,
  explain,
  explainPlaced,
  type NodeInfo,
  type PodInfo,
  type Preemption,
  type ProfileOptions,
  preempt,
  type QueuedPod,
  type QueuePlace,
  type Random,
  RefusalMemory,
  SchedulingQueue,
  seededRandom,
} from '../core/index.ts';
import { AssumedPods } from './assumed.ts';
import { Binder } from './binder.ts';
import { EventShards } from './event-shards.ts';
import { Evictor } from './evictor.ts';
import { feed } from './feed.ts';
import { StatusWriter } from './status-writer.ts';
import { VolumeBinder } from './volume-binder.ts';

export interface SchedulerOptions {
  readonly client: KubeClient;
  /** Shared informers, started by their owner. @default own ones */
  readonly informers?: InformerSet;
  readonly signal: AbortSignal;
  readonly clock?: Clock;
  /** Pods with this `spec.schedulerName` are placed. @default default-scheduler */
  readonly schedulerName?: string;
  readonly profile?: ProfileOptions;
  /** Makes the choice among equal hosts repeatable. @default none */
  readonly seed?: number;
  /** @default random */
  readonly tieBreak?: 'random' | 'first';
  /** Binds under way at one time. @default 64 */
  readonly bindConcurrency?: number;
  readonly onError?: (error: unknown) => void;
}

export interface RunningScheduler {
  /** How a decision about this waiting (or placed) Pod comes about now; undefined when it is not known. */
  explain(key: string): Explanation | undefined;
  /** How many Pods wait, and where. */
  counts(): Readonly<Record<QueuePlace, number>>;
}

/** Resolves when the caches are filled and Pods are being placed, which goes on until the signal aborts. */
export async function startScheduler(options: SchedulerOptions): Promise<RunningScheduler> {
  const informers = options.informers ?? new InformerSet(options.client, options.clock, options.onError);
  const scheduler = new Scheduler(options);
  const stopFeed = scheduler.watch(informers);
  options.signal.addEventListener('abort', stopFeed, { once: true });
  if (!options.informers) informers.start(options.signal);
  await informers.synced(options.signal);
  void scheduler.run();
  return scheduler;
}

/** So long decisions are made in a row before the rest of the process gets its turn, in ms. */
const TURN_MS = 10;
/** A message that has not changed is told again after so long. */
const REPEAT_EVENT_MS = 60_000;

class Scheduler implements RunningScheduler {
  readonly #o: SchedulerOptions;
  readonly #clock: Clock;
  readonly #name: string;
  readonly #random: Random;
  readonly #cluster = new Cluster();
  readonly #queue: SchedulingQueue;
  readonly #assumed = new AssumedPods(this.#cluster);
  readonly #decider: Decider;
  readonly #refusals = new RefusalMemory(this.#cluster);
  readonly #events: EventShards;
  readonly #status: StatusWriter;
  readonly #binder: Binder;
  readonly #evictor: Evictor;
  readonly #toldAt = new WeakMap<QueuedPod, number>();
  #wake = Promise.withResolvers<void>();

  constructor(options: SchedulerOptions) {
    const { client, signal, clock = systemClock, schedulerName = 'default-scheduler', seed } = options;
    const onError = options.onError ?? (() => {});
    const cluster = this.#cluster;
    this.#o = options;
    this.#clock = clock;
    this.#name = schedulerName;
    this.#random = seededRandom(seed ?? Math.floor(Math.random() * 2 ** 32));
    const queue = new SchedulingQueue({ clock, namespaceLabels: cluster.namespaceLabels });
    this.#queue = queue;
    const { tieBreak } = options;
    const profile = defaultProfile(options.profile);
    this.#decider = new Decider(cluster, { profile, random: this.#random, ...(tieBreak && { tieBreak }) });
    this.#events = EventShards.of(client, schedulerName, { clock, onError });
    const events = this.#events;
    this.#status = new StatusWriter({ client, clock, onError });
    const volumes = new VolumeBinder({ client, cluster, clock });
    const concurrency = options.bindConcurrency ?? 64;
    const shared = { client, cluster, queue, events, onError };
    this.#binder = new Binder({ ...shared, assumed: this.#assumed, volumes, signal, concurrency });
    this.#evictor = new Evictor({ ...shared, status: this.#status, schedulerName, clock });
  }

  watch(informers: InformerSet): () => void {
    const isMine = (pod: Pod) => (pod.spec.schedulerName || 'default-scheduler') === this.#name;
    return feed(informers, { cluster: this.#cluster, queue: this.#queue, assumed: this.#assumed, isMine });
  }

  async run(): Promise<void> {
    const { signal } = this.#o;
    const ready = () => this.#wake.resolve();
    const stop = this.#queue.onReady(ready);
    signal.addEventListener('abort', ready, { once: true });
    while (!signal.aborted) {
      const idle = await this.#turn();
      if (idle) await this.#sleep();
      else await new Promise<void>((resolve) => setImmediate(resolve));
    }
    stop();
  }

  explain(key: string): Explanation | undefined {
    const waiting = this.#queue.get(key)?.info;
    return waiting ? explain(waiting, this.#decider) : explainPlaced(key, this.#decider);
  }

  counts(): Readonly<Record<QueuePlace, number>> {
    return this.#queue.counts();
  }

  /** Answers true when nothing is left to decide for now. */
  async #turn(): Promise<boolean> {
    const end = performance.now() + TURN_MS;
    while (performance.now() < end && !this.#o.signal.aborted) {
      await this.#binder.room();
      const queued = this.#queue.pop();
      if (!queued) return true;
      this.#decide(queued);
    }
    return false;
  }

  async #sleep(): Promise<void> {
    const ms = Math.min(this.#queue.flush(), this.#queue.nextDueMs ?? Number.POSITIVE_INFINITY);
    const cancel = this.#clock.after(ms, () => this.#wake.resolve());
    await this.#wake.promise;
    cancel();
    this.#wake = Promise.withResolvers();
  }

  #decide(queued: QueuedPod): void {
    try {
      const known = this.#refusals.get(queued.info);
      const decision = known ? ({ kind: 'refused', ...known } as const) : this.#decider.decide(queued.info);
      if (decision.kind === 'placed') this.#place(queued, decision.node);
      else
        this.#refuse(queued, decision.diagnosis, known?.preemption ?? this.#preempt(queued.info, decision.diagnosis));
    } catch (error) {
      this.#o.onError?.(error);
      this.#queue.failed(queued);
    }
  }

  #place(queued: QueuedPod, node: NodeInfo): void {
    const nominated = this.#cluster.nominations.nodeOf(queued.key);
    this.#binder.bind(queued, node);
    if (nominated !== undefined && nominated !== node.name) this.#queue.happened({ kind: 'Unknown' });
  }

  #refuse(queued: QueuedPod, diagnosis: Diagnosis, outcome: Preemption | undefined): void {
    const { info } = queued;
    let nominatedNodeName: string | null | undefined;
    if (outcome?.kind === 'possible') {
      this.#evictor.makeRoom(info, outcome);
      nominatedNodeName = outcome.node.name;
    } else if (outcome?.hopeless && this.#cluster.nominations.nodeOf(info.key) !== undefined) {
      this.#cluster.nominations.delete(info.key);
      nominatedNodeName = null;
    }
    this.#queue.refused(queued, diagnosis.plugins);
    const preemption = outcome?.kind === 'impossible' ? `preemption: ${outcome.message}` : '';
    this.#tell(queued, describe(diagnosis, preemption), nominatedNodeName);
  }

  #preempt(info: PodInfo, diagnosis: Diagnosis): Preemption | undefined {
    if (diagnosis.nodes === 0 || this.#evictor.isMakingRoomFor(info.key)) return undefined;
    const preemption = preempt(info, diagnosis, this.#decider, { random: this.#random });
    if (preemption.kind === 'impossible') this.#refusals.set(info, { diagnosis, preemption });
    return preemption;
  }

  #tell(queued: QueuedPod, message: string, nominatedNodeName: string | null | undefined): void {
    const isNew = this.#status.waits(queued.info, { reason: 'Unschedulable', message, nominatedNodeName });
    const now = this.#clock.now();
    if (!isNew && now - (this.#toldAt.get(queued) ?? now) < REPEAT_EVENT_MS) return;
    this.#toldAt.set(queued, now);
    this.#events.event(queued.info.pod, 'Warning', 'FailedScheduling', message);
  }
}

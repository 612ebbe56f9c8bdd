/**
 * The life of one Pod on a simulated host: what its kubelet knows, and which stage comes next. It reads no clock and
 * writes nowhere; whoever owns it asks `next(now)` when to come back, calls `run(now)`, and reports the outcome.
 */
import { hash } from 'node:crypto';
import type { core, Pod } from '../kube/index.ts';
import type { Chance } from './chance.ts';
import { CONTAINER_EFFECTS } from './container-effects.ts';
import { CONTAINER_FACTS } from './container-facts.ts';
import { type ContainerRecord, type ContainerStatus, containersOf, recordOf } from './container-record.ts';
import { restartPolicyOf } from './exit-plan.ts';
import { POD_EFFECTS } from './pod-effects.ts';
import { POD_FACTS } from './pod-facts.ts';
import { type PodStatus, podStatus } from './pod-status.ts';
import type { Stage, StageEvent, Template } from './stage.ts';
import { render } from './template.ts';
import { isOver } from './turn.ts';
import { type HostPlace, NO_FAULTS, type PodFaults, type World } from './world.ts';

/** Why the kubelet itself puts an end to a Pod. */
export interface Ending {
  readonly reason: string;
  readonly message: string;
  /** Instead of the Pod's own grace period. */
  readonly graceSeconds?: number;
}

export interface PodSurroundings {
  readonly host: HostPlace;
  readonly world: World;
  readonly stages: readonly Stage[];
  readonly chance: Chance;
}

export interface LifeOutcome {
  readonly changed: boolean;
  readonly events: readonly (StageEvent & { readonly container?: string })[];
  /** Names of the stages that were run, in order. */
  readonly stages: readonly string[];
}

interface Pending {
  readonly stage: Stage;
  readonly container: string | undefined;
  readonly at: number;
}

export class PodLife {
  pod: Pod;
  readonly host: HostPlace;
  readonly world: World;
  readonly chance: Chance;
  containers: ContainerRecord[];
  /** The moment of the step under way, in ms. */
  now = 0;
  faults: PodFaults = NO_FAULTS;
  ending: Ending | undefined;
  startTime: string | undefined;
  /** The Pod has its sandbox: network and volumes are there. */
  sandbox: boolean;
  address: string | undefined;
  /** Of the other family. */
  moreAddresses: readonly string[] = [];
  /** The object may go: everything has stopped and been reported. */
  gone = false;
  mountTries = 0;
  resize: { phase: 'none' | 'infeasible' | 'deferred' | 'underway' | 'blocked'; message: string } = {
    phase: 'none',
    message: '',
  };
  readonly #stages: readonly Stage[];
  #pending: Pending[] = [];
  #status: PodStatus | undefined;
  #stale = true;
  #incarnations = 0;

  /** Takes up a Pod, with whatever its status says that an earlier kubelet process did for it. */
  constructor(pod: Pod, { host, world, stages, chance }: PodSurroundings) {
    this.pod = pod;
    this.host = host;
    this.world = world;
    this.chance = chance;
    this.#stages = stages;
    const found = pod.status as PodStatus | undefined;
    this.#status = found;
    this.startTime = found?.startTime;
    this.sandbox =
      found?.conditions?.some((c) => c.type === 'PodReadyToStartContainers' && c.status === 'True') ?? false;
    this.ending =
      found?.phase === 'Failed' && found.reason ? { reason: found.reason, message: found.message ?? '' } : undefined;
    const reported = new Map(
      [found?.initContainerStatuses, found?.containerStatuses, found?.ephemeralContainerStatuses]
        .flatMap((list) => list ?? [])
        .map((status) => [status.name, { ...status, state: status.state ?? {} } as ContainerStatus]),
    );
    this.containers = containersOf(pod).map(({ kind, spec }) => recordOf(kind, spec, pod, reported.get(spec.name)));
    this.#keepAddress(found);
  }

  get terminating(): boolean {
    return this.pod.metadata.deletionTimestamp !== undefined;
  }

  get stopped(): boolean {
    return this.containers.every((c) => c.status.state.running === undefined);
  }

  /** Nothing will run any more in this Pod. */
  get over(): boolean {
    return isOver(this);
  }

  /** Does it wait for something outside that it refers to? */
  get wanting(): boolean {
    return !this.sandbox || this.containers.some((c) => c.status.state.waiting !== undefined);
  }

  get initFailed(): boolean {
    return this.containers.some(
      (c) => c.kind === 'init' && (c.status.state.terminated?.exitCode ?? 0) !== 0 && !this.restartsAfter(c),
    );
  }

  /** What is to be reported; the same object until something changes. */
  get status(): PodStatus {
    if (this.#stale) this.#status = podStatus(this, this.#status);
    this.#stale = false;
    return this.#status!;
  }

  /** Will the policy start this ended container again, whatever becomes of the Pod? */
  restartsAfter(c: ContainerRecord): boolean {
    const policy = restartPolicyOf(c, this);
    return policy === 'Always' || (policy === 'OnFailure' && c.status.state.terminated?.exitCode !== 0);
  }

  /** The Pod as it is now in the API: another spec, deleted, other annotations. */
  update(pod: Pod): void {
    const before = this.pod;
    this.pod = pod;
    const known = new Map(this.containers.map((c) => [c.spec.name, c]));
    this.containers = containersOf(pod).map(({ kind, spec }) => {
      const record = known.get(spec.name);
      if (!record) return recordOf(kind, spec, pod);
      record.spec = spec;
      return record;
    });
    if (before.metadata.deletionGracePeriodSeconds !== pod.metadata.deletionGracePeriodSeconds) this.#pending = [];
    this.touch();
  }

  /** The kubelet itself puts an end to the Pod; the first reason stands. */
  end(ending: Ending): void {
    this.ending ??= ending;
    this.touch();
  }

  /** The status is to be made anew. */
  touch(): void {
    this.#stale = true;
  }

  /** When something is to be done next; undefined: not before somebody else acts. */
  next(now: number): number | undefined {
    this.#look(now);
    return this.#pending.reduce<number | undefined>((first, { at }) => Math.min(first ?? at, at), undefined);
  }

  /** Runs every stage that is due, each against what the ones before it left. */
  run(now: number): LifeOutcome {
    const events: (StageEvent & { container?: string })[] = [];
    const stages: string[] = [];
    for (let steps = 0; steps < MOST_STEPS; steps++) {
      this.#look(now);
      const due = this.#pending.filter((p) => p.at <= now).sort((a, b) => a.at - b.at)[0];
      if (!due) break;
      this.#pending = this.#pending.filter((p) => p !== due);
      stages.push(due.stage.name);
      events.push(...this.#apply(due));
      this.touch();
    }
    return { changed: stages.length > 0, events, stages };
  }

  /** A name of 64 hex digits for the container's next incarnation, never the same again in this Pod. */
  containerID(c: ContainerRecord): string {
    const { uid } = this.pod.metadata;
    return hash('sha256', `${uid}/${c.spec.name}/${c.status.restartCount}/${this.now}/${this.#incarnations++}`);
  }

  /** The resources in force for the container's next start: those granted before, else those asked for. */
  grantedResources(c: ContainerRecord): core.ResourceRequirements {
    return c.status.resources ?? c.spec.resources ?? {};
  }

  #keepAddress(found: PodStatus | undefined): void {
    if (!found?.podIP) return;
    const done = found.phase === 'Succeeded' || found.phase === 'Failed';
    const kept = done || this.pod.spec.hostNetwork || this.#isKept(found.podIP, found);
    if (kept) this.address = found.podIP;
    else this.sandbox = false;
  }

  /** Of the host's block it is kept unless another has it; of a network's it is this Pod's as long as nobody lets go of it. */
  #isKept(address: string, { podIPs = [] }: PodStatus): boolean {
    const { network } = this.world;
    if (!network || network.state(this.pod) === 'none') return this.host.addresses.keep(address, this.pod.metadata.uid);
    const ips = podIPs.map(({ ip }) => ip);
    network.found(this.pod, this.host, ips);
    this.moreAddresses = ips.slice(1);
    return true;
  }

  /** Brings the pending stages in line with the facts; a stage that goes on applying keeps its time. */
  #look(now: number): void {
    this.now = now;
    this.faults = this.world.faults(this.pod, this.host);
    const pending: Pending[] = [];
    if (!this.gone) {
      this.#lookAt('pod', undefined, pending);
      for (const c of this.containers) this.#lookAt('container', c, pending);
    }
    this.#pending = pending;
  }

  #lookAt(actor: Stage['actor'], c: ContainerRecord | undefined, pending: Pending[]): void {
    let found: string | undefined;
    for (const stage of this.#stages) {
      if (stage.actor !== actor || stage.track === found) continue;
      if (!stage.when.every(({ fact, values, not }) => values.includes(this.#fact(fact, c) as string) !== not))
        continue;
      found = stage.track;
      pending.push(this.#standing(stage, c) ?? { stage, container: c?.spec.name, at: this.#dueAt(stage, c) });
    }
  }

  #standing(stage: Stage, c: ContainerRecord | undefined): Pending | undefined {
    return this.#pending.find((p) => p.stage === stage && p.container === c?.spec.name);
  }

  #dueAt({ delay, name }: Stage, c: ContainerRecord | undefined): number {
    const base = typeof delay.base === 'number' ? delay.base : Number(this.#fact(delay.base, c)) || 0;
    const since = delay.since === undefined ? this.now : Number(this.#fact(delay.since, c)) || this.now;
    const { namespace = '', name: pod } = this.pod.metadata;
    const words = [namespace, pod, c?.spec.name ?? '', name, c?.status.restartCount ?? 0];
    return since + base + (delay.jitterMs === 0 ? 0 : Math.round(delay.jitterMs * this.chance(...words)));
  }

  #fact(fact: string, c: ContainerRecord | undefined): unknown {
    return c ? CONTAINER_FACTS[fact]!(c, this) : POD_FACTS[fact]!(this);
  }

  #apply({ stage, container }: Pending): readonly (StageEvent & { container?: string })[] {
    const c = this.containers.find((record) => record.spec.name === container);
    // Facts are taken before the effects, so that a text can speak of what was.
    const said = (template: Template) => render(template, (fact) => this.#fact(fact, c));
    const events = stage.events.map((event) => ({
      ...(said({ ...event }) as StageEvent),
      ...(container && { container }),
    }));
    const state = stage.state === undefined ? undefined : (said(stage.state) as core.ContainerState);
    const set = stage.set === undefined ? undefined : (said(stage.set) as Record<string, unknown>);
    for (const effect of stage.effects) c ? CONTAINER_EFFECTS[effect]!(c, this) : POD_EFFECTS[effect]!(this);
    if (c && (state || set)) c.status = { ...c.status, ...set, ...(state && { state }) };
    else if (set) this.ending ??= { reason: '', message: '', ...set };
    return events;
  }
}

/** A bound on the stages of one run: rules that chase each other must not hang the fleet. */
const MOST_STEPS = 200;

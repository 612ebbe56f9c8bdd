/** Keeps the Pods of the fleet: runs their lives when it is time, and reports what has become of them. */
import { type Clock, isStatus, type KubeClient, keyOf, PODS, type Pod } from '../kube/index.ts';
import { Agenda } from './agenda.ts';
import type { Chance } from './chance.ts';
import { Courier } from './courier.ts';
import type { FleetEvents } from './fleet-events.ts';
import type { Host } from './host.ts';
import { PodLife } from './pod-life.ts';
import { foundStatus, isOverwritten, podReport } from './pod-report.ts';
import type { Resident } from './resident.ts';
import { slimPod } from './slim-pod.ts';
import type { Stage } from './stage.ts';
import type { World } from './world.ts';

export interface PodKeeperOptions {
  readonly client: Pick<KubeClient, 'patch' | 'delete'>;
  readonly clock: Clock;
  readonly chance: Chance;
  readonly world: World;
  readonly stages: readonly Stage[];
  readonly events: FleetEvents;
  readonly concurrency: number;
  readonly onError: (error: unknown) => void;
}

export class PodKeeper {
  readonly #o: PodKeeperOptions;
  readonly #residents = new Map<string, Resident>();
  readonly #agenda: Agenda<Resident>;
  readonly #courier: Courier<Resident>;

  constructor(options: PodKeeperOptions) {
    this.#o = options;
    const { clock, concurrency, onError } = options;
    this.#agenda = new Agenda({ clock, due: (resident) => this.#step(resident) });
    this.#courier = new Courier({
      clock,
      concurrency,
      deliver: (resident) => this.#report(resident),
      gaveUp: (error) => isFinal(error, onError),
      // The Pod has gone, and another of its name is there: its removal is on its way to us.
      onError: (error) => isStatus(error, 'Conflict') || onError(error),
    });
  }

  get size(): number {
    return this.#residents.size;
  }

  /** Reports waiting or on their way. */
  get unreported(): number {
    return this.#courier.size;
  }

  residents(): IterableIterator<Resident> {
    return this.#residents.values();
  }

  get(key: string): Resident | undefined {
    return this.#residents.get(key);
  }

  knows(pod: Pod): boolean {
    return this.#residents.get(keyOf(pod))?.life.pod.metadata.uid === pod.metadata.uid;
  }

  /** Takes up a Pod bound to `host`, with whatever its status says. */
  adopt(pod: Pod, host: Host): void {
    if (this.knows(pod)) return;
    const { world, stages, chance } = this.#o;
    const life = new PodLife(slimPod(pod, false), { host, world, stages, chance });
    const resident: Resident = { host, life, sent: foundStatus(pod), echo: undefined, removed: false };
    // The status lives on in `sent` and in the life; the copy need not.
    life.pod = slimPod(pod, true);
    this.#residents.set(keyOf(pod), resident);
    host.residents.add(resident);
    for (const c of life.containers) if (c.status.imageID) host.images.add(c.status.image);
    this.look(resident);
  }

  update(pod: Pod): void {
    const resident = this.#residents.get(keyOf(pod));
    if (!resident) return;
    const before = resident.life.pod;
    if (resident.echo !== undefined && isAtLeast(pod.metadata.resourceVersion, resident.echo))
      resident.echo = undefined;
    const busy = resident.echo !== undefined || this.#courier.isBusy(resident);
    if (mattersTo(before, pod)) {
      resident.life.update(pod);
      this.look(resident);
    } else {
      resident.life.pod = pod;
    }
    if (busy || !isOverwritten(pod, resident.life.status)) return;
    // A silent host learns of it now and puts it right when it speaks again.
    resident.sent = { ...resident.sent, conditions: foundStatus(pod).conditions ?? [] };
    if (!resident.host.silent) this.#courier.mark(resident);
  }

  remove(pod: Pod): void {
    const resident = this.#residents.get(keyOf(pod));
    if (!resident || resident.life.pod.metadata.uid !== pod.metadata.uid) return;
    resident.removed = true;
    this.#residents.delete(keyOf(pod));
    this.#agenda.remove(resident);
    this.#courier.forget(resident);
    const { host, life } = resident;
    if (life.address) host.addresses.release(life.address, life.pod.metadata.uid);
    this.#o.world.network?.letGo(life.pod);
    host.residents.delete(resident);
    this.#lookAtDeferred(resident);
  }

  /** This Pod has given back some of its host: others may get what they wait for. */
  #lookAtDeferred(resident: Resident): void {
    for (const other of resident.host.residents)
      if (other !== resident && other.life.resize.phase === 'deferred') this.look(other);
  }

  /** Something that this Pod's next step depends on has changed. */
  look(resident: Resident): void {
    if (resident.host.silent) return;
    resident.life.touch();
    this.#agenda.set(resident, this.#o.clock.now());
  }

  /** The host fell silent or speaks again, or is afflicted otherwise. */
  lookAll(host: Host): void {
    for (const resident of host.residents) host.silent ? this.#agenda.remove(resident) : this.look(resident);
  }

  async close(): Promise<void> {
    this.#agenda.close();
    await this.#courier.close();
  }

  #step(resident: Resident): void {
    const { host, life } = resident;
    if (resident.removed || host.silent) return;
    const now = this.#o.clock.now() + host.faults.skewMs;
    const wasOver = life.over;
    const { events, stages } = life.run(now);
    if (stages.includes('resize-start') || (life.over && !wasOver)) this.#lookAtDeferred(resident);
    for (const event of events) this.#o.events.object(host, life.pod, event.type, event.reason, event.message);
    const next = life.next(now);
    if (next !== undefined) this.#agenda.set(resident, next - host.faults.skewMs);
    if (life.gone || podReport('', resident.sent, life.status)) this.#courier.mark(resident);
  }

  async #report(resident: Resident): Promise<void> {
    const { life, host } = resident;
    if (resident.removed || host.silent) return;
    const { name, namespace = '', uid } = life.pod.metadata;
    const status = life.status;
    const body = podReport(uid, resident.sent, status);
    if (body) {
      const patch = { kind: 'strategic' as const, body };
      const answer = await this.#o.client.patch(PODS, name, patch, { namespace, subresource: 'status' });
      resident.sent = status;
      resident.echo = answer.metadata.resourceVersion;
    }
    if (!life.gone) return;
    await this.#o.client.delete(PODS, name, { namespace, gracePeriodSeconds: 0, preconditions: { uid } });
  }
}

/** Versions of one kind are decimal numbers of any size that only grow. */
function isAtLeast(version: string, other: string): boolean {
  return version.length === other.length ? version >= other : version.length > other.length;
}

/** Not there any more, or never to be accepted. */
function isFinal(error: unknown, onError: (error: unknown) => void): boolean {
  if (isStatus(error, 'NotFound')) return true;
  if (!isStatus(error, 'Invalid', 'BadRequest')) return false;
  onError(error);
  return true;
}

/** Is there anything in the change that a kubelet acts upon? Its own reports come back as changes, too. */
function mattersTo(before: Pod, after: Pod): boolean {
  const a = before.metadata;
  const b = after.metadata;
  return (
    a.deletionTimestamp !== b.deletionTimestamp ||
    a.deletionGracePeriodSeconds !== b.deletionGracePeriodSeconds ||
    a.generation !== b.generation ||
    b.generation === undefined ||
    a.labels !== b.labels ||
    a.annotations !== b.annotations ||
    gates(before) !== gates(after)
  );
}

function gates({ spec, status }: Pod): string {
  if (!spec.readinessGates) return '';
  return spec.readinessGates
    .map((gate) => status?.conditions?.find((c) => c.type === gate.conditionType)?.status ?? '')
    .join();
}

/** One container as its kubelet knows it: what is asked for, what is reported, and what is only remembered. */
import type { core, Pod } from '../kube/index.ts';
import { fullName } from './image.ts';

export type ContainerKind = 'init' | 'sidecar' | 'app' | 'ephemeral';

/** Status fields newer than the published types. */
export type ContainerStatus = Omit<core.ContainerStatus, 'state' | 'lastState'> & {
  state: core.ContainerState;
  lastState?: core.ContainerState;
};

/** Lost when the kubelet restarts, and then found again from the status. */
export interface ContainerMemory {
  /** How far the image of the next start has come. */
  pull: 'none' | 'pulling' | 'pulled';
  /** The image as written in the spec when the pull began. */
  image: string;
  /** The image as written in the spec when it started: another text of it, even of the same image, is another container. */
  startedAs: string;
  /** What it found when it started and keeps until its end, where it found anything that may change. */
  found: FoundAtStart | undefined;
  /** Starts wait for a back-off to pass. */
  held: boolean;
  /** A stop has been asked for. */
  stopping: boolean;
  /** It stops so that its successor can start with another definition. */
  replacing: boolean;
  crashes: number;
  pullFailures: number;
  /** When it last started and ended, finer than the whole seconds of the status. */
  startedMs: number | undefined;
  endedMs: number | undefined;
  /** The last probe result told by an event. */
  probeNoted: boolean;
  livenessFailed: boolean;
}

/** Annotations and labels that came into its environment, and paths at which a directory lies where a file should be. */
export interface FoundAtStart {
  readonly fields: Readonly<Record<string, string>>;
  readonly directories: readonly string[];
}

export interface ContainerRecord {
  readonly kind: ContainerKind;
  spec: core.Container;
  status: ContainerStatus;
  readonly memory: ContainerMemory;
}

/** The containers of a Pod in the order in which they start, each with its kind. */
export function containersOf(pod: Pod): readonly { kind: ContainerKind; spec: core.Container }[] {
  const init = (pod.spec.initContainers ?? []).map((spec) => ({
    kind: spec.restartPolicy === 'Always' ? ('sidecar' as const) : ('init' as const),
    spec,
  }));
  const app = pod.spec.containers.map((spec) => ({ kind: 'app' as const, spec }));
  const ephemeral = (pod.spec.ephemeralContainers ?? []).map((spec) => ({
    kind: 'ephemeral' as const,
    spec: spec as core.Container,
  }));
  return [...init, ...app, ...ephemeral];
}

/** A container nobody has touched yet, or, with `found`, one that an earlier kubelet process has reported. */
export function recordOf(
  kind: ContainerKind,
  spec: core.Container,
  pod: Pod,
  found?: ContainerStatus,
): ContainerRecord {
  return { kind, spec, status: found ?? freshStatus(kind, spec, pod), memory: memoryOf(spec, found) };
}

function freshStatus(kind: ContainerKind, spec: core.Container, pod: Pod): ContainerStatus {
  const initializing = kind !== 'ephemeral' && (pod.spec.initContainers?.length ?? 0) > 0;
  return {
    name: spec.name,
    state: { waiting: { reason: initializing ? 'PodInitializing' : 'ContainerCreating' } },
    lastState: {},
    ready: false,
    restartCount: 0,
    image: spec.image ?? '',
    imageID: '',
    started: false,
  };
}

const BACK_OFFS = new Set(['CrashLoopBackOff', 'ImagePullBackOff', 'ErrImageNeverPull']);

function memoryOf(spec: core.Container, found?: ContainerStatus): ContainerMemory {
  return {
    pull: 'none',
    image: found?.state.waiting ? found.image : (spec.image ?? ''),
    startedAs: startedAs(spec, found),
    found: undefined,
    held: BACK_OFFS.has(found?.state.waiting?.reason ?? ''),
    stopping: false,
    replacing: false,
    crashes: found?.restartCount ?? 0,
    pullFailures: found?.state.waiting?.reason === 'ImagePullBackOff' ? 1 : 0,
    startedMs: undefined,
    endedMs: undefined,
    probeNoted: false,
    livenessFailed: false,
  };
}

/** The status tells the image's full name only; as long as that is of the spec's image nothing has changed meanwhile. */
function startedAs({ image = '' }: core.Container, found?: ContainerStatus): string {
  return found === undefined || found.image === fullName(image) ? image : found.image;
}

/** Does the running container differ from the image its spec now names? */
export function runsOtherImage({ status, memory, spec }: ContainerRecord): boolean {
  return status.state.running !== undefined && memory.startedAs !== (spec.image ?? '');
}

export function startedMs(record: ContainerRecord): number {
  return record.memory.startedMs ?? Date.parse(record.status.state.running?.startedAt ?? '');
}

export function endedMs(record: ContainerRecord): number {
  const { state, lastState } = record.status;
  return record.memory.endedMs ?? Date.parse((state.terminated ?? lastState?.terminated)?.finishedAt ?? '');
}

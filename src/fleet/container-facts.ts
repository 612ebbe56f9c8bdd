/** The facts that stages may ask of one container. Each row is one word of the language. */
import { rfc3339 } from '../kube/index.ts';
import { crashBackOffMs, IMAGE_BACK_OFF, retryMs } from './back-off.ts';
import type { ContainerRecord } from './container-record.ts';
import { endedMs, runsOtherImage, startedMs } from './container-record.ts';
import { exitPlan, isRestarted } from './exit-plan.ts';
import { fullName, imageBytes, imageID, parseImage, pullPolicy } from './image.ts';
import { annotationFor, FAIL_PROBES, numberFor, START_SECONDS } from './names.ts';
import { missingReference } from './needs.ts';
import type { PodLife } from './pod-life.ts';
import { probeMs } from './probe.ts';
import { stopPlan } from './stop-plan.ts';
import { isStopTurn, isTurn } from './turn.ts';
import type { ProbeKind } from './world.ts';

type Fact = (record: ContainerRecord, life: PodLife) => unknown;

export const CONTAINER_FACTS: Readonly<Record<string, Fact>> = {
  // What it is
  name: (c) => c.spec.name,
  kind: (c) => c.kind,
  pod: (_, life) => life.pod.metadata.name,
  namespace: (_, life) => life.pod.metadata.namespace,
  uid: (_, life) => life.pod.metadata.uid,
  now: (_, life) => rfc3339(life.now),

  // Where it stands
  state: (c) => (c.status.state.running ? 'running' : c.status.state.terminated ? 'terminated' : 'waiting'),
  reason: (c) => c.status.state.waiting?.reason ?? c.status.state.terminated?.reason ?? '',
  started: (c) => c.status.started === true,
  ready: (c) => c.status.ready,
  startedAt: (c) => c.status.state.running?.startedAt,
  startedMs: (c) => startedMs(c),
  endedMs: (c) => endedMs(c),
  stopping: (c) => c.memory.stopping,
  ending: (_, life) => life.ending !== undefined || life.terminating,
  turn: (c, life) => isTurn(c, life),
  stopTurn: (c, life) => isStopTurn(c, life),

  // Its image
  image: (c) => c.spec.image ?? '',
  fullImage: (c) => fullName(c.spec.image ?? ''),
  imageID: (c) => imageID(c.spec.image ?? ''),
  imageValid: (c) => parseImage(c.spec.image ?? '') !== undefined,
  imageChanged: (c) => runsOtherImage(c),
  imageMoved: (c) => c.memory.image !== (c.spec.image ?? ''),
  onDisk: (c, life) => life.host.images.has(fullName(c.spec.image ?? '')),
  pullPolicy: (c) => pullPolicy(c.spec.image ?? '', c.spec.imagePullPolicy),
  pull: (c) => c.memory.pull,
  pullFailure: (c, life) => life.faults.pullFailure(c.spec.image ?? '') ?? '',
  pullMs: (c, life) => pullMs(c, life),
  pullTook: (c, life) => `${(pullMs(c, life) / 1000).toFixed(3)}s`,
  imageBytes: (c) => imageBytes(c.spec.image ?? ''),
  held: (c) => c.memory.held,
  pullBackOffMs: (c) => retryMs(c.memory.pullFailures - 1, IMAGE_BACK_OFF),

  // Its start
  missing: (c, life) => missingReference(c.spec, life),
  startMs: (c, life) => 60 + life.faults.slowStartMs + 1000 * (numberFor(life.pod, START_SECONDS, c.spec.name) ?? 0),
  containerID: (c, life) => `containerd://${life.containerID(c)}`,
  startsStarted: (c) => c.spec.startupProbe === undefined,
  startsReady: (c) => isServing(c) && c.spec.startupProbe === undefined && c.spec.readinessProbe === undefined,
  restartCount: (c) => c.status.restartCount,
  nextRestartCount: (c) => c.status.restartCount + (c.status.lastState?.terminated ? 1 : 0),
  grantedResources: (c, life) => life.grantedResources(c),
  grantedRequests: (c, life) => life.grantedResources(c).requests,

  // Its end
  exits: (c, life) => exitPlan(c, life) !== undefined,
  exitMs: (c, life) => exitPlan(c, life)?.afterMs ?? 0,
  exitCode: (c, life) => exitPlan(c, life)?.exitCode ?? 0,
  exitReason: (c, life) => ((exitPlan(c, life)?.exitCode ?? 0) === 0 ? 'Completed' : 'Error'),
  /** An init container that has done its work counts as ready. */
  readyAfterExit: (c, life) => c.kind === 'init' && exitPlan(c, life)?.exitCode === 0,
  podOver: (_, life) => life.over,
  stopMs: (c, life) => stopPlan(c, life).afterMs,
  stopCode: (c, life) => stopPlan(c, life).exitCode,
  stopReason: (c, life) => (stopPlan(c, life).exitCode === 0 ? 'Completed' : 'Error'),
  terminated: (c) => c.status.state.terminated,
  runningID: (c) => c.status.containerID,
  restarts: (c, life) => isRestarted(c, life),
  backOffMs: (c) => (c.memory.replacing ? 0 : crashBackOffMs(c.memory.crashes)),
  backOff: (c) => shortDuration(crashBackOffMs(c.memory.crashes)),

  // Its probes
  startupFails: (c, life) => fails('startup', c, life),
  readinessFails: (c, life) => fails('readiness', c, life),
  livenessFails: (c, life) => fails('liveness', c, life),
  startupMs: (c) => probeMs(c.spec.startupProbe, 'pass'),
  startupFailMs: (c) => probeMs(c.spec.startupProbe, 'fail'),
  readinessMs: (c) => probeMs(c.spec.readinessProbe, 'pass'),
  readinessFailMs: (c) => probeMs(c.spec.readinessProbe, 'fail'),
  livenessFailMs: (c) => probeMs(c.spec.livenessProbe, 'fail'),
  readyAfterStartup: (c) => c.spec.readinessProbe === undefined,
  probeNoted: (c) => c.memory.probeNoted,
};

/** Init and ephemeral containers serve nobody. */
function isServing({ kind }: ContainerRecord): boolean {
  return kind === 'app' || kind === 'sidecar';
}

function pullMs(c: ContainerRecord, life: PodLife): number {
  const image = c.spec.image ?? '';
  return life.host.images.has(fullName(image)) ? 40 : Math.round(imageBytes(image) / PULL_BYTES_PER_MS) + 40;
}

/** 250 MB a second: a registry in the same hall. */
const PULL_BYTES_PER_MS = 250_000;

function fails(probe: ProbeKind, c: ContainerRecord, life: PodLife): boolean {
  if (c.spec[`${probe}Probe`] === undefined) return false;
  const asked = annotationFor(life.pod, FAIL_PROBES, c.spec.name)?.split(',') ?? [];
  return asked.some((name) => name.trim() === probe) || life.faults.probeFails(probe, c.spec.name);
}

/** `10s`, `1m20s`, `5m0s`: as Go prints it. */
function shortDuration(ms: number): string {
  const seconds = Math.round(ms / 1000);
  return seconds < 60 ? `${seconds}s` : `${Math.floor(seconds / 60)}m${seconds % 60}s`;
}

/** How long a container takes to stop when asked, and with which code. */
import type { ContainerRecord } from './container-record.ts';
import type { ExitPlan } from './exit-plan.ts';
import { numberFor, STOP_SECONDS } from './names.ts';
import type { PodLife } from './pod-life.ts';

const USUAL_STOP_MS = 150;
const KILLED = 137;
const DEFAULT_GRACE_SECONDS = 30;

/** preStop first, then the container's own time; the grace period cuts both short with SIGKILL. */
export function stopPlan(c: ContainerRecord, life: PodLife): ExitPlan {
  const seconds = numberFor(life.pod, STOP_SECONDS, c.spec.name);
  const wanted = preStopMs(c) + (seconds === undefined ? USUAL_STOP_MS : seconds * 1000);
  const graceMs = graceSeconds(c, life) * 1000;
  return wanted > graceMs ? { afterMs: graceMs, exitCode: KILLED } : { afterMs: wanted, exitCode: 0 };
}

function graceSeconds(c: ContainerRecord, life: PodLife): number {
  if (life.ending?.graceSeconds !== undefined) return life.ending.graceSeconds;
  const { deletionTimestamp, deletionGracePeriodSeconds } = life.pod.metadata;
  if (deletionTimestamp && deletionGracePeriodSeconds !== undefined) return deletionGracePeriodSeconds;
  const probe = c.memory.livenessFailed ? c.spec.livenessProbe?.terminationGracePeriodSeconds : undefined;
  return probe ?? life.pod.spec.terminationGracePeriodSeconds ?? DEFAULT_GRACE_SECONDS;
}

/** `sleep` hooks, and commands that are nothing but a sleep, take their time; all others none. */
function preStopMs(c: ContainerRecord): number {
  const hook = c.spec.lifecycle?.preStop;
  if (hook?.sleep) return hook.sleep.seconds * 1000;
  const command = hook?.exec?.command?.join(' ') ?? '';
  const match = /(?:^|\s)sleep (\d+(?:\.\d+)?)s?$/.exec(command);
  return match ? Number(match[1]) * 1000 : 0;
}

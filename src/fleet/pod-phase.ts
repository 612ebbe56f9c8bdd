/** The phase of a Pod, from the states of its containers, by the kubelet's rules. */
import type { ContainerRecord } from './container-record.ts';
import type { PodLife } from './pod-life.ts';
import { isPast } from './turn.ts';

export type PodPhase = 'Pending' | 'Running' | 'Succeeded' | 'Failed';

export function podPhase(life: PodLife): PodPhase {
  if (life.ending && life.stopped) return 'Failed';
  if (life.initFailed) return 'Failed';
  const init = life.containers.filter((c) => c.kind === 'init' || c.kind === 'sidecar');
  const apps = life.containers.filter((c) => c.kind === 'app');
  const begun = apps.some((c) => c.status.state.running ?? endOf(c));
  if (!begun && init.some((c) => !isPast(c))) return 'Pending';
  if (apps.some((c) => c.status.state.waiting && !endOf(c))) return 'Pending';
  if (apps.some((c) => c.status.state.running)) return 'Running';
  return endedPhase(apps, life);
}

/** All apps have ended at least once and none runs. */
function endedPhase(apps: readonly ContainerRecord[], life: PodLife): PodPhase {
  const codes = apps.map((c) => endOf(c)!.exitCode);
  const back = apps.some((c) => !c.status.state.terminated || life.restartsAfter(c));
  if (life.terminating) return codes.every((code) => code === 0) ? 'Succeeded' : 'Failed';
  if (back || apps.some((c) => c.memory.replacing)) return 'Running';
  return codes.every((code) => code === 0) ? 'Succeeded' : 'Failed';
}

function endOf(c: ContainerRecord) {
  return c.status.state.terminated ?? c.status.lastState?.terminated;
}

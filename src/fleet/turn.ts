/** In which order the containers of a Pod may start and must stop. */
import type { ContainerRecord } from './container-record.ts';
import type { PodLife } from './pod-life.ts';

/** May this container start now: sandbox there, Pod not ending, and all that comes before it done? */
export function isTurn(c: ContainerRecord, life: PodLife): boolean {
  if (!life.sandbox || life.terminating || life.ending) return false;
  if (c.kind === 'ephemeral') return true;
  for (const other of life.containers) {
    if (other === c) return true;
    if (other.kind === 'app') return c.kind === 'app';
    if (!isPast(other)) return false;
  }
  return true;
}

/** An init container that has completed, or a sidecar that has started. */
export function isPast(c: ContainerRecord): boolean {
  return c.kind === 'sidecar' ? c.status.started === true : c.status.state.terminated?.exitCode === 0;
}

/** Sidecars stop last, in the reverse of the order in which they started. */
export function isStopTurn(c: ContainerRecord, life: PodLife): boolean {
  if (c.kind !== 'sidecar') return true;
  const later = life.containers.slice(life.containers.indexOf(c) + 1);
  return later.every((other) => other.status.state.running === undefined);
}

/** Do only sidecars still run although everything they serve has ended for good? */
export function isOver(life: PodLife): boolean {
  if (life.ending) return life.stopped;
  if (life.initFailed) return true;
  const apps = life.containers.filter((c) => c.kind === 'app');
  return apps.every((c) => c.status.state.terminated !== undefined && !life.restartsAfter(c));
}

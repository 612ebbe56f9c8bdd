/** Whether, when and how a simulated container ends by itself, and whether it is started again. */
import type { ContainerRecord } from './container-record.ts';
import { EXIT_CODE, numberFor, RUN_SECONDS } from './names.ts';
import type { PodLife } from './pod-life.ts';
import { programOf } from './program.ts';

export interface ExitPlan {
  readonly afterMs: number;
  readonly exitCode: number;
}

const INIT_MS = 200;
const JOB_MS = 3000;

/** Undefined: it runs until it is stopped. A crash by fault comes first, then annotations, then the command's own words. */
export function exitPlan(c: ContainerRecord, life: PodLife): ExitPlan | undefined {
  const crash = c.kind === 'ephemeral' ? undefined : life.faults.crash(c.spec.name);
  if (crash) return crash;
  const asked = c.kind === 'app' || isSpokenOf(c, life);
  const seconds = asked ? numberFor(life.pod, RUN_SECONDS, c.spec.name) : undefined;
  const code = asked ? numberFor(life.pod, EXIT_CODE, c.spec.name) : undefined;
  const program = programOf(c.spec);
  if (seconds === undefined && code === undefined) {
    if (program) return program.ranMs === Infinity ? undefined : { afterMs: program.ranMs, exitCode: program.exitCode };
    if (!endsByNature(c, life)) return undefined;
  }
  const usual = program && program.ranMs !== Infinity ? program.ranMs : c.kind === 'app' ? JOB_MS : INIT_MS;
  return {
    afterMs: seconds === undefined ? usual : seconds * 1000,
    exitCode: Math.min(255, code ?? program?.exitCode ?? 0),
  };
}

/** Init containers always do, others where the Pod says that it does not want them back. */
function endsByNature(c: ContainerRecord, life: PodLife): boolean {
  if (c.kind === 'init') return true;
  return c.kind === 'app' && restartPolicyOf(c, life) !== 'Always';
}

/** The Pod's own annotations speak of its apps; init containers are spoken of by name. */
function isSpokenOf(c: ContainerRecord, life: PodLife): boolean {
  const annotations = life.pod.metadata.annotations ?? {};
  return `${RUN_SECONDS}.${c.spec.name}` in annotations || `${EXIT_CODE}.${c.spec.name}` in annotations;
}

export function restartPolicyOf(c: ContainerRecord, life: PodLife): string {
  if (c.kind === 'sidecar') return 'Always';
  const policy = c.spec.restartPolicy ?? life.pod.spec.restartPolicy ?? 'Always';
  return c.kind === 'init' && policy === 'Always' ? 'OnFailure' : policy;
}

/** Will this ended container be started again? */
export function isRestarted(c: ContainerRecord, life: PodLife): boolean {
  const ended = c.status.state.terminated;
  if (!ended || life.terminating || life.ending || c.kind === 'ephemeral') return false;
  if (c.memory.replacing) return true;
  if (c.kind === 'sidecar' && life.over) return false;
  const policy = restartPolicyOf(c, life);
  return policy === 'Always' || (policy === 'OnFailure' && ended.exitCode !== 0);
}

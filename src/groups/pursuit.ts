/** Leads Pods to their goals, write after write, as far as they come without waiting. */
import { text } from '../control/index.ts';
import { type EventRecorder, isStatus, type KubeClient, type Pod } from '../kube/index.ts';
import type { Group } from '../resources/index.ts';
import { type Act, advance, type Surroundings, withoutRoom } from './advance.ts';
import type { Candidate } from './budget.ts';
import type { Freshest } from './freshest.ts';
import type { PodState } from './marks.ts';
import { memberOf } from './member.ts';
import { lacksRoom } from './resize.ts';
import type { Version } from './revision.ts';
import type { Sightings } from './sightings.ts';
import { FINAL_MS, type Troubles } from './troubles.ts';
import { write } from './write.ts';

/** A Pod is not led through more writes than this in one go: whatever chases its own tail must not hang the others. */
const MOST_WRITES = 8;
const AT_ONCE = 64;
/**
 * Pods written to in one look. While a look lasts nothing else is done for the Group, so that of thousands of Pods those that
 * are ready to go on would wait for all the others.
 */
const MOST_PODS = 300;
/** Who is nearest to serving again goes first, and what has been begun before anything more is. */
const TURNS: Readonly<Record<PodState, number>> = {
  PreparingNormal: 0,
  Updated: 0,
  Updating: 1,
  Resizing: 1,
  PreparingDelete: 1,
  Draining: 2,
  PreparingUpdate: 2,
  Normal: 3,
};
/** Somebody else wrote to the Pod: what they wrote is on its way to the cache. */
const CONFLICT_MS = 1000;

export interface Pursuing {
  readonly client: KubeClient;
  readonly recorder: EventRecorder;
  readonly freshest: Freshest;
  readonly sightings: Sightings;
  readonly troubles: Troubles;
}

export interface Pursuit {
  readonly group: Group;
  readonly around: Surroundings;
  readonly versionOf: (hash: string) => Version | undefined;
}

export interface Outcome {
  /** When to look again, in ms. */
  readonly wait: number | undefined;
  /** Replicas that are to run on another host than their last. */
  readonly uprooted: ReadonlySet<number>;
  readonly error: unknown;
}

/** As many as one look may; the others in the next, which follows at once. One that fails keeps no other from going on. */
export async function pursueAll(tools: Pursuing, pursuit: Pursuit, candidates: readonly Candidate[]): Promise<Outcome> {
  const uprooted = new Set<number>();
  const inTurn = candidates.toSorted((a, b) => TURNS[a.member.state] - TURNS[b.member.state]);
  let wait: number | undefined;
  let error: unknown;
  let next = 0;
  let written = 0;
  const work = async () => {
    for (;;) {
      if (written >= MOST_PODS && next < inTurn.length) {
        wait = 0;
        return;
      }
      const candidate = inTurn[next++];
      if (!candidate) return;
      try {
        const onWrite = () => void written++;
        const ms = await pursue(tools, pursuit, candidate, { uproot: (ordinal) => uprooted.add(ordinal), onWrite });
        if (ms !== undefined) wait = Math.min(wait ?? ms, ms);
      } catch (fault) {
        error ??= fault;
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(AT_ONCE, candidates.length) }, work));
  return { wait, uprooted, error };
}

async function pursue(
  tools: Pursuing,
  { group, around, versionOf }: Pursuit,
  { member, goal }: Candidate,
  { uproot, onWrite }: { readonly uproot: (ordinal: number) => void; readonly onWrite: () => void },
): Promise<number | undefined> {
  const { troubles } = tools;
  let { pod } = member;
  let refusal: string | undefined;
  for (let writes = 0; writes < MOST_WRITES; writes++) {
    const now = writes === 0 ? member : memberOf(group, pod, tools.sightings.since(pod), around.now);
    const to = { ...goal, from: versionOf(now.hash) };
    const act = refusal === undefined ? advance(now, to, around) : withoutRoom(now, to, around, refusal);
    if (act.kind === 'wait') {
      if (refusal) troubles.note(group, goal.version.hash, { reason: 'ResizeInfeasible', message: refusal });
      return act.ms;
    }
    refusal = undefined;
    if (act.kind === 'stuck') {
      troubles.note(group, goal.version.hash, act, FINAL_MS);
      tools.recorder.event(group, 'Warning', 'FailedUpdate', act.message);
      return undefined;
    }
    if (act.kind === 'delete' && act.elsewhere) uproot(member.ordinal);
    if (writes === 0) onWrite();
    const after = await attempt(tools, group, pod, act, goal.version.hash, around.now);
    if (after === 'later') return CONFLICT_MS;
    if (after && 'noRoom' in after) {
      refusal = after.noRoom;
      continue;
    }
    if (!after || act.kind === 'delete') return undefined;
    pod = after;
  }
  return 0;
}

async function attempt(
  { client, freshest, recorder, troubles }: Pursuing,
  group: Group,
  pod: Pod,
  act: Act,
  hash: string,
  now: number,
): Promise<Pod | undefined | 'later' | { readonly noRoom: string }> {
  const { uid } = group.metadata;
  try {
    const after = await write(client, pod, act, now);
    if (after) freshest.wrote(uid, after);
    else freshest.deleted(uid, pod);
    if (act.kind === 'delete')
      recorder.event(group, 'Normal', 'SuccessfulDelete', `${act.reason}: deleted Pod ${pod.metadata.name}`);
    return after;
  } catch (error) {
    if (isStatus(error, 'Conflict', 'NotFound')) return 'later';
    const judged = act.kind === 'rebuild' || act.kind === 'resize' || act.kind === 'mark';
    if (!judged || !isStatus(error, 'Invalid', 'Forbidden', 'BadRequest')) throw error;
    if (act.kind === 'resize' && lacksRoom(error)) return { noRoom: text(error) };
    const message = `Pod ${pod.metadata.name}: ${text(error)}`;
    troubles.note(group, hash, { reason: 'Refused', message });
    recorder.event(group, 'Warning', 'FailedUpdate', message);
    return 'later';
  }
}

/** What a run has to know of its Group, of other Releases and of people, to take its next step. */
import type { Release, ReleaseSpec, ReleaseStatus } from '../../resources/index.ts';

export type { Release, ReleaseSpec, ReleaseStatus };
export type Step = ReleaseSpec['steps'][number];
export type Check = NonNullable<Step['checks']>[number];

export interface SeenPod {
  readonly name: string;
  /** Short name of its revision. */
  readonly hash: string;
  readonly available: boolean;
  /** An update of it is under way. */
  readonly inFlight: boolean;
  /** What the Group does with it, for people. */
  readonly state: string;
}

export interface SeenGroup {
  readonly replicas: number;
  /** Its status is about the spec as it is. */
  readonly settled: boolean;
  /** Names of ControllerRevisions. */
  readonly updateRevision: string | undefined;
  readonly currentRevision: string | undefined;
  /** Its replicas, without those that surge or go. */
  readonly pods: readonly SeenPod[];
  /** Short name of a ControllerRevision of the Group; undefined when there is none of that name. */
  readonly hashOf: (revision: string) => string | undefined;
}

export interface CheckResult {
  readonly check: string;
  readonly ok: boolean;
  readonly message: string;
}

export interface Seen {
  readonly now: number;
  readonly generation: number;
  /** Undefined when there is no such Group. */
  readonly group: SeenGroup | undefined;
  /** An older Release of the Group that has not ended: what it calls stable stays stable. */
  readonly olderStable: string | undefined;
  /** A newer one has taken over. */
  readonly takenOver: string | undefined;
  /** The annotation by which people ask for something. */
  readonly request: string | undefined;
  /** Of tries that ended since. */
  readonly results: readonly CheckResult[];
}

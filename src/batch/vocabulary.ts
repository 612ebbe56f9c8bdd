/** Words of this room that the console's pages use too: this file imports nothing. */

/** How a command ended on one of its targets. */
export const OUTCOMES = ['ok', 'failed', 'unreachable', 'skipped'] as const;
export type OutcomeKind = (typeof OUTCOMES)[number];

/** `lost`: nobody carries it out any more; what had not begun has not been done, and may be gone on with. */
export const JOB_STATES = ['running', 'paused', 'ended', 'lost'] as const;
export type JobState = (typeof JOB_STATES)[number];

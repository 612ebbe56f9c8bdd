/** Words of this room that the console's pages use too: this file imports nothing. */

/** How a host fares in one check. Info means healthy; Unknown is never counted as healthy. */
export const LEVELS = ['info', 'warn', 'alarm', 'error', 'unknown'] as const;
export type Level = (typeof LEVELS)[number];

/** `cut`: its time was up before all hosts had answered; they are Unknown. */
export const RUN_STATES = ['running', 'finished', 'cut', 'stopped'] as const;
export type RunState = (typeof RUN_STATES)[number];

/** What may have become of a host in a check from one run to another. */
export const CHANGE_KINDS = ['new', 'worse', 'better', 'fixed'] as const;

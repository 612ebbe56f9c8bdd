/** What is being done to a Pod of a Group, in one word for people. */
import type { PodPart } from './vocabulary.ts';

/** What of a Pod tells it. */
export interface PodSigns {
  /** The label {@link STATE}; `Terminating` for a Pod that is being deleted. */
  readonly state: string;
  readonly ready: boolean;
  /** Does it have the revision that is released? */
  readonly isNew: boolean;
  /** Why its containers wait, if some do. */
  readonly waits: string;
}

const BROKEN = /BackOff|\bErr|Error\b|Invalid/;

export function partOf({ state, ready, isNew, waits }: PodSigns): PodPart {
  if (state === 'Terminating' || state === 'PreparingDelete') return 'leaving';
  if (BROKEN.test(waits)) return 'broken';
  if (state === 'PreparingUpdate' || state === 'Draining') return 'draining';
  if (state === 'Updating' || state === 'Updated' || state === 'Resizing') return 'rebuilding';
  if (!ready) return 'starting';
  return isNew ? 'new' : 'old';
}

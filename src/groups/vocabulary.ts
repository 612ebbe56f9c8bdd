/** Words of this room that the console's pages use too: this file imports nothing. */

/** What is being done to a Pod of a Group, in one word for people; in the order in which they are told of. */
export const POD_PARTS = ['new', 'rebuilding', 'starting', 'draining', 'old', 'broken', 'leaving'] as const;
export type PodPart = (typeof POD_PARTS)[number];

/** One character for each, for pictures of many Pods. */
export const PART_SIGNS: Readonly<Record<PodPart, string>> = {
  new: '●',
  rebuilding: '◐',
  starting: '◌',
  draining: '◔',
  old: '○',
  broken: '✗',
  leaving: '·',
};

/** How a place in a rack is coloured, and the short word that says the same. */
import type { RackedHost } from '../../api/hosts.ts';
import type { Level } from '../../api/inspection.ts';

export const COLOURS = ['state', 'cpu', 'memory', 'pods', 'level'] as const;
export type Colour = (typeof COLOURS)[number];

export function colourNamed(name: string | undefined): Colour {
  return COLOURS.find((one) => one === name) ?? 'state';
}

/** Upper ends of the steps of a share. */
export const STEPS = [0.25, 0.5, 0.75, 0.9, Number.POSITIVE_INFINITY];

export function shareOf(host: RackedHost, colour: 'cpu' | 'memory' | 'pods'): number {
  return { cpu: host.cpuShare, memory: host.memoryShare, pods: host.podShare }[colour];
}

export function stepOf(share: number): number {
  return STEPS.findIndex((end) => share < end);
}

export type Mark = 'good' | 'uneasy' | 'bad' | 'waiting' | 'still';

export function markOfState({ ready, cordoned, status }: RackedHost): Mark {
  if (!ready || status === 'faulty') return 'bad';
  if (status === 'suspect' || cordoned) return 'uneasy';
  return status === '' || status === 'ready' ? 'good' : 'waiting';
}

export function markOfLevel(level: Level | undefined): Mark {
  if (level === undefined || level === 'info') return 'good';
  if (level === 'unknown') return 'still';
  return level === 'warn' ? 'uneasy' : 'bad';
}

/** A sign for each mark, so that colour is never alone. */
export const SIGNS: Readonly<Record<Mark, string>> = { good: '✓', uneasy: '!', bad: '✕', waiting: '…', still: '–' };

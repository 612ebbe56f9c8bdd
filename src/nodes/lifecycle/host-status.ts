/** The life of a host as a table: which statuses there are, and which may follow which. */
import { HOST_STATUSES, type HostStatus } from '../vocabulary.ts';

export { HOST_STATUSES, type HostStatus };

/** From `cordoned` a host may go back to what it was before; that is what uncordoning and aborting mean. */
const NEXT: Readonly<Record<HostStatus, readonly HostStatus[]>> = {
  registered: ['initializing'],
  initializing: ['testing'],
  testing: ['ready'],
  ready: ['suspect', 'cordoned'],
  suspect: ['ready', 'faulty', 'cordoned'],
  cordoned: ['draining', 'ready', 'suspect', 'faulty', 'offline'],
  draining: ['maintenance', 'ready', 'cordoned'],
  maintenance: ['recovering', 'offline'],
  recovering: ['ready', 'faulty'],
  faulty: ['cordoned', 'offline'],
  offline: ['retired'],
  retired: [],
};

/** During these a host is in somebody's hands, and new Pods stay away because of it. */
const IN_HANDS: ReadonlySet<HostStatus> = new Set(['cordoned', 'draining', 'maintenance', 'recovering']);

export function isHostStatus(text: string | undefined): text is HostStatus {
  return (HOST_STATUSES as readonly (string | undefined)[]).includes(text);
}

export function nextStatuses(status: HostStatus): readonly HostStatus[] {
  return NEXT[status];
}

export function mayFollow(from: HostStatus, to: HostStatus): boolean {
  return NEXT[from].includes(to);
}

/** The shortest way from one status to another, without the first; nothing when there is none or none is needed. */
export function wayBetween(from: HostStatus, to: HostStatus): HostStatus[] {
  const before = new Map<HostStatus, HostStatus | undefined>([[from, undefined]]);
  for (const [status] of before) {
    for (const next of NEXT[status]) if (!before.has(next)) before.set(next, status);
  }
  if (!before.has(to)) return [];
  const way: HostStatus[] = [];
  for (let at: HostStatus | undefined = to; at !== undefined && at !== from; at = before.get(at)) way.unshift(at);
  return way;
}

export function isInHands(status: HostStatus): boolean {
  return IN_HANDS.has(status);
}

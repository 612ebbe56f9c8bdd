/** The report of an import: what was loaded, what runs, what waits and why, and how full the hosts are. */
import { formatTable } from '../../table.ts';
import type { LoadResult } from './loader.ts';
import type { Placement, WaitingGroup } from './placement.ts';
import type { Outcome } from './settle.ts';
import { formatUsage, type Usage } from './usage.ts';

export interface Loaded {
  readonly hosts: LoadResult;
  readonly pods: LoadResult;
}

/** For programs. */
export function summaryOf(
  namespace: string,
  { hosts, pods }: Loaded,
  outcome: Outcome | undefined,
): Record<string, unknown> {
  const count = ({ created, present, failed }: LoadResult) => ({ created, present, failed: failed.length });
  return { namespace, hosts: count(hosts), pods: count(pods), ...outcome };
}

/** For people. */
export function formatOutcome({ placement, usage }: Outcome): string {
  const sections = [countLine(placement)];
  if (placement.waiting.length > 0) sections.push(formatTable(WAITING, placement.waiting));
  if (usage.length > 0) sections.push(formatTable(USAGE, usage));
  return sections.join('\n');
}

const WAITING = [
  { head: 'WAITING', cell: (group: WaitingGroup) => group.pods },
  { head: 'NO HOST BECAUSE', cell: (group: WaitingGroup) => group.reason },
  { head: 'FOR EXAMPLE', cell: (group: WaitingGroup) => group.example },
  { head: 'ASKS FOR', cell: (group: WaitingGroup) => asked(group.requests) },
];

const USAGE = [
  { head: 'RESOURCE', cell: (usage: Usage) => usage.resource },
  { head: 'TAKEN', cell: (usage: Usage) => formatUsage(usage).taken },
  { head: 'OFFERED', cell: (usage: Usage) => formatUsage(usage).offered },
  { head: 'SHARE', cell: (usage: Usage) => formatUsage(usage).share },
];

function asked(requests: Readonly<Record<string, string>>): string {
  return Object.entries(requests)
    .map(([resource, quantity]) => `${resource}=${quantity}`)
    .join(',');
}

function countLine({ total, running, starting, ended, undecided, waiting }: Placement): string {
  const waits = waiting.reduce((sum, group) => sum + group.pods, 0);
  const rest = [
    [starting, 'starting'],
    [ended, 'ended'],
    [undecided, 'not yet seen by the scheduler'],
    [waits, 'waiting'],
  ] as const;
  const said = rest.filter(([count]) => count > 0).map(([count, word]) => `, ${count} ${word}`);
  return `${total} Pods: ${running} running${said.join('')}\n`;
}

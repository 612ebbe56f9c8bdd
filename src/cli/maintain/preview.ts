/** What people see before anything is done. */
import { type Operation, type Preview, REPAIRS, type RepairName } from '../../maintenance/index.ts';
import { formatTable } from '../table.ts';

const MINUTE_MS = 60_000;

export function previewText(
  host: string,
  { impact, refusals, approvals, drain }: Preview,
  repair: string | undefined,
): string {
  const { zone, rack, pods, applications, blockers, estimateMs } = impact;
  const lines = [
    `Host ${host}, rack ${rack ?? '-'}, zone ${zone ?? '-'}${impact.controlPlane ? '   *** CONTROL PLANE ***' : ''}`,
    `Repair: ${repairText(repair)}`,
    drain
      ? `${summary(pods)}; about ${Math.max(1, Math.round(estimateMs / MINUTE_MS))} min`
      : 'The host keeps its Pods.',
  ];
  if (applications.length > 0) lines.push('', table(applications));
  if (blockers.length > 0) lines.push('', 'Will stand in the way:', ...blockers.map((text) => `  ! ${text}`));
  if (impact.lastReplicas.length > 0) lines.push('', `No replica is left of: ${impact.lastReplicas.join(', ')}`);
  if (approvals.length > 0) lines.push('', 'A second person must agree:', ...approvals.map((text) => `  - ${text}`));
  if (refusals.length > 0) lines.push('', 'Cannot be started:', ...refusals.map((text) => `  ✗ ${text}`));
  return `${lines.join('\n')}\n`;
}

function repairText(repair: string | undefined): string {
  if (repair === undefined) return 'by hand; say `jdos maintain done` when it is';
  const { text, command } = REPAIRS[repair as RepairName];
  return `${repair}, ${text.en} / ${text.zh} (${command.join(' ')})`;
}

function summary(pods: Preview['impact']['pods']): string {
  const counts = Map.groupBy(pods, ({ act, class: kind }) =>
    act === 'leave' ? `stay (${kind})` : act === 'blocked' ? `are blocked (${kind})` : 'leave',
  );
  const words = [...counts].map(([what, of]) => `${of.length} ${what}`).sort();
  return pods.length === 0 ? 'No Pods' : `${pods.length} Pods: ${words.join(', ')}`;
}

function table(applications: Operation['impact']): string {
  return formatTable(
    [
      { head: 'NAMESPACE', cell: ({ namespace }) => namespace },
      { head: 'APPLICATION', cell: ({ application }) => application },
      { head: 'OWNER', cell: ({ owner }) => owner },
      { head: 'PODS HERE', cell: ({ pods }) => pods },
      { head: 'REPLICAS', cell: ({ replicas }) => replicas },
    ],
    applications,
  ).trimEnd();
}

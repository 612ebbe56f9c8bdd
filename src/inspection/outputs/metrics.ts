/** The brief in Prometheus' text form, for a file that a node-exporter or a gateway takes up. */
import { LEVELS } from '../level.ts';
import type { Brief } from '../runs/brief.ts';

export function briefMetrics({ run, rows, score }: Brief): string {
  const counts = rows.flatMap((row) =>
    LEVELS.map((level) => `jdos_inspection_nodes{check="${label(row.check)}",level="${level}"} ${row[level]}`),
  );
  return [
    '# HELP jdos_inspection_nodes Hosts by check and level in the latest run.',
    '# TYPE jdos_inspection_nodes gauge',
    ...counts,
    '# HELP jdos_inspection_score Mean share of healthy hosts, from 0 to 100.',
    '# TYPE jdos_inspection_score gauge',
    `jdos_inspection_score ${score}`,
    '# HELP jdos_inspection_run_timestamp_seconds When the run ended.',
    '# TYPE jdos_inspection_run_timestamp_seconds gauge',
    `jdos_inspection_run_timestamp_seconds ${Math.floor((run.finishedAt ?? run.startedAt) / 1000)}`,
    '',
  ].join('\n');
}

function label(value: string): string {
  return value.replace(/[\\"]/g, '\\$&').replaceAll('\n', '\\n');
}

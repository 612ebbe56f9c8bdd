/** How long history is kept that nobody else takes away: runs of inspection are kept by their number, the audit for good. */
import { keepRetention, openRecords, type RetentionRule } from '../records/index.ts';
import type { ComponentContext } from './components.ts';

const YEAR = 365;
const HALF_A_YEAR = 180;
const RULES: readonly RetentionRule[] = [
  { table: 'host_verdict', column: 'at', days: YEAR },
  { table: 'host_address', column: 'last_at', days: 3 * YEAR },
  { table: 'maintenance_log', column: 'at', days: 3 * YEAR },
  // What commands have written may be much, and may be private.
  { table: 'batch_result', column: 'at', days: HALF_A_YEAR },
  { table: 'batch_job', column: 'created_at', days: HALF_A_YEAR },
];

export async function startRetention({ records: where, signal, clock, onError }: ComponentContext): Promise<void> {
  if (where === undefined) return;
  const complain = (error: unknown) => onError?.('retention', '', error);
  const records = await openRecords(where, { onError: complain });
  const kept = keepRetention(records, { rules: RULES, signal, clock, onError: complain });
  void kept.then(() => records.close());
}

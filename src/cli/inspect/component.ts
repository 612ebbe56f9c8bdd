/** Plans of inspection in the thread of JDOS's own components. */
import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { NO_SETTINGS, readSettings, startInspection } from '../../inspection/index.ts';
import { openRecords } from '../../records/index.ts';
import type { ComponentContext } from '../components.ts';
import { mailBriefs } from './mail-briefs.ts';

/** Without records there is nothing to plan by. */
export async function startPlans({
  client,
  signal,
  clock,
  dataDir,
  records: where,
  onError,
}: ComponentContext): Promise<void> {
  if (where === undefined) return;
  const complain = (key: string, error: unknown) => onError?.('inspection', key, error);
  const records = await openRecords(where, { onError: (error) => complain('records', error) });
  const settings = () => (dataDir ? readSettings(join(dataDir, 'inspection.yaml')) : NO_SETTINGS);
  const worker = `${hostname()}:${process.pid}:${randomUUID().slice(0, 8)}`;
  const { ended } = startInspection({ client, records, signal, clock, settings, worker, onError: complain });
  const password = process.env.JDOS_SMTP_PASSWORD;
  const mailed = mailBriefs({ records, clock, signal, password, onError: (error) => complain('mail', error) });
  void Promise.all([ended, mailed]).then(() => records.close());
}

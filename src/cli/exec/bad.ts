/** What `bad:CHECK` means: hosts in which the newest inspection that looked has found something. */
import process from 'node:process';
import { JdosError } from '../../errors/index.ts';
import { badHosts, CHECKS } from '../../inspection/index.ts';
import type { Records } from '../../records/index.ts';

/** @throws JdosError JDOS_ERR_USAGE for no check of ours, JDOS_ERR_INSPECT_RUN when nobody has looked yet */
export async function hostsBadIn(records: Records, check: string): Promise<readonly string[]> {
  const bad = await badHosts(records, check);
  if (bad) {
    const at = new Date(bad.run.finishedAt ?? bad.run.startedAt).toISOString();
    process.stderr.write(`${bad.hosts.length} hosts by ${check}, as run ${bad.run.id} of ${at} found\n`);
    return bad.hosts;
  }
  if (CHECKS.some(({ id }) => id === check))
    throw new JdosError('JDOS_ERR_INSPECT_RUN', { what: `no run that has looked at ${check}`, place: records.place });
  const expected = CHECKS.map(({ id }) => id).join(', ');
  throw new JdosError('JDOS_ERR_USAGE', { detail: `selector bad:${check}: expected one of ${expected}` });
}

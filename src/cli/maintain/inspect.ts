/** Inspection of one host, as maintenance wants it: by the site's settings, and with its exemptions. */
import { join } from 'node:path';
import {
  clusterScope,
  describe,
  inspectHost,
  listExemptions,
  NO_SETTINGS,
  reachOf,
  readSettings,
} from '../../inspection/index.ts';
import type { KubeClient } from '../../kube/index.ts';
import type { InspectHost } from '../../maintenance/index.ts';
import type { Records } from '../../records/index.ts';
import { type RepairSsh, sshOfSite } from './shop.ts';

export interface HostTools {
  readonly client: KubeClient;
  readonly records: Records;
  /** Where `inspection.yaml` may lie. */
  readonly dataDir?: string | undefined;
}

/** Every check of the brief, read from the host itself now: by its agent, or on the way on which repairs get there. */
export function inspectThrough({ client, records, dataDir }: HostTools, ssh: RepairSsh = sshOfSite()): InspectHost {
  return async (host, signal) => {
    const [subject] = await clusterScope(client, { hosts: [host] });
    if (!subject) return [{ check: 'host', level: 'unknown', message: 'there is no such Node' }];
    const settings = dataDir === undefined ? NO_SETTINGS : readSettings(join(dataDir, 'inspection.yaml'));
    const exemptions = await listExemptions(records, Date.now());
    const { results } = await inspectHost(subject, {
      reach: reachOf({ client, settings, ssh: ssh.user ? ssh : undefined }),
      settings,
      exemptions,
      signal,
    });
    return results.map((result) => ({ check: result.check, level: result.level, message: describe(result, 'en') }));
  };
}

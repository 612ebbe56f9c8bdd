/** Inspection of one host, as maintenance wants it. */
import { clusterScope, describe, inspectHost, NO_SETTINGS, reachOf } from '../../inspection/index.ts';
import type { KubeClient } from '../../kube/index.ts';
import type { InspectHost } from '../../maintenance/index.ts';

/** Every check of the brief, read from the host itself now. */
export function inspectThrough(client: KubeClient): InspectHost {
  const reach = reachOf({ client, settings: NO_SETTINGS });
  return async (host, signal) => {
    const [subject] = await clusterScope(client, { hosts: [host] });
    if (!subject) return [{ check: 'host', level: 'unknown', message: 'there is no such Node' }];
    const { results } = await inspectHost(subject, { reach, signal });
    return results.map((result) => ({ check: result.check, level: result.level, message: describe(result, 'en') }));
  };
}

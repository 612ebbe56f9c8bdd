/** Which Release is meant: by its own name, or the newest of the Group of that name. */

import { JdosError } from '../../errors/index.ts';
import { hasEnded } from '../../groups/index.ts';
import { isStatus, type KubeClient } from '../../kube/index.ts';
import { GROUPS, type Group, RELEASES, type Release } from '../../resources/index.ts';

export function isRunning({ status }: Release): boolean {
  return !hasEnded(status ?? {});
}

export function newestOf({ metadata }: Pick<Group, 'metadata'>, releases: readonly Release[]): Release | undefined {
  return releases
    .filter((one) => one.metadata.namespace === metadata.namespace && one.spec.groupRef.name === metadata.name)
    .sort((a, b) => (dated(a) < dated(b) ? 1 : -1))[0];
}

/** @throws JdosError JDOS_ERR_RELEASE when the Group has none, StatusError when there is neither. */
export async function findRelease(client: KubeClient, namespace: string, name: string): Promise<Release> {
  try {
    return await client.get(RELEASES, name, { namespace });
  } catch (error) {
    if (!isStatus(error, 'NotFound')) throw error;
    const group = await client.get(GROUPS, name, { namespace }).catch(() => undefined);
    if (!group) throw error;
    const { items } = await client.list(RELEASES, { namespace });
    const found = newestOf(group, items);
    if (!found)
      throw new JdosError(
        'JDOS_ERR_RELEASE',
        { detail: `Group ${name} has no Release; start one with: jdos release start ${name}` },
        { cause: error },
      );
    return found;
  }
}

function dated({ metadata }: Release): string {
  return `${metadata.creationTimestamp} ${metadata.name}`;
}

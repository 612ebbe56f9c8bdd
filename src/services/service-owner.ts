/** Makes and mends the Service of a GroupService, and leaves one that somebody else made alone. */
import { isControlledBy, isStatus, type KubeClient, keyOf, SERVICES, type Service } from '../kube/index.ts';
import type { GroupService } from '../resources/index.ts';
import { correctedService, newService } from './service-draft.ts';
import type { Refusal } from './status.ts';

/** The Service as it should be, or why there is none. A lost race rejects: the next look will show who won. */
export async function ensureService(
  client: KubeClient,
  group: GroupService,
  known: Service | undefined,
): Promise<Service | Refusal> {
  try {
    const service = known ?? (await created(client, group));
    if (!isControlledBy(service, group)) return taken(group);
    const corrected = correctedService(group, service);
    return corrected ? await client.replace(SERVICES, corrected) : service;
  } catch (error) {
    if (!isStatus(error, 'Invalid', 'BadRequest', 'Forbidden')) throw error;
    return { reason: 'Refused', message: `The API server refuses the Service: ${error.message}` };
  }
}

/** The cache may not show yet what was created before. */
async function created(client: KubeClient, group: GroupService): Promise<Service> {
  try {
    return await client.create(SERVICES, newService(group));
  } catch (error) {
    if (!isStatus(error, 'AlreadyExists')) throw error;
    const { name, namespace } = group.metadata;
    return client.get(SERVICES, name, { namespace });
  }
}

function taken(group: GroupService): Refusal {
  const message = `There is a Service ${keyOf(group)} that this GroupService did not make; delete it, or choose another name`;
  return { reason: 'NameTaken', message };
}

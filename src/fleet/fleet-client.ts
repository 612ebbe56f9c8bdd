/** What the fleet asks of a client of the API. */
import type { KubeClient } from '../kube/index.ts';

export type FleetClient = Pick<KubeClient, 'get' | 'list' | 'watch' | 'create' | 'patch' | 'delete'>;

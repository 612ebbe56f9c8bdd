/** Where an API server keeps the kinds of JDOS. No schema is loaded for these. */
import { resourceType } from '../kube/index.ts';
import type { DisruptionPolicy } from './disruption-policy.ts';
import type { Group } from './group.ts';
import type { GroupService } from './group-service.ts';
import type { IPAllocation } from './ip-allocation.ts';
import type { IPClaim } from './ip-claim.ts';
import type { IPPool } from './ip-pool.ts';
import type { PodRebuild } from './pod-rebuild.ts';
import type { Release } from './release.ts';

export const APPS = 'apps.jdos.jd.com/v1alpha1';
export const NETWORK = 'network.jdos.jd.com/v1alpha1';
export const POLICY = 'policy.jdos.jd.com/v1alpha1';

export const GROUPS = resourceType<Group>(APPS, 'Group', 'groups');
export const POD_REBUILDS = resourceType<PodRebuild>(APPS, 'PodRebuild', 'podrebuilds');
export const IP_POOLS = resourceType<IPPool>(NETWORK, 'IPPool', 'ippools', false);
export const IP_CLAIMS = resourceType<IPClaim>(NETWORK, 'IPClaim', 'ipclaims');
export const IP_ALLOCATIONS = resourceType<IPAllocation>(NETWORK, 'IPAllocation', 'ipallocations', false);
export const DISRUPTION_POLICIES = resourceType<DisruptionPolicy>(POLICY, 'DisruptionPolicy', 'disruptionpolicies');
export const GROUP_SERVICES = resourceType<GroupService>(APPS, 'GroupService', 'groupservices');
export const RELEASES = resourceType<Release>(APPS, 'Release', 'releases');

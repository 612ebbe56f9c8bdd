export { AUDIT_READING, CONSOLE_GROUPS } from './access.ts';
export type { Custom, KindDefinition } from './definition.ts';
export type { DisruptionPolicy } from './disruption-policy.ts';
export type { PodTemplate } from './field.ts';
export type { Group, GroupSpec, GroupStatus } from './group.ts';
export type { GroupService } from './group-service.ts';
export { type InstallOptions, type InstallStep, installKinds } from './install.ts';
export type { IPAllocation } from './ip-allocation.ts';
export type { IPClaim, IPClaimStatus } from './ip-claim.ts';
export type { IPPool } from './ip-pool.ts';
export { PEER_REACHABLE } from './peer-reachable.ts';
export type { PodRebuild } from './pod-rebuild.ts';
export type { Release, ReleaseSpec, ReleaseStatus } from './release.ts';
export * from './resource-types.ts';
export type { Steering } from './steering.ts';

/** The schemas of all kinds and what is made of them; loaded when asked for, as they weigh something. */
export const loadKinds = () => import('./schemas.ts');

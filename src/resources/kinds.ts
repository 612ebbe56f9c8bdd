/** All kinds of JDOS, in the order in which they are installed. Loads their schemas. */
import type { KindDefinition } from './definition.ts';
import { disruptionPolicy } from './disruption-policy.ts';
import { group } from './group.ts';
import { groupService } from './group-service.ts';
import { ipAllocation } from './ip-allocation.ts';
import { ipClaim } from './ip-claim.ts';
import { ipPool } from './ip-pool.ts';
import { podRebuild } from './pod-rebuild.ts';
import { release } from './release.ts';

export const KINDS: readonly KindDefinition[] = [
  group,
  release,
  podRebuild,
  groupService,
  ipPool,
  ipClaim,
  ipAllocation,
  disruptionPolicy,
];

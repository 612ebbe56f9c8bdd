/** Where an API server keeps the kinds of JDOS. No schema is loaded for these. */
import { resourceType } from '../kube/index.ts';
import type { Group } from './group.ts';
import type { PodRebuild } from './pod-rebuild.ts';

export const APPS = 'apps.jdos.jd.com/v1alpha1';
export const NETWORK = 'network.jdos.jd.com/v1alpha1';
export const POLICY = 'policy.jdos.jd.com/v1alpha1';

export const GROUPS = resourceType<Group>(APPS, 'Group', 'groups');
export const POD_REBUILDS = resourceType<PodRebuild>(APPS, 'PodRebuild', 'podrebuilds');

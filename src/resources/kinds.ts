/** All kinds of JDOS, in the order in which they are installed. Loads their schemas. */
import type { KindDefinition } from './definition.ts';
import { group } from './group.ts';
import { podRebuild } from './pod-rebuild.ts';

export const KINDS: readonly KindDefinition[] = [group, podRebuild];

import { applications } from './applications.ts';
import { hosts } from './hosts.ts';
import type { List } from './list.ts';
import { pending } from './pending.ts';
import { pods } from './pods.ts';
import { releases } from './releases.ts';

/** Every list there is. */
export const LISTS: readonly List[] = [hosts, pods, pending, applications, releases];
export * from './list.ts';
export * from './list-query.ts';

import { applications } from './applications.ts';
import { hosts } from './hosts.ts';
import type { List } from './list.ts';
import { pending } from './pending.ts';
import { pods } from './pods.ts';
import { releases } from './releases.ts';

/** Every list there is, by name. */
export const LISTS: ReadonlyMap<string, List> = new Map(
  [hosts, pods, pending, applications, releases].map((list) => [list.name, list]),
);
export * from './list.ts';
export * from './list-query.ts';

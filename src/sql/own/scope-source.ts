/** What of the tables is shown to whom, as table `scopes`. */
import type { ScopeUse } from '../scope/index.ts';
import { count, flag, list, text, time } from '../tables/index.ts';
import { type OwnSource, ownSource } from './own-tables.ts';

export function scopeSource(uses: () => readonly ScopeUse[]): OwnSource {
  return ownSource<ScopeUse>({
    schema: 'k8s',
    name: 'scopes',
    doc: 'What may be seen, once for all who may see the same; of those who have asked lately',
    read: async () => uses(),
    columns: [
      text('id', 'its identity: scopes of one identity show the same', ({ scope }) => scope.id),
      flag('everything', 'whether all is shown', ({ scope }) => scope.full),
      count('tables', 'how many tables are shown', ({ scope }) => scope.tables.filter(({ alias }) => !alias).length),
      list('users', 'who has asked within it', ({ users }) => [...users].sort()),
      time('asked_at', 'when it was last used', ({ askedAt }) => new Date(askedAt).toISOString()),
    ],
  });
}

import type { ApplicationRow } from '../../api/lists.ts';

export function linkTo({ kind, namespace, name }: Pick<ApplicationRow, 'kind' | 'namespace' | 'name'>): string {
  return `/applications/${kind}/${namespace}/${name}`;
}

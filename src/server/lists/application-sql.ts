/** Whose a Pod is, and whose an application, as SQL. */
import { OWNER_KEYS } from '../../maintenance/index.ts';

/** `Deployment/web` for a row `p` of `pods`; a bare Pod is an application of its own. */
export const APPLICATION = `CASE
  WHEN p.owner_name IS NULL THEN 'Pod/' || p.name
  WHEN p.owner_kind = 'ReplicaSet' AND ends_with(p.owner_name, '-' || p.labels['pod-template-hash'])
    THEN 'Deployment/' || left(p.owner_name, length(p.owner_name) - length(p.labels['pod-template-hash']) - 1)
  ELSE p.owner_kind || '/' || p.owner_name END`;

/** The people behind a row with labels and annotations, by the words in use for it; empty when nobody is named. */
export function ownerOf(row: string): string {
  const places = OWNER_KEYS.flatMap((key) => [`${row}.annotations['${key}']`, `${row}.labels['${key}']`]);
  return `coalesce(${places.join(', ')}, '')`;
}

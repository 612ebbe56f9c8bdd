/** What somebody did, as an authoriser was asked about it: each kind of request once. */

import type { Parameters } from '../dialect/index.ts';
import type { AuditQuery } from '../query/index.ts';

export interface Use {
  readonly verb: string;
  /** A URL, where it was about no resource. */
  readonly path?: string;
  readonly group: string;
  readonly resource: string;
  readonly subresource: string;
  /** Empty for the whole cluster. */
  readonly namespace: string;
  /** Empty where no name was asked about. */
  readonly name: string;
  /** An object was made, though the verb says otherwise: by apply, or by a PUT. */
  readonly made: boolean;
  /** As whom it was done, where that was somebody else; then only the right to do so is this user's. */
  readonly as?: string;
  readonly requests: number;
}

/** Refusals are no use. A watch that has not ended yet is. `@where` will not do: it counts ends only. */
const USES = `SELECT verb, CASE WHEN resource IS NULL THEN path END, coalesce(api_group, ''), coalesce(resource, ''),
    coalesce(subresource, ''), coalesce(namespace, ''), coalesce(name, ''), bool_or(code = 201),
    CASE WHEN impersonated_username <> @user THEN impersonated_username END, count(DISTINCT audit_id)
  FROM @events
  WHERE stage <> 'RequestReceived' AND verb IS NOT NULL AND coalesce(decision, 'allow') = 'allow'
    AND coalesce(code, 0) NOT IN (401, 403) AND (username = @user OR impersonated_username = @user) AND @time
  GROUP BY ALL ORDER BY ALL`;

export async function usesOf(
  query: AuditQuery,
  user: string,
  period: Pick<Parameters, 'fromUs' | 'toUs'>,
): Promise<Use[]> {
  const { rows } = await query.run(USES, { ...period, user });
  return rows.map(([verb, path, group, resource, subresource, namespace, name, made, as, requests]) => ({
    verb: String(verb),
    ...(path !== null && { path: String(path) }),
    group: String(group),
    resource: String(resource),
    subresource: String(subresource),
    namespace: String(namespace),
    name: String(name),
    made: made === true,
    ...(as !== null && { as: String(as) }),
    requests: Number(requests),
  }));
}

/**
 * Whether somebody may read who asked the API servers for what. That is as sensitive as an administrator's rights, so it is a
 * right of its own, `get` on `events` of `audit.jdos.jd.com`, and the cluster's own authoriser is asked for it each time.
 */
import type { KubeClient } from '../kube/index.ts';
import { AUDIT_READING } from '../resources/index.ts';
import { ACCESS_REVIEWS, type AccessReview } from './cluster-door.ts';
import { Problem } from './problem.ts';
import { type Principal, subjectOf } from './roles.ts';

/**
 * What the asker may read: all, or of the namespaces that are asked for exactly these. Where one of them may not be read, or
 * the authoriser does not answer, nothing is.
 * @throws Problem `cluster-refused` that names the right
 */
export async function auditScope(
  client: Pick<KubeClient, 'create'>,
  reader: Principal,
  namespaces: readonly string[],
): Promise<'all' | readonly string[]> {
  if (await mayRead(client, reader, '')) return namespaces.length > 0 ? namespaces : 'all';
  const wanted = namespaces.length > 0 ? namespaces : [''];
  for (const namespace of wanted)
    if (namespace === '' || !(await mayRead(client, reader, namespace))) throw missing(namespace);
  return wanted;
}

async function mayRead(client: Pick<KubeClient, 'create'>, reader: Principal, namespace: string): Promise<boolean> {
  const resourceAttributes = { ...AUDIT_READING, ...(namespace && { namespace }) };
  const review = { metadata: {}, spec: { ...subjectOf(reader), resourceAttributes } };
  const { status } = await client.create(ACCESS_REVIEWS, review as object as AccessReview);
  return status?.allowed === true;
}

function missing(namespace: string): Problem {
  const { verb, resource, group } = AUDIT_READING;
  const where = namespace ? ` -n ${namespace}` : '';
  return new Problem('cluster-refused', {
    detail: `${verb} ${resource}.${group}${where}`,
    right: { verb, resource, group, namespace },
  });
}

/** The key under which the store knows an object: 64 bits of a hash of cluster and uid, so that nobody keeps a list. */
import { hash } from 'node:crypto';
import type { ObjectMeta } from '../../kube/index.ts';

export function objectKey(cluster: string, { uid, namespace = '', name }: ObjectMeta): bigint {
  const identity = uid || `${namespace}/${name}`;
  return hash('sha1', `${cluster}\0${identity}`, 'buffer').readBigInt64LE(0);
}

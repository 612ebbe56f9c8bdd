import { expect, it } from 'vitest';
import { StatusError } from '../kube/index.ts';
import { refused } from './cluster-door.ts';
import { Problem } from './problem.ts';

function forbidden(message: string): StatusError {
  return new StatusError({ kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', code: 403, message });
}

it.each([
  [
    'releases.apps.jdos.jd.com "web" is forbidden: User "jdos:user:ann" cannot patch resource "releases" in API group "apps.jdos.jd.com" in the namespace "shop"',
    'patch releases.apps.jdos.jd.com -n shop',
    { verb: 'patch', resource: 'releases', group: 'apps.jdos.jd.com', namespace: 'shop' },
  ],
  [
    'nodes "n1" is forbidden: User "jdos:user:ann" cannot patch resource "nodes" in API group "" at the cluster scope',
    'patch nodes',
    { verb: 'patch', resource: 'nodes', group: '', namespace: '' },
  ],
  [
    'pods "p" is forbidden: User "jdos:user:ann" cannot create resource "pods/exec" in API group "" in the namespace "shop"',
    'create pods/exec -n shop',
    { verb: 'create', resource: 'pods/exec', group: '', namespace: 'shop' },
  ],
])('a refusal by RBAC names the right that is missing: %s', (message, detail, right) => {
  const problem = refused(forbidden(message));
  expect(problem).toBeInstanceOf(Problem);
  expect((problem as Problem).document('en')).toMatchObject({ status: 403, code: 'cluster-refused', detail, right });
});

it('what is refused for another reason stays what it is', () => {
  const quota = forbidden('pods "p" is forbidden: exceeded quota');
  expect(refused(quota)).toBe(quota);
});

import { expect, it } from 'vitest';
import { pod } from '../../../control/fixture.ts';
import { ephemeralClaims } from './ephemeral.ts';

it('names a claim after its Pod and volume, and makes it the Pod’s', () => {
  const spec = { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } };
  const scratch = { name: 'scratch', ephemeral: { volumeClaimTemplate: { metadata: { labels: { a: 'b' } }, spec } } };
  const one = pod({ name: 'web', spec: { volumes: [scratch, { name: 'other', emptyDir: {} }] } });
  expect(ephemeralClaims(one)).toMatchObject([
    {
      metadata: { name: 'web-scratch', labels: { a: 'b' }, ownerReferences: [{ kind: 'Pod', uid: one.metadata.uid }] },
      spec,
    },
  ]);
});

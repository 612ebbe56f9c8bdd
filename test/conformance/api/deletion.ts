/** Finalizers, ways of deleting, and the garbage collector. */
import type { Json } from '../../../src/controlplane/registry/definition.ts';
import type { Cases } from '../suite.ts';
import type { Talk } from '../talk.ts';
import { configMap, deployment, named, pod } from './drafts.ts';

const owned = (name: string, owner: Json, more: Json = {}) =>
  configMap(
    name,
    {},
    {
      ownerReferences: [
        { apiVersion: owner.apiVersion, kind: owner.kind, name: owner.metadata.name, uid: owner.metadata.uid, ...more },
      ],
    },
  );

const family = async (api: Talk, more: Json = {}) => {
  const parent = await api.quietly('POST', 'configmaps', configMap('parent'));
  await api.quietly('POST', 'configmaps', owned('child', parent, more));
  return parent;
};

const gone = (api: Talk, ...names: string[]) =>
  Promise.all(names.map((name) => api.until(name, (o) => o === undefined)));
const meta = {
  pick: ({ metadata }: Json) => ({
    finalizers: metadata.finalizers,
    deleted: metadata.deletionTimestamp !== undefined,
    grace: metadata.deletionGracePeriodSeconds,
    generation: metadata.generation,
    owners: metadata.ownerReferences,
  }),
};

export const deletion: Cases = {
  'a finalizer keeps a deleted object until it is taken away': async (api) => {
    await api.quietly('POST', 'configmaps', configMap('a', {}, { finalizers: ['example.com/wait'] }));
    await api.delete('configmaps/a');
    await api.get('configmaps/a', meta);
    await api.delete('configmaps/a', undefined, meta);
    await api.patch('merge', 'configmaps/a', { metadata: { finalizers: null } }, meta);
    await api.get('configmaps/a');
  },
  'no finalizer can be added to an object that is being deleted': async (api) => {
    await api.quietly('POST', 'configmaps', configMap('a', {}, { finalizers: ['example.com/wait'] }));
    await api.quietly('DELETE', 'configmaps/a');
    await api.patch('merge', 'configmaps/a', { metadata: { finalizers: ['example.com/wait', 'example.com/more'] } });
    await api.patch('merge', 'configmaps/a', { metadata: { labels: { still: 'changes' } } }, meta);
  },
  'the generation grows when deletion begins': async (api) => {
    await api.quietly('POST', 'deployments', deployment('d', {}, { finalizers: ['example.com/wait'] }));
    await api.delete('deployments/d', undefined, meta);
  },
  'children go in the background': async (api) => {
    await family(api);
    await api.delete('configmaps/parent', { propagationPolicy: 'Background' });
    await gone(api, 'configmaps/parent', 'configmaps/child');
    await api.get('configmaps/child');
  },
  'children go first in the foreground': async (api) => {
    const parent = await family(api, { blockOwnerDeletion: true });
    await api.quietly('POST', 'configmaps', {
      ...owned('slow', parent, { blockOwnerDeletion: true }),
      metadata: { ...owned('slow', parent, { blockOwnerDeletion: true }).metadata, finalizers: ['example.com/wait'] },
    });
    await api.delete('configmaps/parent', { propagationPolicy: 'Foreground' }, meta);
    await gone(api, 'configmaps/child');
    await api.get('configmaps/parent', meta);
    await api.patch('merge', 'configmaps/slow', { metadata: { finalizers: null } }, { pick: () => undefined });
    await gone(api, 'configmaps/parent', 'configmaps/slow');
  },
  'children are left as orphans when asked so': async (api) => {
    await family(api);
    await api.delete('configmaps/parent', { propagationPolicy: 'Orphan' }, meta);
    await gone(api, 'configmaps/parent');
    await api.get('configmaps/child');
  },
  'orphanDependents is the old way to say so': async (api) => {
    await family(api);
    await api.delete('configmaps/parent', { orphanDependents: true }, meta);
    await gone(api, 'configmaps/parent');
    await api.get('configmaps/child', meta);
  },
  'two ways of deleting at once are refused': async (api) => {
    await family(api);
    await api.delete('configmaps/parent', { orphanDependents: true, propagationPolicy: 'Orphan' });
    await api.delete('configmaps/parent', { propagationPolicy: 'Sideways' });
    await api.delete('configmaps/parent', { gracePeriodSeconds: 'long' });
  },
  'options come in the query too': async (api) => {
    await family(api);
    await api.delete('configmaps/parent', undefined, { query: { propagationPolicy: 'Orphan' }, ...meta });
    await gone(api, 'configmaps/parent');
    await api.get('configmaps/child', meta);
  },
  'a child of two goes with the last': async (api) => {
    const [one, two] = [
      await api.quietly('POST', 'configmaps', configMap('one')),
      await api.quietly('POST', 'configmaps', configMap('two')),
    ];
    const child = owned('child', one);
    child.metadata.ownerReferences.push(...owned('x', two).metadata.ownerReferences);
    await api.quietly('POST', 'configmaps', child);
    await api.quietly('DELETE', 'configmaps/one');
    await api.until('configmaps/child', (o) => o.metadata.ownerReferences.length === 1);
    await api.get('configmaps/child', { pick: (o) => o.metadata.ownerReferences });
    await api.quietly('DELETE', 'configmaps/two');
    await gone(api, 'configmaps/child');
  },
  'a child of nobody is collected': async (api) => {
    const nobody = {
      ...configMap('nobody'),
      metadata: { name: 'nobody', uid: '00000000-0000-0000-0000-000000000001' },
    };
    await api.quietly('POST', 'configmaps', owned('child', nobody));
    await gone(api, 'configmaps/child');
    await api.get('configmaps/child');
  },
  'a Deployment in the foreground waits for its ReplicaSets and Pods': async (api) => {
    await api.quietly('POST', 'deployments', deployment('d', { replicas: 1 }));
    await api.until('pods', (list) => list.items.length === 1);
    await api.delete('deployments/d', { propagationPolicy: 'Foreground' }, meta);
    await gone(api, 'deployments/d');
    await api.get('replicasets', { pick: (l) => l.items.length });
    await api.get('pods', { pick: (l) => l.items.length });
  },
  'a Pod without a host goes at once': async (api) => {
    await api.quietly('POST', 'pods', pod('p'));
    await api.delete('pods/p', undefined, {
      pick: (o) => [o.kind, o.metadata.name, o.metadata.deletionGracePeriodSeconds],
    });
    await api.get('pods/p');
  },
  'a Pod on a host is given its time': async (api) => {
    const host = api.name('node');
    await api.quietly('POST', 'nodes', named('v1', 'Node', host));
    await api.quietly(
      'POST',
      'pods',
      pod('p', { nodeName: host, terminationGracePeriodSeconds: 600, tolerations: [{ operator: 'Exists' }] }),
    );
    await api.delete('pods/p', undefined, meta);
    await api.delete('pods/p', { gracePeriodSeconds: 300 }, meta);
    await api.delete('pods/p', { gracePeriodSeconds: 500 }, meta);
    await api.delete('pods/p', { gracePeriodSeconds: 0 }, { pick: (o) => o.metadata.deletionGracePeriodSeconds });
    await api.get('pods/p');
  },
  'a negative grace is one second': async (api) => {
    const host = api.name('node');
    await api.quietly('POST', 'nodes', named('v1', 'Node', host));
    await api.quietly('POST', 'pods', pod('p', { nodeName: host, tolerations: [{ operator: 'Exists' }] }));
    await api.delete('pods/p', { gracePeriodSeconds: -5 }, { pick: (o) => o.metadata.deletionGracePeriodSeconds });
  },
  'Jobs of batch/v1 leave their Pods by default': async (api) => {
    await api.quietly(
      'POST',
      'jobs',
      named('batch/v1', 'Job', 'j', {
        spec: {
          suspend: true,
          template: { spec: { restartPolicy: 'Never', containers: [{ name: 'c', image: 'i' }] } },
        },
      }),
    );
    await api.delete('jobs/j', undefined, meta);
  },
};

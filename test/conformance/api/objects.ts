/** Objects are made, read, replaced and deleted. */
import type { Cases } from '../suite.ts';
import { configMap, deployment, named, pod, service } from './drafts.ts';

export const objects: Cases = {
  'a create answers 201 with the object as it is stored': async (api) => {
    await api.post('configmaps', configMap('a'));
    await api.get('configmaps/a');
  },
  'a create records who wrote which field': async (api) => {
    api.managedFields = true;
    await api.post('configmaps', configMap('a', { a: '1' }, { labels: { x: 'y' } }));
    await api.post('configmaps', configMap('b'), { query: { fieldManager: 'me' } });
  },
  'a second create of a name is refused': async (api) => {
    await api.quietly('POST', 'configmaps', configMap('a'));
    await api.post('configmaps', configMap('a'));
    await api.post('deployments', deployment('d'));
    await api.post('deployments', deployment('d'));
  },
  'a name is made of generateName': async (api) => {
    const made = await api.post('configmaps', { ...configMap('x'), metadata: { generateName: 'cm-' } });
    api.note('suffix', /^cm-[bcdfghjklmnpqrstvwxz2456789]{5}$/.test(made.metadata.name));
  },
  'generateName is cut to what fits': async (api) => {
    const made = await api.quietly('POST', 'configmaps', {
      ...configMap('x'),
      metadata: { generateName: 'a'.repeat(240) },
    });
    const made2 = await api.quietly('POST', 'services', {
      ...service('x'),
      metadata: { generateName: 'b'.repeat(60) },
    });
    api.note('lengths', [made.metadata.name.length, made2.metadata.name.length]);
  },
  'an object without a name is refused': async (api) => {
    await api.post('configmaps', { apiVersion: 'v1', kind: 'ConfigMap', metadata: {} });
    await api.post('configmaps', { apiVersion: 'v1', kind: 'ConfigMap' });
  },
  'a namespace other than that of the path is refused': (api) =>
    api.post('configmaps', configMap('a', {}, { namespace: 'elsewhere' })),
  'a create in a namespace that is not there is refused': (api) =>
    api.post('/api/v1/namespaces/nowhere/configmaps', configMap('a')),
  'an object of another kind is refused': async (api) => {
    await api.post('configmaps', { ...configMap('a'), kind: 'Secret' });
    await api.post('configmaps', { ...configMap('a'), apiVersion: 'v2' });
    await api.post('deployments', configMap('a'));
  },
  'an object may leave its kind out only on create of an untyped body': async (api) => {
    await api.post('configmaps', { metadata: { name: 'a' } });
    await api.post('configmaps', { kind: 'ConfigMap', metadata: { name: 'b' } });
  },
  'a body that is no JSON is refused': async (api) => {
    await api.post('configmaps', '{"apiVersion":');
    await api.post('configmaps', '');
    await api.post('configmaps', '[]');
    await api.post('configmaps', '"text"');
  },
  'a YAML body is taken': (api) =>
    api.send('POST', 'configmaps', {
      body: 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: yam}\ndata:\n  a: "1"\n',
      headers: { 'content-type': 'application/yaml' },
    }),
  'a body of an unknown media type is refused': (api) =>
    api.post('configmaps', configMap('a'), { headers: { 'content-type': 'text/plain' } }),
  'an answer in an unknown media type is refused': (api) =>
    api.get('configmaps', { headers: { accept: 'text/plain' } }),
  'an answer comes as YAML when asked for': async (api) => {
    await api.quietly('POST', 'configmaps', configMap('a'));
    await api.get('configmaps/a', { headers: { accept: 'application/yaml' }, pick: (text) => text.split('\n')[0] });
  },
  'a field of the wrong type is refused': async (api) => {
    await api.post('configmaps', { ...configMap('a'), data: { a: 1 } });
    await api.post('configmaps', { ...configMap('a'), data: 'text' });
    await api.post('pods', pod('p', { terminationGracePeriodSeconds: 'long' }));
    await api.post('pods', pod('p', { containers: 'none' }));
    await api.post('pods', pod('p', { hostNetwork: 'yes' }));
    await api.post('services', service('s', { ports: [{ port: 80.5 }] }));
  },
  'a name that is not there is not found': async (api) => {
    await api.get('configmaps/none');
    await api.put('configmaps/none', configMap('none'));
    await api.patch('merge', 'configmaps/none', {});
    await api.delete('configmaps/none');
    await api.get('deployments/none');
  },
  'a path that is not there is not found': async (api) => {
    await api.get('/api/v1/namespaces/default/nothings');
    await api.get('/apis/none.example.com/v1/things');
    await api.get('/apis/apps/v2/deployments');
    await api.get('/nothing');
    await api.get('/api/v1/namespaces/default/pods/a/nothing');
  },
  'a method that a path does not know is refused': async (api) => {
    await api.send('PUT', 'configmaps', { body: configMap('a') });
    await api.send('POST', 'configmaps/a', { body: configMap('a') });
    await api.send('PATCH', 'configmaps', { body: {}, headers: { 'content-type': 'application/merge-patch+json' } });
  },
  'a replace answers 200 with the new object': async (api) => {
    const made = await api.quietly('POST', 'configmaps', configMap('a'));
    await api.put('configmaps/a', { ...made, data: { b: '2' } });
  },
  'a replace from an old version is a conflict': async (api) => {
    const made = await api.quietly('POST', 'configmaps', configMap('a'));
    await api.quietly('PUT', 'configmaps/a', { ...made, data: { b: '2' } });
    await api.put('configmaps/a', { ...made, data: { c: '3' } });
  },
  'a replace without a version always goes through': async (api) => {
    await api.quietly('POST', 'configmaps', configMap('a'));
    await api.put('configmaps/a', configMap('a', { z: '26' }));
  },
  'a replace under another name is refused': async (api) => {
    await api.quietly('POST', 'configmaps', configMap('a'));
    await api.put('configmaps/a', configMap('b'));
  },
  'a replace with another uid is a conflict': async (api) => {
    await api.quietly('POST', 'configmaps', configMap('a'));
    await api.put('configmaps/a', configMap('a', {}, { uid: '00000000-0000-0000-0000-000000000000' }));
  },
  'a replace that changes nothing keeps the version': async (api) => {
    const made = await api.quietly('POST', 'configmaps', configMap('a'));
    const same = await api.put('configmaps/a', made);
    api.note('same version', made.metadata.resourceVersion === same.metadata.resourceVersion);
  },
  'a create with a version is refused': (api) => api.post('configmaps', configMap('a', {}, { resourceVersion: '5' })),
  'what a client says of uid, creationTimestamp and selfLink does not count': async (api) => {
    const made = await api.post(
      'configmaps',
      configMap('a', {}, { uid: 'x', creationTimestamp: '2001-01-01T00:00:00Z', selfLink: '/x', generation: 7 }),
    );
    api.note('new', made.metadata.creationTimestamp > '2020' && made.metadata.uid !== 'x');
  },
  'a deletionTimestamp cannot be set by a write': async (api) => {
    await api.post('configmaps', configMap('a', {}, { deletionTimestamp: '2001-01-01T00:00:00Z' }));
    await api.put('configmaps/a', configMap('a', { b: '1' }, { deletionTimestamp: '2001-01-01T00:00:00Z' }));
  },
  'the generation counts changes of the spec only': async (api) => {
    const made = await api.quietly('POST', 'deployments', deployment('d'));
    const generation = { pick: (o: { metadata: { generation: number } }) => o.metadata.generation };
    api.note('first', made.metadata.generation);
    await api.patch('merge', 'deployments/d', { metadata: { labels: { x: 'y' } } }, generation);
    await api.patch('merge', 'deployments/d', { spec: { replicas: 0 } }, generation);
    await api.patch('merge', 'deployments/d', { spec: { minReadySeconds: 4 } }, generation);
    await api.patch('merge', 'deployments/d/status', { status: { observedGeneration: 9 } }, generation);
  },
  'a delete answers with a Status': async (api) => {
    await api.quietly('POST', 'configmaps', configMap('a'));
    await api.delete('configmaps/a');
    await api.get('configmaps/a');
  },
  'a delete under preconditions that do not hold is a conflict': async (api) => {
    const made = await api.quietly('POST', 'configmaps', configMap('a'));
    await api.delete('configmaps/a', { preconditions: { uid: '00000000-0000-0000-0000-000000000000' } });
    await api.delete('configmaps/a', { preconditions: { resourceVersion: '1' } }, { pick: () => 'gone' });
    await api.delete('configmaps/a', { preconditions: { uid: made.metadata.uid } });
  },
  'a collection is deleted by selector': async (api) => {
    for (const name of ['a', 'b', 'c'])
      await api.quietly(
        'POST',
        'secrets',
        named('v1', 'Secret', name, { metadata: { labels: { even: `${name === 'b'}` } } }),
      );
    const names = {
      pick: (list: { items: { metadata: { name: string } }[] }) => list.items.map((o) => o.metadata.name),
    };
    await api.delete('secrets', undefined, { query: { labelSelector: 'even=false' }, ...names });
    await api.get('secrets', names);
  },
  'a dry run answers as if, and nothing is kept': async (api) => {
    await api.post('configmaps', configMap('a'), { query: { dryRun: 'All' } });
    await api.get('configmaps/a');
    await api.quietly('POST', 'configmaps', configMap('b'));
    await api.patch('merge', 'configmaps/b', { data: { a: '2' } }, { query: { dryRun: 'All' } });
    await api.put('configmaps/b', configMap('b', { a: '3' }), { query: { dryRun: 'All' } });
    await api.delete('configmaps/b', undefined, { query: { dryRun: 'All' } });
    await api.delete('configmaps/b', { dryRun: ['All'] });
    await api.get('configmaps/b');
  },
  'a dry run is judged like any other write': async (api) => {
    await api.post('configmaps', configMap('A B'), { query: { dryRun: 'All' } });
    await api.quietly('POST', 'configmaps', configMap('a'));
    await api.post('configmaps', configMap('a'), { query: { dryRun: 'All' } });
  },
  'a dry run other than All is refused': async (api) => {
    await api.post('configmaps', configMap('a'), { query: { dryRun: 'Some' } });
    await api.quietly('POST', 'configmaps', configMap('a'));
    await api.delete('configmaps/a', { dryRun: ['Some'] });
    await api.put('configmaps/a', configMap('a'), { query: { dryRun: 'true' } });
  },
  'a field manager with a bad name is refused': async (api) => {
    await api.post('configmaps', configMap('a'), { query: { fieldManager: 'x'.repeat(129) } });
    await api.post('configmaps', configMap('a'), { query: { fieldManager: 'a\u0007b' } });
  },
  'an immutable ConfigMap stays as it is': async (api) => {
    await api.quietly('POST', 'configmaps', { ...configMap('a'), immutable: true });
    await api.patch('merge', 'configmaps/a', { data: { a: '2' } });
    await api.patch('merge', 'configmaps/a', { immutable: false });
    await api.patch('merge', 'configmaps/a', { metadata: { labels: { may: 'change' } } });
  },
  'stringData of a Secret becomes data': async (api) => {
    await api.post(
      'secrets',
      named('v1', 'Secret', 's', { stringData: { a: 'text', b: '' }, data: { a: 'eA==', c: 'eA==' } }),
    );
    await api.post('secrets', named('v1', 'Secret', 't', { data: { a: 'no base64!' } }));
  },
  'Secrets of known types need their keys': async (api) => {
    for (const type of [
      'kubernetes.io/tls',
      'kubernetes.io/basic-auth',
      'kubernetes.io/dockerconfigjson',
      'kubernetes.io/ssh-auth',
    ])
      await api.post('secrets', named('v1', 'Secret', 's', { type }));
    await api.post('secrets', named('v1', 'Secret', 's', { type: 'kubernetes.io/service-account-token' }));
    await api.post('secrets', named('v1', 'Secret', 'opaque', {}));
    await api.patch('merge', 'secrets/opaque', { type: 'other' });
  },
};

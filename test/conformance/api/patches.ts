/** JSON, merge and strategic merge patches. */
import type { Json } from '../../../src/controlplane/registry/definition.ts';
import type { Cases } from '../suite.ts';
import type { Talk } from '../talk.ts';
import { configMap, deployment, pod, podSpec, service } from './drafts.ts';

const data = { pick: (o: Json) => o.data };
const spec = { pick: (o: Json) => o.spec.template.spec };

const withMap = (hold: (api: Talk) => Promise<unknown>) => async (api: Talk) => {
  await api.quietly('POST', 'configmaps', configMap('a', { a: '1', b: '2' }));
  await hold(api);
};

const two = {
  template: {
    metadata: { labels: { app: 'web' } },
    spec: podSpec({
      containers: [
        {
          name: 'c',
          image: 'i:1',
          env: [
            { name: 'A', value: '1' },
            { name: 'B', value: '2' },
          ],
          ports: [{ containerPort: 80 }],
          args: ['x', 'y'],
        },
        { name: 'd', image: 'i:1' },
      ],
      volumes: [{ name: 'v', emptyDir: {} }],
      tolerations: [{ key: 'a', operator: 'Exists' }],
    }),
  },
};

const withDeployment = (hold: (api: Talk) => Promise<unknown>) => async (api: Talk) => {
  await api.quietly('POST', 'deployments', deployment('d', two));
  await hold(api);
};

const inSpec = (body: Json) => ({ spec: { template: { spec: body } } });
const strategic = (body: Json) => withDeployment((api) => api.patch('strategic', 'deployments/d', inSpec(body), spec));

export const patches: Cases = {
  'a JSON patch adds, replaces, removes, moves, copies and tests': withMap(async (api) => {
    await api.patch('json', 'configmaps/a', [{ op: 'add', path: '/data/c', value: '3' }], data);
    await api.patch('json', 'configmaps/a', [{ op: 'replace', path: '/data/c', value: '4' }], data);
    await api.patch('json', 'configmaps/a', [{ op: 'remove', path: '/data/a' }], data);
    await api.patch('json', 'configmaps/a', [{ op: 'move', from: '/data/b', path: '/data/e' }], data);
    await api.patch('json', 'configmaps/a', [{ op: 'copy', from: '/data/e', path: '/data/f' }], data);
    await api.patch('json', 'configmaps/a', [{ op: 'test', path: '/data/f', value: '2' }], data);
  }),
  'a JSON patch names keys with slashes and tildes': withMap((api) =>
    api.patch(
      'json',
      'configmaps/a',
      [
        { op: 'add', path: '/metadata/annotations', value: { 'a/b': '1' } },
        { op: 'replace', path: '/metadata/annotations/a~1b', value: '2' },
      ],
      { pick: (o) => o.metadata.annotations },
    ),
  ),
  'a JSON patch whose test fails is refused': withMap((api) =>
    api.patch('json', 'configmaps/a', [{ op: 'test', path: '/data/a', value: 'x' }]),
  ),
  'a JSON patch of a path that is not there is refused': withMap(async (api) => {
    await api.patch('json', 'configmaps/a', [{ op: 'remove', path: '/data/none' }]);
    await api.patch('json', 'configmaps/a', [{ op: 'replace', path: '/data/none', value: '1' }]);
    await api.patch('json', 'configmaps/a', [{ op: 'add', path: '/none/none', value: '1' }]);
  }),
  'a JSON patch that is no list of operations is refused': withMap(async (api) => {
    await api.patch('json', 'configmaps/a', {});
    await api.patch('json', 'configmaps/a', [{ op: 'dance', path: '/data' }]);
    await api.patch('json', 'configmaps/a', '[{');
  }),
  'a JSON patch inserts into lists and appends with a dash': withDeployment(async (api) => {
    const at = '/spec/template/spec/containers/0/args';
    await api.patch(
      'json',
      'deployments/d',
      [
        { op: 'add', path: `${at}/1`, value: 'm' },
        { op: 'add', path: `${at}/-`, value: 'z' },
      ],
      spec,
    );
    await api.patch('json', 'deployments/d', [{ op: 'remove', path: `${at}/9` }]);
  }),
  'a JSON patch may not change what does not change': withMap(async (api) => {
    await api.patch('json', 'configmaps/a', [{ op: 'replace', path: '/metadata/name', value: 'b' }]);
    await api.patch('json', 'configmaps/a', [{ op: 'replace', path: '/kind', value: 'Secret' }]);
    await api.patch('json', 'configmaps/a', [{ op: 'replace', path: '/metadata/uid', value: 'b' }]);
  }),
  'a merge patch sets, and removes with null': withMap((api) =>
    api.patch('merge', 'configmaps/a', { data: { a: null, c: '3' } }, data),
  ),
  'a merge patch replaces lists': withDeployment((api) =>
    api.patch('merge', 'deployments/d', inSpec({ containers: [{ name: 'e', image: 'i:2' }] }), spec),
  ),
  'a merge patch that is no object is refused': withMap(async (api) => {
    await api.patch('merge', 'configmaps/a', []);
    await api.patch('merge', 'configmaps/a', '"text"');
    await api.patch('merge', 'configmaps/a', '{');
  }),
  'a merge patch with a version is conditional': withMap(async (api) => {
    await api.patch('merge', 'configmaps/a', { metadata: { resourceVersion: '1' }, data: { z: '1' } });
  }),
  'a merge patch under another name is refused': withMap((api) =>
    api.patch('merge', 'configmaps/a', { metadata: { name: 'b' } }),
  ),
  'a patch that changes nothing keeps the version': withMap(async (api) => {
    const before = await api.quietly('GET', 'configmaps/a');
    const after = await api.patch('merge', 'configmaps/a', { data: { a: '1' } }, data);
    api.note('same', before.metadata.resourceVersion === after.metadata.resourceVersion);
  }),
  'a patch of a refused value is refused like any write': withMap(async (api) => {
    await api.patch('merge', 'configmaps/a', { data: { 'a b': '1' } });
    await api.patch('merge', 'configmaps/a', { data: { a: 1 } });
    await api.patch('strategic', 'configmaps/a', { metadata: { labels: { a: '-' } } });
  }),
  'an unknown kind of patch is refused': withMap((api) =>
    api.send('PATCH', 'configmaps/a', { body: {}, headers: { 'content-type': 'application/json' } }),
  ),
  'a strategic patch merges containers by name': strategic({ containers: [{ name: 'c', image: 'i:2' }] }),
  'a strategic patch adds a container in front': strategic({ containers: [{ name: 'n', image: 'i:9' }] }),
  'a strategic patch deletes a container': strategic({ containers: [{ name: 'd', $patch: 'delete' }] }),
  'a strategic patch replaces a list': strategic({
    containers: [{ $patch: 'replace' }, { name: 'only', image: 'i:3' }],
  }),
  'a strategic patch orders a list': strategic({ '$setElementOrder/containers': [{ name: 'd' }, { name: 'c' }] }),
  'a strategic patch merges env and ports by their keys': strategic({
    containers: [
      {
        name: 'c',
        env: [
          { name: 'B', value: '3' },
          { name: 'C', value: '4' },
        ],
        ports: [{ containerPort: 80, name: 'web' }],
      },
    ],
  }),
  'a strategic patch removes one env': strategic({
    containers: [{ name: 'c', env: [{ name: 'A', $patch: 'delete' }] }],
  }),
  'a strategic patch replaces lists without a key': strategic({
    containers: [{ name: 'c', args: ['q'] }],
    tolerations: [],
  }),
  'a strategic patch replaces a map': withDeployment((api) =>
    api.patch(
      'strategic',
      'deployments/d',
      { spec: { strategy: { $patch: 'replace', type: 'Recreate' } } },
      { pick: (o) => o.spec.strategy },
    ),
  ),
  'a strategic patch retains keys': withDeployment((api) =>
    api.patch(
      'strategic',
      'deployments/d',
      { spec: { strategy: { $retainKeys: ['type'], type: 'Recreate' } } },
      { pick: (o) => o.spec.strategy },
    ),
  ),
  'a strategic patch retains keys of a volume': strategic({
    volumes: [{ name: 'v', $retainKeys: ['name', 'configMap'], configMap: { name: 'a' } }],
  }),
  'a strategic patch deletes from a primitive list': async (api) => {
    await api.quietly('POST', 'configmaps', configMap('a', {}, { finalizers: ['example.com/a', 'example.com/b'] }));
    await api.patch(
      'strategic',
      'configmaps/a',
      { metadata: { '$deleteFromPrimitiveList/finalizers': ['example.com/a'] } },
      { pick: (o) => o.metadata.finalizers },
    );
    await api.patch(
      'strategic',
      'configmaps/a',
      { metadata: { finalizers: ['example.com/c'] } },
      { pick: (o) => o.metadata.finalizers },
    );
  },
  'a strategic patch without the merge key is refused': strategic({ containers: [{ image: 'i:1' }] }),
  'a strategic patch with an unknown directive is refused': strategic({ containers: [{ name: 'c', $patch: 'dance' }] }),
  'a strategic patch of Service ports goes by port': async (api) => {
    await api.quietly(
      'POST',
      'services',
      service('s', {
        ports: [
          { name: 'a', port: 80 },
          { name: 'b', port: 81 },
        ],
      }),
    );
    await api.patch(
      'strategic',
      'services/s',
      { spec: { ports: [{ port: 81, targetPort: 8081 }] } },
      { pick: (o) => o.spec.ports },
    );
  },
  "a Pod's image may be patched and little else": async (api) => {
    await api.quietly('POST', 'pods', pod('p'));
    await api.patch(
      'strategic',
      'pods/p',
      { spec: { containers: [{ name: 'c', image: 'i:9' }] } },
      { pick: (o) => o.spec.containers },
    );
    await api.patch(
      'strategic',
      'pods/p',
      { spec: { containers: [{ name: 'c', command: ['x'] }] } },
      { pick: (o) => o.spec.containers },
    );
    await api.patch('merge', 'pods/p', { spec: { nodeName: 'n' } }, { pick: (o) => o.spec.nodeName });
    await api.patch(
      'merge',
      'pods/p',
      { spec: { activeDeadlineSeconds: 30 } },
      { pick: (o) => o.spec.activeDeadlineSeconds },
    );
    await api.patch('merge', 'pods/p', { spec: { activeDeadlineSeconds: 60 } });
  },
  'a selector of a Deployment does not change': withDeployment((api) =>
    api.patch('merge', 'deployments/d', { spec: { selector: { matchLabels: { app: 'b' } } } }),
  ),
  'a patch records its manager as an update': withMap(async (api) => {
    api.managedFields = true;
    await api.patch(
      'merge',
      'configmaps/a',
      { data: { c: '3' } },
      { query: { fieldManager: 'two' }, pick: (o) => o.metadata.managedFields },
    );
    await api.patch('json', 'configmaps/a', [{ op: 'replace', path: '/data/a', value: '9' }], {
      query: { fieldManager: 'three' },
      pick: (o) => o.metadata.managedFields,
    });
    await api.patch(
      'merge',
      'configmaps/a',
      { data: { a: null } },
      { query: { fieldManager: 'two' }, pick: (o) => o.metadata.managedFields },
    );
  }),
  'force belongs to apply only': withMap((api) =>
    api.patch('merge', 'configmaps/a', { data: { c: '3' } }, { query: { force: true } }),
  ),
};

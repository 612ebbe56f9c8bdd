/** Server-side apply: who owns what, conflicts, and lists that merge. */
import type { Json } from '../../../src/controlplane/registry/definition.ts';
import type { Cases } from '../suite.ts';
import { configMap, deployment, podSpec, service } from './drafts.ts';

const owners = { pick: (o: Json) => ({ data: o.data, managedFields: o.metadata.managedFields }) };
const force = { query: { force: true } };
const containers = { pick: (o: Json) => o.spec.template.spec.containers };

const within = (spec: Json) => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'd' },
  spec: { template: { spec } },
});

export const apply: Cases = {
  'an apply makes what is not there': async (api) => {
    api.managedFields = true;
    await api.apply('one', 'configmaps/a', configMap('a'));
  },
  'an apply needs a field manager': (api) => api.patch('apply', 'configmaps/a', configMap('a')),
  'an apply of another name, kind or version is refused': async (api) => {
    await api.apply('one', 'configmaps/a', configMap('b'));
    await api.apply('one', 'configmaps/a', { ...configMap('a'), kind: 'Secret' });
    await api.apply('one', 'configmaps/a', { metadata: { name: 'a' } });
  },
  'an apply may not carry managedFields': (api) =>
    api.apply(
      'one',
      'configmaps/a',
      configMap(
        'a',
        {},
        {
          managedFields: [{ manager: 'x', operation: 'Apply', apiVersion: 'v1', fieldsType: 'FieldsV1', fieldsV1: {} }],
        },
      ),
    ),
  'the same apply again keeps the version': async (api) => {
    const first = await api.quietly('PATCH', 'configmaps/a', configMap('a'), {
      query: { fieldManager: 'one' },
      headers: { 'content-type': 'application/apply-patch+yaml' },
    });
    const second = await api.apply('one', 'configmaps/a', configMap('a'));
    api.note('same', first.metadata.resourceVersion === second.metadata.resourceVersion);
  },
  'a field that another manager applied is a conflict': async (api) => {
    await api.apply('one', 'configmaps/a', configMap('a', { a: '1', b: '1' }), owners);
    await api.apply('two', 'configmaps/a', configMap('a', { a: '2', b: '1' }));
    await api.apply('two', 'configmaps/a', configMap('a', { a: '2', b: '2' }));
  },
  'a field that another manager wrote by update is a conflict': async (api) => {
    await api.quietly('POST', 'configmaps', configMap('a'));
    await api.apply('two', 'configmaps/a', configMap('a', { a: '2' }));
  },
  'conflicts with several managers name them all': async (api) => {
    await api.quietly('POST', 'configmaps', configMap('a', { a: '1' }));
    await api.apply('one', 'configmaps/a', configMap('a', { b: '1' }), owners);
    await api.apply('two', 'configmaps/a', configMap('a', { a: '2', b: '2' }));
  },
  'force takes the field over': async (api) => {
    api.managedFields = true;
    await api.apply('one', 'configmaps/a', configMap('a', { a: '1', b: '1' }), owners);
    await api.apply('two', 'configmaps/a', configMap('a', { a: '2' }), { ...force, ...owners });
    await api.apply('one', 'configmaps/a', configMap('a', { b: '1' }), owners);
  },
  'the same value is shared, and stays until the last owner leaves': async (api) => {
    api.managedFields = true;
    await api.apply('one', 'configmaps/a', configMap('a', { a: '1', b: '1' }), owners);
    await api.apply('two', 'configmaps/a', configMap('a', { a: '1' }), owners);
    await api.apply('one', 'configmaps/a', configMap('a', { b: '1' }), owners);
    await api.apply('two', 'configmaps/a', configMap('a', {}), owners);
  },
  'what is no longer applied is removed': async (api) => {
    await api.apply('one', 'configmaps/a', configMap('a', { a: '1', b: '1' }), owners);
    await api.apply('one', 'configmaps/a', configMap('a', { b: '1' }), owners);
  },
  'what another updated survives': async (api) => {
    api.managedFields = true;
    await api.apply('one', 'configmaps/a', configMap('a', { a: '1' }), owners);
    await api.patch('merge', 'configmaps/a', { data: { b: '2' } }, { query: { fieldManager: 'two' }, ...owners });
    await api.apply('one', 'configmaps/a', configMap('a', { c: '3' }), owners);
  },
  'an update by the same manager is another entry': async (api) => {
    api.managedFields = true;
    await api.apply('one', 'configmaps/a', configMap('a', { a: '1' }), owners);
    await api.patch('merge', 'configmaps/a', { data: { a: '2' } }, { query: { fieldManager: 'one' }, ...owners });
    await api.apply('one', 'configmaps/a', configMap('a', { a: '1' }), owners);
  },
  'containers merge by name between managers': async (api) => {
    await api.quietly('POST', 'deployments', deployment('d'), { query: { fieldManager: 'base' } });
    await api.apply('one', 'deployments/d', within({ containers: [{ name: 'side', image: 's:1' }] }), containers);
    await api.apply(
      'one',
      'deployments/d',
      within({ containers: [{ name: 'side', image: 's:1', env: [{ name: 'A', value: '1' }] }] }),
      containers,
    );
    await api.apply(
      'two',
      'deployments/d',
      within({ containers: [{ name: 'side', env: [{ name: 'B', value: '1' }] }] }),
      containers,
    );
    await api.apply('one', 'deployments/d', within({ containers: [{ name: 'side', image: 's:1' }] }), containers);
    await api.apply('two', 'deployments/d', within({}), containers);
  },
  'a container that one applied and another uses is kept until both leave': async (api) => {
    await api.quietly('POST', 'deployments', deployment('d'));
    await api.apply('one', 'deployments/d', within({ containers: [{ name: 'side', image: 's:1' }] }), containers);
    await api.apply('one', 'deployments/d', within({}), containers);
  },
  'atomic lists belong to one manager as a whole': async (api) => {
    await api.quietly('POST', 'deployments', deployment('d'));
    await api.apply(
      'one',
      'deployments/d',
      within({ containers: [{ name: 'c', image: 'example.com/web:1', args: ['a', 'b'] }] }),
      containers,
    );
    await api.apply('two', 'deployments/d', within({ containers: [{ name: 'c', args: ['a'] }] }));
    await api.apply('two', 'deployments/d', within({ containers: [{ name: 'c', args: ['a'] }] }), {
      ...force,
      ...containers,
    });
  },
  'sets merge by value': async (api) => {
    const finalizers = (...names: string[]) => configMap('a', {}, { finalizers: names });
    const pick = { pick: (o: Json) => o.metadata.finalizers };
    await api.apply('one', 'configmaps/a', finalizers('example.com/a', 'example.com/b'), pick);
    await api.apply('two', 'configmaps/a', finalizers('example.com/c'), pick);
    await api.apply('one', 'configmaps/a', finalizers('example.com/b'), pick);
  },
  'ports merge by port and protocol, the protocol by default': async (api) => {
    const ports = { pick: (o: Json) => o.spec.ports };
    await api.apply('one', 'services/s', service('s', { ports: [{ name: 'a', port: 80 }] }), ports);
    await api.apply(
      'two',
      'services/s',
      {
        apiVersion: 'v1',
        kind: 'Service',
        metadata: { name: 's' },
        spec: { ports: [{ name: 'u', port: 80, protocol: 'UDP' }] },
      },
      ports,
    );
  },
  'a key that comes twice is refused': async (api) => {
    await api.quietly('POST', 'deployments', deployment('d'));
    await api.apply(
      'one',
      'deployments/d',
      within({
        containers: [
          { name: 'x', image: 'a' },
          { name: 'x', image: 'b' },
        ],
      }),
    );
    await api.apply('one', 'deployments/d', within({ containers: [{ image: 'a' }] }));
  },
  'a field that the schema does not know is refused': async (api) => {
    await api.apply('one', 'deployments/d', { ...deployment('d'), spec: { ...deployment('d').spec, dance: 1 } });
    await api.apply('one', 'configmaps/a', { ...configMap('a'), dates: {} });
    await api.apply('one', 'deployments/d', within({ containers: 'x' }));
  },
  'scale is shared with those who scale': async (api) => {
    const replicas = { pick: (o: Json) => o.spec.replicas };
    await api.apply('one', 'deployments/d', deployment('d', { replicas: 0 }), replicas);
    await api.patch(
      'merge',
      'deployments/d/scale',
      { spec: { replicas: 1 } },
      { query: { fieldManager: 'scaler' }, ...replicas },
    );
    await api.apply('one', 'deployments/d', deployment('d', { replicas: 0 }));
    const { replicas: _, ...rest } = deployment('d').spec;
    await api.apply('one', 'deployments/d', { ...deployment('d'), spec: rest }, replicas);
  },
  'status is applied through its own door': async (api) => {
    api.managedFields = true;
    await api.quietly('POST', 'deployments', { ...deployment('d'), spec: { ...deployment('d').spec, paused: true } });
    const status = {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'd' },
      status: {
        conditions: [
          {
            type: 'Odd',
            status: 'True',
            reason: 'r',
            message: 'm',
            lastTransitionTime: '2026-01-01T00:00:00Z',
            lastUpdateTime: '2026-01-01T00:00:00Z',
          },
        ],
      },
    };
    await api.apply('one', 'deployments/d/status', status, {
      pick: (o) => ({
        mine: o.metadata.managedFields.filter((m: Json) => m.manager === 'one'),
        odd: o.status.conditions.filter((c: Json) => c.type === 'Odd'),
      }),
    });
    await api.apply(
      'two',
      'deployments/d',
      { ...status, status: { replicas: 9 } },
      { pick: (o) => o.metadata.managedFields.filter((m: Json) => m.manager === 'two') },
    );
  },
  'an apply in a dry run is not kept': async (api) => {
    await api.apply('one', 'configmaps/a', configMap('a'), { query: { dryRun: 'All' } });
    await api.get('configmaps/a');
  },
  'an apply under a precondition that does not hold is a conflict': async (api) => {
    await api.quietly('POST', 'configmaps', configMap('a'));
    await api.apply('one', 'configmaps/a', configMap('a', { a: '1' }, { resourceVersion: '1' }));
    await api.apply('one', 'configmaps/none', configMap('none', {}, { resourceVersion: '1' }));
    await api.apply('one', 'configmaps/none', configMap('none', {}, { uid: '00000000-0000-0000-0000-000000000000' }));
  },
  'managedFields may be cleared, and are then rebuilt': async (api) => {
    api.managedFields = true;
    await api.quietly('POST', 'configmaps', configMap('a', { a: '1', b: '2' }));
    await api.patch('merge', 'configmaps/a', { metadata: { managedFields: [{}] } });
    await api.apply('one', 'configmaps/a', configMap('a', { a: '3' }), owners);
  },
  'managedFields that cannot be are refused': async (api) => {
    await api.quietly('POST', 'configmaps', configMap('a'));
    await api.patch('merge', 'configmaps/a', {
      metadata: {
        managedFields: [{ manager: 'x', operation: 'Dance', apiVersion: 'v1', fieldsType: 'FieldsV1', fieldsV1: {} }],
      },
    });
    await api.patch('merge', 'configmaps/a', {
      metadata: {
        managedFields: [{ manager: 'x', operation: 'Apply', apiVersion: 'v1', fieldsType: 'FieldsV2', fieldsV1: {} }],
      },
    });
  },
  'the last applied annotation of kubectl hands its fields over': async (api) => {
    api.managedFields = true;
    const annotation = {
      'kubectl.kubernetes.io/last-applied-configuration': JSON.stringify(configMap('a', { a: '1', b: '1' })),
    };
    await api.quietly('POST', 'configmaps', configMap('a', { a: '1', b: '1' }, { annotations: annotation }), {
      query: { fieldManager: 'kubectl-client-side-apply' },
    });
    await api.apply('kubectl', 'configmaps/a', configMap('a', { a: '2' }), {
      pick: (o) => [o.data, o.metadata.managedFields],
    });
  },
  'applied YAML is read as YAML': (api) =>
    api.apply('one', 'configmaps/a', 'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\ndata:\n  a: "yes"\n'),
  'an applied null removes nothing and owns nothing': async (api) => {
    api.managedFields = true;
    await api.apply('one', 'configmaps/a', { ...configMap('a', { a: '1' }), immutable: null }, owners);
    await api.apply(
      'two',
      'deployments/d',
      {
        ...deployment('d'),
        spec: {
          ...deployment('d').spec,
          template: { metadata: { labels: { app: 'web' } }, spec: podSpec({ volumes: null }) },
        },
      },
      { pick: (o) => o.metadata.managedFields },
    );
  },
};

/** Namespaces, quotas, limit ranges, service accounts, events, nodes, services and priorities. */
import type { Json } from '../../../src/controlplane/registry/definition.ts';
import type { Cases } from '../suite.ts';
import type { Talk } from '../talk.ts';
import { configMap, deployment, named, node, pod, service } from './drafts.ts';

const merge = { headers: { 'content-type': 'application/merge-patch+json' } };

async function quota(api: Talk, hard: Json, more: Json = {}): Promise<void> {
  await api.quietly('POST', 'resourcequotas', named('v1', 'ResourceQuota', 'q', { spec: { hard, ...more } }));
  await api.until(
    'resourcequotas/q',
    (q) => q.status?.used !== undefined && Object.keys(q.status.used).length === Object.keys(hard).length,
  );
}

const limit = (api: Talk, ...limits: Json[]) =>
  api.quietly('POST', 'limitranges', named('v1', 'LimitRange', 'l', { spec: { limits } }));
const container = (resources: Json) => ({ containers: [{ name: 'c', image: 'i', resources }] });
const resources = { pick: (o: Json) => o.spec.containers.map((c: Json) => c.resources) };
const spec = { pick: (o: Json) => o.spec };

export const lifecycle: Cases = {
  'a namespace is filled in': (api) => api.post('namespaces', named('v1', 'Namespace', api.name('new'))),
  'a namespace is given its account and its certificate': async (api) => {
    await api.get('serviceaccounts/default');
    await api.until('configmaps/kube-root-ca.crt', (o) => o !== undefined);
    await api.get('configmaps/kube-root-ca.crt', { pick: (o) => [Object.keys(o.data), o.metadata.annotations] });
  },
  'a namespace goes with all that is in it': async (api) => {
    await api.quietly('POST', 'configmaps', configMap('a'));
    await api.quietly('POST', 'deployments', deployment('d'));
    const path = `namespaces/${api.namespace}`;
    await api.delete(path, undefined, { pick: (o) => [o.status.phase, o.spec, o.metadata.deletionTimestamp] });
    await api.until(path, (o) => o === undefined);
    await api.get('configmaps', { pick: (l) => l.items.length });
    await api.get(path);
  },
  'nothing is made in a namespace that goes': async (api) => {
    await api.quietly('POST', 'configmaps', configMap('a', {}, { finalizers: ['example.com/wait'] }));
    await api.quietly('DELETE', `namespaces/${api.namespace}`);
    await api.post('configmaps', configMap('b'));
    await api.patch('merge', 'configmaps/a', { data: { still: 'changes' } }, { pick: (o) => o.data });
    await api.until(`namespaces/${api.namespace}`, (o) =>
      o.status.conditions?.some((c: Json) => c.type === 'NamespaceFinalizersRemaining' && c.status === 'True'),
    );
    await api.get(`namespaces/${api.namespace}`, {
      pick: (o) => o.status.conditions.map((c: Json) => [c.type, c.status, c.reason, c.message]).sort(),
    });
    await api.patch('merge', 'configmaps/a', { metadata: { finalizers: null } }, { pick: () => undefined });
    await api.until(`namespaces/${api.namespace}`, (o) => o === undefined);
  },
  'the first namespaces are not deleted': async (api) => {
    for (const name of ['default', 'kube-system', 'kube-public']) await api.delete(`namespaces/${name}`);
  },
  'a quota counts what there is': async (api) => {
    await api.quietly('POST', 'configmaps', configMap('a'));
    await api.quietly(
      'POST',
      'pods',
      pod('p', container({ requests: { cpu: '100m', memory: '64Mi' }, limits: { cpu: '1' } })),
    );
    await api.quietly('POST', 'services', service('s'));
    await quota(api, {
      'count/configmaps': '10',
      pods: '5',
      'requests.cpu': '2',
      cpu: '2',
      'limits.cpu': '4',
      'requests.memory': '1Gi',
      services: '3',
      'services.nodeports': '0',
    });
    await api.until('resourcequotas/q', (q) => q.status.used.pods === '1');
    await api.get('resourcequotas/q', { pick: (q) => q.status });
  },
  'a quota refuses what is too much': async (api) => {
    await quota(api, { 'count/configmaps': '2', pods: '1', 'requests.cpu': '500m' });
    await api.until('resourcequotas/q', (q) => q.status.used['count/configmaps'] === '1');
    await api.post('configmaps', configMap('a'), { pick: () => undefined });
    await api.post('configmaps', configMap('b'));
    await api.post('pods', pod('p'));
    await api.post('pods', pod('p', container({ requests: { cpu: '600m' } })));
    await api.post('pods', pod('p', container({ requests: { cpu: '400m' } })), { pick: () => undefined });
    await api.post('pods', pod('q', container({ requests: { cpu: '200m' } })));
    await api.get('resourcequotas/q', { pick: (q) => q.status });
  },
  'a quota refuses all that is refused at once': async (api) => {
    await quota(api, { pods: '0', 'requests.cpu': '1', 'limits.memory': '1Gi' });
    await api.post('pods', pod('p', container({ requests: { cpu: '2' }, limits: { memory: '2Gi' } })));
  },
  'a quota may count some Pods only': async (api) => {
    await quota(api, { pods: '0' }, { scopes: ['BestEffort'] });
    await api.post('pods', pod('p'));
    await api.post('pods', pod('p', container({ requests: { cpu: '1m' } })), { pick: () => undefined });
  },
  'limits are filled in': async (api) => {
    await limit(api, { type: 'Container', default: { cpu: '500m', memory: '128Mi' }, defaultRequest: { cpu: '100m' } });
    await api.get('limitranges/l', spec);
    await api.post('pods', pod('p'), { pick: (o) => [o.metadata.annotations, ...resources.pick(o)] });
    await api.post('pods', pod('q', container({ limits: { cpu: '1' } })), {
      pick: (o) => [o.metadata.annotations, ...resources.pick(o)],
    });
  },
  'what is beyond the limits is refused': async (api) => {
    await limit(
      api,
      { type: 'Container', max: { cpu: '1' }, min: { cpu: '100m' }, maxLimitRequestRatio: { cpu: '2' } },
      { type: 'Pod', max: { memory: '1Gi' } },
      { type: 'PersistentVolumeClaim', max: { storage: '1Gi' } },
    );
    await api.post('pods', pod('p', container({ requests: { cpu: '2' }, limits: { cpu: '2', memory: '1Mi' } })));
    await api.post('pods', pod('p', container({ requests: { cpu: '50m' }, limits: { cpu: '1', memory: '2Gi' } })));
    await api.post(
      'persistentvolumeclaims',
      named('v1', 'PersistentVolumeClaim', 'c', {
        spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '2Gi' } } },
      }),
    );
  },
  'a limit range that cannot be is refused': (api) =>
    api.post(
      'limitranges',
      named('v1', 'LimitRange', 'l', {
        spec: {
          limits: [
            { type: 'Container', min: { cpu: '2' }, max: { cpu: '1' } },
            { type: 'Pod', default: { cpu: '1' } },
          ],
        },
      }),
    ),
  'priorities come of their class': async (api) => {
    const name = api.name('high');
    await api.quietly(
      'POST',
      'priorityclasses',
      named('scheduling.k8s.io/v1', 'PriorityClass', name, { value: 1000, preemptionPolicy: 'Never' }),
    );
    const pick = { pick: (o: Json) => [o.spec.priority, o.spec.preemptionPolicy] };
    await api.post('pods', pod('p', { priorityClassName: name }), pick);
    await api.post('pods', pod('q'), pick);
    await api.post('pods', pod('r', { priorityClassName: 'system-node-critical' }), pick);
    await api.post('pods', pod('s', { priorityClassName: name, priority: 5 }));
    await api.patch('merge', `priorityclasses/${name}`, { value: 5 });
  },
  'Pods tolerate hosts that are lost for five minutes': (api) =>
    api.post('pods', pod('p', { tolerations: [{ key: 'a', operator: 'Exists' }] }), {
      pick: (o) => o.spec.tolerations,
    }),
  "a service account's pull secrets are given to its Pods": async (api) => {
    await api.quietly('PATCH', 'serviceaccounts/default', { imagePullSecrets: [{ name: 'pull' }] }, merge);
    await api.post('pods', pod('p'), {
      pick: (o) => [o.spec.imagePullSecrets, o.spec.serviceAccountName, o.spec.serviceAccount],
    });
  },
  'a Service is given addresses': async (api) => {
    await api.post('services', service('s'), spec);
    await api.post('services', service('headless', { clusterIP: 'None' }), spec);
    await api.post('services', service('np', { type: 'NodePort', externalTrafficPolicy: 'Local' }), spec);
    await api.post('services', service('lb', { type: 'LoadBalancer' }), spec);
    await api.post(
      'services',
      named('v1', 'Service', 'ext', { spec: { type: 'ExternalName', externalName: 'example.com' } }),
      spec,
    );
    await api.post('services', service('dual', { ipFamilyPolicy: 'RequireDualStack' }));
  },
  'a Service changes its type': async (api) => {
    const made = await api.quietly('POST', 'services', service('s', { type: 'NodePort' }));
    await api.patch('merge', 'services/s', { spec: { type: 'ClusterIP' } }, spec);
    await api.patch('merge', 'services/s', { spec: { type: 'ExternalName', externalName: 'example.com' } }, spec);
    await api.patch('merge', 'services/s', { spec: { type: 'ClusterIP' } }, spec);
    await api.patch('merge', 'services/s', { spec: { clusterIP: '10.96.200.200' } });
    api.note('had', made.spec.clusterIP);
  },
  'an address or port is given once': async (api) => {
    const made = await api.quietly('POST', 'services', service('s', { type: 'NodePort' }));
    await api.post('services', service('t', { clusterIP: made.spec.clusterIP }));
    await api.post(
      'services',
      service('t', { type: 'NodePort', ports: [{ port: 80, nodePort: made.spec.ports[0].nodePort }] }),
      { pick: () => undefined },
    );
    const last = api.exchanges.pop()!;
    api.exchanges.push({
      ...last,
      body: {
        ...last.body,
        message: last.body.message.replace(/\d{5}/, '<port>'),
        details: last.body.details.causes.length,
      },
    });
    await api.post('services', service('t', { type: 'NodePort', ports: [{ port: 80, nodePort: 80 }] }));
  },
  'a Node is filled in': async (api) => {
    await api.post('nodes', node(api.name('node')));
    await api.patch(
      'merge',
      `nodes/${api.name('node')}`,
      { spec: { unschedulable: true, podCIDR: '10.1.0.0/24' } },
      { pick: (o) => o.spec.unschedulable },
    );
    await api.patch('merge', `nodes/${api.name('node')}`, { spec: { podCIDR: '10.2.0.0/24' } });
    await api.patch(
      'merge',
      `nodes/${api.name('node')}/status`,
      { status: { capacity: { cpu: '4', memory: '8Gi' } } },
      { pick: (o) => o.status.capacity },
    );
  },
  'events of the old kind are kept': async (api) => {
    const event = named('v1', 'Event', 'e', {
      involvedObject: { kind: 'Pod', name: 'p', namespace: api.namespace },
      reason: 'Tested',
      message: 'it was tested',
      type: 'Normal',
      count: 1,
      firstTimestamp: '2026-01-01T00:00:00Z',
      lastTimestamp: '2026-01-01T00:00:00Z',
      source: { component: 'tester' },
    });
    await api.post('events', event);
    await api.get('events', {
      query: { fieldSelector: 'reason=Tested,involvedObject.name=p' },
      pick: (l) => l.items.length,
    });
    await api.post('events', {
      ...event,
      metadata: { name: 'f' },
      involvedObject: { kind: 'Pod', namespace: 'elsewhere' },
    });
  },
  'events of the new kind are the same events': async (api) => {
    const path = `/apis/events.k8s.io/v1/namespaces/${api.namespace}/events`;
    await api.post(path, {
      apiVersion: 'events.k8s.io/v1',
      kind: 'Event',
      metadata: { name: 'n' },
      eventTime: '2026-01-01T00:00:00.000000Z',
      action: 'Test',
      reason: 'Tested',
      type: 'Normal',
      reportingController: 'example.com/t',
      reportingInstance: 't-1',
      regarding: { kind: 'Pod', name: 'p', namespace: api.namespace },
      note: 'hello',
    });
    await api.get('events/n');
    await api.post(path, { apiVersion: 'events.k8s.io/v1', kind: 'Event', metadata: { name: 'bad' }, note: 'hello' });
  },
};

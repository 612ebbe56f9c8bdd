/** Status, scale, binding, eviction, resize, ephemeral containers. */
import type { Json } from '../../../src/controlplane/registry/definition.ts';
import type { Cases } from '../suite.ts';
import type { Talk } from '../talk.ts';
import { configMap, deployment, named, pod, service } from './drafts.ts';

const binding = (api: Talk, host: string, more: Json = {}) => ({
  apiVersion: 'v1',
  kind: 'Binding',
  metadata: { name: 'p', namespace: api.namespace, ...more },
  target: { apiVersion: 'v1', kind: 'Node', name: host },
});
const eviction = (api: Talk, name: string, deleteOptions?: Json) => ({
  apiVersion: 'policy/v1',
  kind: 'Eviction',
  metadata: { name, namespace: api.namespace },
  ...(deleteOptions && { deleteOptions }),
});

const FOREVER = [{ operator: 'Exists' }];

/** A Pod that its host says is up. */
async function running(api: Talk, name: string, spec: Json = {}): Promise<void> {
  const host = api.name('node');
  await api.quietly('GET', `nodes/${host}`).catch(() => api.quietly('POST', 'nodes', named('v1', 'Node', host)));
  await api.quietly(
    'POST',
    'pods',
    pod(name, { nodeName: host, tolerations: FOREVER, ...spec }, { labels: { app: 'web' } }),
  );
  const conditions = ['Ready', 'ContainersReady'].map((type) => ({
    type,
    status: 'True',
    lastTransitionTime: '2026-01-01T00:00:00Z',
  }));
  await api.quietly(
    'PATCH',
    `pods/${name}/status`,
    { status: { phase: 'Running', conditions } },
    { headers: { 'content-type': 'application/merge-patch+json' } },
  );
}

async function budget(api: Talk, spec: Json, holds: (status: Json) => boolean): Promise<void> {
  await api.quietly(
    'POST',
    'poddisruptionbudgets',
    named('policy/v1', 'PodDisruptionBudget', 'b', { spec: { selector: { matchLabels: { app: 'web' } }, ...spec } }),
  );
  await api.until('poddisruptionbudgets/b', (b) => b.status?.observedGeneration === 1 && holds(b.status));
}

async function workload(api: Talk): Promise<void> {
  await api.quietly('POST', 'deployments', deployment('d', { paused: true }));
  await api.until('deployments/d', (o) => o.status.observedGeneration === 1);
}

const cpu = (requests: string, limits?: string) => ({
  resources: { requests: { cpu: requests }, ...(limits && { limits: { cpu: limits } }) },
});

export const subresources: Cases = {
  'status is read and written through its door': async (api) => {
    await api.quietly('POST', 'services', service('s', { clusterIP: 'None' }));
    await api.patch('merge', 'services/s/status', {
      spec: { clusterIP: '1.2.3.4' },
      metadata: { labels: { x: 'y' } },
      status: { loadBalancer: { ingress: [{ ip: '192.0.2.7' }] } },
    });
    await api.get('services/s/status', { pick: (o) => o.kind });
    await api.patch('merge', 'services/s', { status: { loadBalancer: {} } }, { pick: (o) => o.status });
  },
  'a status on create does not count': (api) =>
    api.post('deployments', { ...deployment('d'), status: { replicas: 9 } }, { pick: (o) => o.status }),
  'a kind without status has no such door': async (api) => {
    await api.quietly('POST', 'configmaps', configMap('a'));
    await api.get('configmaps/a/status');
  },
  'scale is read and written': async (api) => {
    await workload(api);
    await api.get('deployments/d/scale');
    const scale = await api.quietly('GET', 'deployments/d/scale');
    await api.put('deployments/d/scale', { ...scale, spec: { replicas: 2 } });
    await api.patch('merge', 'deployments/d/scale', { spec: { replicas: 3 } });
    await api.get('deployments/d', { pick: (o) => [o.spec.replicas, o.metadata.generation] });
  },
  'a scale that cannot be is refused': async (api) => {
    await workload(api);
    await api.patch('merge', 'deployments/d/scale', { spec: { replicas: -1 } });
    await api.patch('merge', 'deployments/d/scale', { spec: { replicas: 'two' } });
    await api.patch('merge', 'deployments/d/scale', { metadata: { resourceVersion: '1' }, spec: { replicas: 1 } });
    await api.get('deployments/none/scale');
    await api.patch('strategic', 'deployments/d/scale', { spec: { replicas: 1 } }, { query: { dryRun: 'All' } });
    await api.patch('json', 'deployments/d/scale', [{ op: 'replace', path: '/spec/replicas', value: 1 }], {
      query: { dryRun: 'All' },
    });
  },
  'the scale of every workload is alike': async (api) => {
    const labels = { app: 'web' };
    const template = { metadata: { labels }, spec: { containers: [{ name: 'c', image: 'i' }] } };
    await api.quietly(
      'POST',
      'replicasets',
      named('apps/v1', 'ReplicaSet', 'r', { spec: { replicas: 0, selector: { matchLabels: labels }, template } }),
    );
    await api.quietly(
      'POST',
      'statefulsets',
      named('apps/v1', 'StatefulSet', 's', {
        spec: { replicas: 0, serviceName: 's', selector: { matchLabels: labels }, template },
      }),
    );
    await api.quietly(
      'POST',
      'replicationcontrollers',
      named('v1', 'ReplicationController', 'c', { spec: { replicas: 0, selector: labels, template } }),
    );
    for (const path of ['replicasets/r/scale', 'statefulsets/s/scale', 'replicationcontrollers/c/scale'])
      await api.get(path);
  },
  'a binding puts a Pod on a host': async (api) => {
    const host = api.name('node');
    await api.quietly('POST', 'nodes', named('v1', 'Node', host));
    await api.quietly('POST', 'pods', pod('p', { tolerations: FOREVER }));
    await api.post('pods/p/binding', binding(api, host, { annotations: { from: 'binding' } }));
    await api.get('pods/p', {
      pick: (o) => [o.spec.nodeName, o.metadata.annotations, o.status.conditions.map((c: Json) => [c.type, c.status])],
    });
    await api.post('pods/p/binding', binding(api, 'other'));
  },
  'a binding that cannot be is refused': async (api) => {
    await api.quietly('POST', 'pods', pod('p'));
    await api.post('pods/p/binding', { ...binding(api, 'n'), target: { kind: 'Pod', name: 'n' } });
    await api.post('pods/p/binding', binding(api, ''));
    await api.post('pods/none/binding', { ...binding(api, 'n'), metadata: { name: 'none' } });
    await api.post('pods/p/binding', binding(api, 'n', { name: 'other' }));
    await api.post('pods/p/binding', binding(api, 'n', { uid: '00000000-0000-0000-0000-000000000000' }));
  },
  'a Pod that waits at a gate is not bound': async (api) => {
    await api.quietly('POST', 'pods', pod('p', { schedulingGates: [{ name: 'example.com/gate' }] }));
    await api.post('pods/p/binding', binding(api, 'n'));
    await api.patch('strategic', 'pods/p', { spec: { schedulingGates: [{ name: 'example.com/more' }] } });
    await api.patch(
      'merge',
      'pods/p',
      { spec: { schedulingGates: null, nodeSelector: { a: 'b' } } },
      { pick: (o) => [o.spec.schedulingGates, o.spec.nodeSelector] },
    );
  },
  'a binding in a dry run is not kept': async (api) => {
    await api.quietly('POST', 'pods', pod('p'));
    await api.post('pods/p/binding', binding(api, 'n'), { query: { dryRun: 'All' } });
    await api.get('pods/p', { pick: (o) => [o.spec.nodeName] });
  },
  'an eviction deletes a Pod that nothing protects': async (api) => {
    await running(api, 'p');
    await api.post('pods/p/eviction', eviction(api, 'p'));
    await api.get('pods/p', {
      pick: (o) => [
        o.metadata.deletionGracePeriodSeconds,
        o.status.conditions.filter((c: Json) => c.type === 'DisruptionTarget'),
      ],
    });
  },
  'an eviction carries the options of its deletion': async (api) => {
    await running(api, 'p');
    await api.post('pods/p/eviction', eviction(api, 'p', { gracePeriodSeconds: 0, dryRun: ['All'] }));
    await api.post(
      'pods/p/eviction',
      eviction(api, 'p', { preconditions: { uid: '00000000-0000-0000-0000-000000000000' } }),
    );
    await api.post('pods/p/eviction', eviction(api, 'p', { gracePeriodSeconds: 0 }));
    await api.get('pods/p');
  },
  'an eviction that cannot be is refused': async (api) => {
    await running(api, 'p');
    await api.post('pods/none/eviction', eviction(api, 'none'));
    await api.post('pods/p/eviction', eviction(api, 'other'));
  },
  'a budget that has nothing to spare holds evictions up': async (api) => {
    await running(api, 'p');
    await budget(api, { minAvailable: 1 }, (s) => s.currentHealthy === 1);
    await api.get('poddisruptionbudgets/b', {
      pick: (b) => ({ ...b.status, conditions: b.status.conditions.map(({ lastTransitionTime: _, ...c }: Json) => c) }),
    });
    await api.post('pods/p/eviction', eviction(api, 'p'));
  },
  'a budget gives what it has to spare, and no more': async (api) => {
    for (const name of ['p', 'q', 'r']) await running(api, name);
    await budget(api, { minAvailable: 2 }, (s) => s.disruptionsAllowed === 1);
    await api.post('pods/p/eviction', eviction(api, 'p', { dryRun: ['All'] }));
    await api.post('pods/p/eviction', eviction(api, 'p'));
    await api.until('poddisruptionbudgets/b', (b) => b.status.currentHealthy === 2);
    await api.post('pods/q/eviction', eviction(api, 'q'));
  },
  'two budgets over one Pod refuse its eviction': async (api) => {
    await running(api, 'p');
    await budget(api, { minAvailable: 0 }, (s) => s.currentHealthy === 1);
    await api.quietly(
      'POST',
      'poddisruptionbudgets',
      named('policy/v1', 'PodDisruptionBudget', 'c', { spec: { selector: {}, minAvailable: 0 } }),
    );
    await api.post('pods/p/eviction', eviction(api, 'p'));
  },
  'a Pod that does not run is evicted past its budget': async (api) => {
    await api.quietly('POST', 'pods', pod('p', {}, { labels: { app: 'web' } }));
    await budget(api, { minAvailable: 1 }, () => true);
    await api.post('pods/p/eviction', eviction(api, 'p'));
    await api.get('pods/p');
  },
  'an unhealthy Pod is held by a budget that is not met, unless it says otherwise': async (api) => {
    await running(api, 'p');
    await api.quietly(
      'PATCH',
      'pods/p/status',
      { status: { conditions: [{ type: 'Ready', status: 'False' }] } },
      { headers: { 'content-type': 'application/strategic-merge-patch+json' } },
    );
    await budget(api, { minAvailable: 1 }, (s) => s.currentHealthy === 0);
    await api.post('pods/p/eviction', eviction(api, 'p'));
    await api.quietly(
      'PATCH',
      'poddisruptionbudgets/b',
      { spec: { unhealthyPodEvictionPolicy: 'AlwaysAllow' } },
      { headers: { 'content-type': 'application/merge-patch+json' } },
    );
    await api.post('pods/p/eviction', eviction(api, 'p'));
  },
  'resize changes resources of a Pod on a host': async (api) => {
    await running(api, 'p', { containers: [{ name: 'c', image: 'i', ...cpu('100m', '200m') }] });
    await api.patch(
      'strategic',
      'pods/p/resize',
      { spec: { containers: [{ name: 'c', ...cpu('150m', '300m') }] } },
      {
        pick: (o) => [
          o.spec.containers[0].resources,
          o.metadata.generation,
          o.status.conditions.filter((c: Json) => c.type.startsWith('PodResize')),
        ],
      },
    );
    await api.get('pods/p/resize', { pick: (o) => o.kind });
  },
  'resize changes nothing else': async (api) => {
    await running(api, 'p', { containers: [{ name: 'c', image: 'i', ...cpu('100m', '200m') }] });
    await api.patch('strategic', 'pods/p/resize', { spec: { containers: [{ name: 'c', image: 'j' }] } });
    await api.patch('strategic', 'pods/p', { spec: { containers: [{ name: 'c', ...cpu('150m') }] } });
    await api.patch('strategic', 'pods/p/resize', { spec: { containers: [{ name: 'c', ...cpu('200m', '200m') }] } });
    await api.patch('strategic', 'pods/p/resize', { spec: { containers: [{ name: 'd', ...cpu('200m', '200m') }] } });
    await api.patch('strategic', 'pods/p/resize', { spec: { containers: [{ name: 'c', ...cpu('300m') }] } });
  },
  'ephemeral containers are added, never changed': async (api) => {
    await running(api, 'p');
    const path = 'pods/p/ephemeralcontainers';
    await api.patch(
      'strategic',
      path,
      { spec: { ephemeralContainers: [{ name: 'debug', image: 'd:1', targetContainerName: 'c' }] } },
      { pick: (o) => [o.spec.ephemeralContainers, o.metadata.generation] },
    );
    await api.patch('strategic', path, { spec: { ephemeralContainers: [{ name: 'debug', image: 'd:2' }] } });
    await api.patch('strategic', path, {
      spec: { ephemeralContainers: [{ name: 'bad', image: 'd:1', ports: [{ containerPort: 1 }] }] },
    });
    await api.patch('strategic', 'pods/p', { spec: { ephemeralContainers: [{ name: 'more', image: 'd:2' }] } });
    await api.get(path, { pick: (o) => o.kind });
  },
  'ephemeral containers are not made with the Pod': (api) =>
    api.post('pods', pod('p', { ephemeralContainers: [{ name: 'debug', image: 'd:1' }] })),
  'a namespace is finalized through its door': async (api) => {
    const name = api.name('fin');
    const made = await api.quietly('POST', 'namespaces', named('v1', 'Namespace', name));
    await api.put(
      `namespaces/${name}/finalize`,
      { ...made, spec: { finalizers: ['kubernetes', 'example.com/x'] } },
      { pick: (o) => o.spec },
    );
    await api.patch('merge', `namespaces/${name}`, { spec: { finalizers: [] } }, { pick: (o) => o.spec });
  },
  'logs of a Pod without a host are refused': async (api) => {
    await api.quietly('POST', 'pods', pod('p'));
    await api.get('pods/p/log');
    await api.get('pods/p/log', { query: { container: 'none' } });
    await api.get('pods/none/log');
    await api.get('pods/p/log', { query: { tailLines: -1 } });
    await api.get('pods/p/log', { query: { sinceSeconds: 1, sinceTime: '2026-01-01T00:00:00Z' } });
  },
};

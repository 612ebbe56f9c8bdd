/** What Pods use, and what follows from it: kubectl top, autoscalers, resizing in place, looking into a running Pod. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Cluster } from './harness.ts';

let cluster: Cluster;

beforeAll(async () => {
  cluster = await Cluster.up({ args: ['--hosts', '3'] });
});
afterAll(() => cluster?.stop());

const apply = (...objects: object[]) =>
  cluster.kubectlOk('apply -f -', { input: objects.map((object) => JSON.stringify(object)).join('\n') });
const jsonPath = (what: string, path: string) => cluster.kubectlOk([...what.split(' '), '-o', `jsonpath=${path}`]);
const until = (what: string, path: string, holds: (seen: string) => boolean) =>
  cluster.until(() => jsonPath(what, path), holds, { what: `${what} ${path}` });
const running = (name: string) => cluster.kubectlOk(`wait pod/${name} --for=condition=Ready --timeout=60s`.split(' '));

interface PodWish {
  readonly annotations?: Record<string, string>;
  readonly resources?: object;
  readonly container?: object;
}

const template = ({ annotations = {}, resources = {}, container = {} }: PodWish) => ({
  metadata: { annotations },
  spec: { containers: [{ name: 'main', image: 'nginx:1.27', resources, ...container }] },
});
const pod = (name: string, wish: PodWish = {}) => {
  const { metadata, spec } = template(wish);
  return { apiVersion: 'v1', kind: 'Pod', metadata: { name, labels: { app: name }, ...metadata }, spec };
};
const deployment = (name: string, replicas: number, wish: PodWish = {}) => {
  const { metadata, spec } = template(wish);
  const labels = { app: name };
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name },
    spec: { replicas, selector: { matchLabels: labels }, template: { metadata: { ...metadata, labels }, spec } },
  };
};
const uses = (cpu: string, memory = '64Mi') => ({
  'fleet.jdos.jd.com/cpu-usage': cpu,
  'fleet.jdos.jd.com/memory-usage': memory,
});

describe('the metrics API', () => {
  it('is what kubectl top reads', async () => {
    await apply(pod('measured', { annotations: uses('250m') }));
    await running('measured');
    const row = async (args: string) => (await cluster.kubectlOk(args)).trim().split(/\s+/);
    expect(await row('top pod measured --no-headers')).toEqual(['measured', '250m', '64Mi']);
    expect(await row('top pod measured --containers --no-headers')).toEqual(['measured', 'main', '250m', '64Mi']);
    expect(await cluster.kubectlOk('top pods -l app=other')).toBe('');
    const nodes = (await cluster.kubectlOk('top nodes --no-headers')).trim().split('\n');
    expect(nodes).toHaveLength(3);
    const host = await jsonPath('get pod measured', '{.spec.nodeName}');
    expect(nodes.find((line) => line.startsWith(host))?.split(/\s+/)[1]).toBe('300m');
  });

  it('shows as a table, and knows what is not there', async () => {
    const table = await cluster.kubectlOk('get podmetrics measured');
    expect(table).toMatch(/^NAME +CPU +MEMORY +WINDOW\nmeasured +250m +64Mi +[\d.]+s\n$/);
    const { code, stderr } = await cluster.kubectl('get podmetrics nobody');
    expect(code).toBe(1);
    expect(stderr).toContain('podmetrics.metrics.k8s.io "default/nobody" not found');
  });
});

describe('HorizontalPodAutoscalers', () => {
  it('scale what kubectl autoscale names by what its Pods use', async () => {
    const resources = { requests: { cpu: '100m', memory: '64Mi' } };
    await apply(deployment('busy', 1, { annotations: uses('90m'), resources }));
    await cluster.kubectlOk('autoscale deployment busy --cpu-percent=60 --min=1 --max=3');
    await until('get deployment busy', '{.status.readyReplicas}', (count) => count === '2' || count === '3');
    const events = await until('get events', '{.items[*].message}', (text) => text.includes('New size: 2'));
    expect(events).toContain('New size: 2; reason: cpu resource utilization (percentage of request) above target');
    expect(await cluster.kubectlOk('get hpa busy --no-headers')).toMatch(/Deployment\/busy +cpu: 90%\/60% +1 +3/);
    expect(await cluster.kubectlOk('describe hpa busy')).toMatch(/ScalingActive +True +ValidMetricFound/);
  });

  it('scale custom resources through their scale, by memory too', async () => {
    await apply(farmDefinition());
    await cluster.kubectlOk('wait crd/farms.example.com --for=condition=Established --timeout=30s'.split(' '));
    await apply(
      pod('cow', { annotations: uses('10m', '200Mi') }),
      {
        apiVersion: 'example.com/v1',
        kind: 'Farm',
        metadata: { name: 'green' },
        spec: { cows: 1, selector: 'app=cow' },
      },
      autoscaler('green', { apiVersion: 'example.com/v1', kind: 'Farm', name: 'green' }, [
        { type: 'Resource', resource: { name: 'memory', target: { type: 'AverageValue', averageValue: '50Mi' } } },
      ]),
    );
    await cluster.kubectlOk([
      ...'patch farm green --subresource=status --type=merge -p'.split(' '),
      JSON.stringify({ status: { cows: 1, selector: 'app=cow' } }),
    ]);
    expect(await until('get farm green', '{.spec.cows}', (cows) => cows === '4')).toBe('4');
  });

  it('say what stands in their way', async () => {
    const metric = { type: 'External', external: { metric: { name: 'queue' }, target: { type: 'Value', value: '5' } } };
    await apply(
      autoscaler('lost', { apiVersion: 'apps/v1', kind: 'Deployment', name: 'nobody' }),
      autoscaler('deaf', { apiVersion: 'apps/v1', kind: 'Deployment', name: 'calm' }, [metric]),
      deployment('calm', 1),
    );
    const condition = (name: string, type: string) =>
      until(`get hpa ${name}`, `{.status.conditions[?(@.type=="${type}")].message}`, (text) => text !== '');
    expect(await condition('lost', 'AbleToScale')).toContain('deployments.apps "nobody" not found');
    expect(await condition('deaf', 'ScalingActive')).toContain('unable to get external metric default/queue');
  });
});

describe('a resize', () => {
  const resources = { requests: { cpu: '100m', memory: '64Mi' }, limits: { cpu: '200m', memory: '128Mi' } };
  const resize = (name: string, wish: object) => {
    const body = JSON.stringify({ spec: { containers: [{ name: 'main', resources: wish }] } });
    return cluster.kubectl(['patch', 'pod', name, '--subresource=resize', '-p', body]);
  };
  const inForce = '{.status.containerStatuses[0].resources.requests.cpu}';

  it('comes into force without a restart', async () => {
    await apply(pod('elastic', { resources }));
    await running('elastic');
    expect((await resize('elastic', { requests: { cpu: '150m' } })).code).toBe(0);
    await until('get pod elastic', inForce, (cpu) => cpu === '150m');
    const rest = '{.metadata.generation} {.status.containerStatuses[0].restartCount} {.status.conditions[*].type}';
    expect(await jsonPath('get pod elastic', rest)).toMatch(/^2 0 (?!.*PodResize)/);
    expect(await jsonPath('get pod elastic', '{.status.containerStatuses[0].allocatedResources.cpu}')).toBe('150m');
  });

  it('waits where the host has too little', async () => {
    await resize('elastic', { requests: { cpu: '9999' }, limits: { cpu: '9999' } });
    const reason = '{.status.conditions[?(@.type=="PodResizePending")].reason}';
    expect(await until('get pod elastic', reason, (text) => text !== '')).toBe('Infeasible');
    expect(await jsonPath('get pod elastic', inForce)).toBe('150m');
  });

  it('stays within the quota and the limits of its namespace', async () => {
    await cluster.kubectlOk('create namespace narrow');
    await cluster.kubectlOk('create quota q --hard=requests.cpu=300m -n narrow');
    await apply({
      apiVersion: 'v1',
      kind: 'LimitRange',
      metadata: { name: 'range', namespace: 'narrow' },
      spec: { limits: [{ type: 'Container', max: { memory: '256Mi' } }] },
    });
    await until('get quota q -n narrow', '{.status.hard}', (text) => text !== '');
    const one = pod('tight', { resources });
    await apply({ ...one, metadata: { ...one.metadata, namespace: 'narrow' } });
    const refusal = async (wish: object) => {
      const body = JSON.stringify({ spec: { containers: [{ name: 'main', resources: wish }] } });
      return (await cluster.kubectl(['patch', 'pod', 'tight', '-n', 'narrow', '--subresource=resize', '-p', body]))
        .stderr;
    };
    const more = { requests: { cpu: '400m' }, limits: { cpu: '400m' } };
    expect(await refusal(more)).toContain('exceeded quota: q, requested: requests.cpu=300m, used: requests.cpu=100m');
    expect(await refusal({ limits: { memory: '1Gi' } })).toContain('maximum memory usage per Container is 256Mi');
  });

  it('is not done by an ordinary update', async () => {
    const body = JSON.stringify({ spec: { containers: [{ name: 'main', resources: { requests: { cpu: '1m' } } }] } });
    const { code, stderr } = await cluster.kubectl(['patch', 'pod', 'elastic', '-p', body]);
    expect([code, stderr]).toEqual([1, expect.stringContaining('pod updates may not change fields other than')]);
  });
});

describe('kubectl debug', () => {
  it('adds a container that runs, writes a log and takes commands', async () => {
    await apply(pod('sick'));
    await running('sick');
    const command = 'debug sick --image=busybox --target=main --profile=general -c probe -- sh -c'.split(' ');
    await cluster.kubectlOk([...command, 'echo looking; sleep 600']);
    const state = '{.status.ephemeralContainerStatuses[0].state.running.startedAt}';
    await until('get pod sick', state, (text) => text !== '');
    expect(await cluster.kubectlOk('logs sick -c probe')).toContain('looking');
    expect(await cluster.kubectlOk('exec sick -c probe -- echo inside')).toBe('inside\n');
    expect(await jsonPath('get pod sick', '{.spec.ephemeralContainers[0].targetContainerName}')).toBe('main');
  });
});

function autoscaler(name: string, scaleTargetRef: object, metrics?: object[]) {
  return {
    apiVersion: 'autoscaling/v2',
    kind: 'HorizontalPodAutoscaler',
    metadata: { name },
    spec: { scaleTargetRef, maxReplicas: 5, ...(metrics && { metrics }) },
  };
}

function farmDefinition() {
  const properties = {
    spec: { type: 'object', properties: { cows: { type: 'integer' }, selector: { type: 'string' } } },
    status: { type: 'object', properties: { cows: { type: 'integer' }, selector: { type: 'string' } } },
  };
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: 'farms.example.com' },
    spec: {
      group: 'example.com',
      scope: 'Namespaced',
      names: { plural: 'farms', singular: 'farm', kind: 'Farm' },
      versions: [
        {
          name: 'v1',
          served: true,
          storage: true,
          schema: { openAPIV3Schema: { type: 'object', properties } },
          subresources: {
            status: {},
            scale: {
              specReplicasPath: '.spec.cows',
              statusReplicasPath: '.status.cows',
              labelSelectorPath: '.status.selector',
            },
          },
        },
      ],
    },
  };
}

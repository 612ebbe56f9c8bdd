/**
 * The same Pods in two namespaces: behind Services in one, behind GroupServices in the other. What is written for them is
 * brought into one form, so that two controllers, or a controller and what kube-controller-manager once wrote, compare.
 */
import {
  type core,
  ENDPOINT_SLICES,
  type EndpointSlice,
  type KubeClient,
  NAMESPACES,
  NODES,
  PODS,
  rfc3339,
  SERVICES,
} from '../../src/kube/index.ts';
import { GROUP_SERVICES } from '../../src/resources/index.ts';

export const PLAIN = 'plain';
export const GUARDED = 'guarded';

interface PodCase {
  readonly name: string;
  readonly app: string;
  readonly node?: string;
  readonly ready?: boolean;
  readonly phase?: string;
  readonly ips?: readonly string[];
  readonly ports?: core.ContainerPort[];
  readonly sidecar?: core.ContainerPort[];
  readonly hostname?: string;
  readonly subdomain?: string;
  readonly leaving?: boolean;
}

interface ServiceCase {
  readonly name: string;
  readonly app?: string;
  readonly ports: core.ServicePort[];
  readonly more?: Readonly<Record<string, unknown>>;
  readonly labels?: Readonly<Record<string, string>>;
}

const http = (containerPort: number): core.ContainerPort[] => [{ name: 'http', containerPort }];
const SERVICE_CASES: readonly ServiceCase[] = [
  { name: 'web', ports: [{ port: 80, targetPort: 8080 }], labels: { team: 'shop' } },
  { name: 'named', app: 'web', ports: [{ port: 80, targetPort: 'http' }] },
  {
    name: 'several',
    app: 'web',
    ports: [
      { name: 'http', port: 80, targetPort: 'http', appProtocol: 'kubernetes.io/h2c' },
      { name: 'dns', port: 53, protocol: 'UDP' },
      { name: 'admin', port: 9000, targetPort: 'admin' },
    ],
  },
  { name: 'eager', app: 'web', ports: [{ port: 80 }], more: { publishNotReadyAddresses: true } },
  { name: 'headless', app: 'web', ports: [{ port: 80 }], more: { clusterIP: 'None' } },
  { name: 'portless', app: 'web', ports: [], more: { clusterIP: 'None' } },
  {
    name: 'dual',
    app: 'web',
    ports: [{ port: 80 }],
    more: { clusterIP: 'None', ipFamilyPolicy: 'RequireDualStack', ipFamilies: ['IPv4', 'IPv6'] },
  },
  { name: 'nobody', ports: [{ port: 80 }] },
  { name: 'crowd', ports: [{ port: 80 }] },
];
const POD_CASES: readonly PodCase[] = [
  { name: 'ready', app: 'web', node: 'n1', ready: true, ips: ['10.0.0.1', 'fd00::1'], ports: http(8080) },
  { name: 'unready', app: 'web', node: 'n1', ips: ['10.0.0.2', 'fd00::2'], ports: http(8080) },
  { name: 'other-port', app: 'web', node: 'n2', ready: true, ips: ['10.0.0.3', 'fd00::3'], ports: http(9090) },
  { name: 'no-name', app: 'web', node: 'n2', ready: true, ips: ['10.0.0.4', 'fd00::4'] },
  { name: 'only-4', app: 'web', node: 'n2', ready: true, ips: ['10.0.0.5'], ports: http(8080) },
  { name: 'named', app: 'web', node: 'n1', ready: true, ips: ['10.0.0.6'], hostname: 'db-0', subdomain: 'headless' },
  { name: 'leaving', app: 'web', node: 'n1', ready: true, ips: ['10.0.0.7'], leaving: true },
  { name: 'leaving-unready', app: 'web', node: 'n1', ips: ['10.0.0.8'], leaving: true },
  { name: 'failed', app: 'web', node: 'n1', phase: 'Failed', ips: ['10.0.0.9'] },
  { name: 'done', app: 'web', node: 'n1', phase: 'Succeeded', ips: ['10.0.0.10'] },
  { name: 'pending', app: 'web', node: 'n1', phase: 'Pending' },
  {
    name: 'sidecar',
    app: 'web',
    node: 'n2',
    ready: true,
    ips: ['10.0.0.11'],
    sidecar: [{ name: 'admin', containerPort: 7 }],
  },
  { name: 'nowhere', app: 'web', node: 'gone', ready: true, ips: ['10.0.0.12'] },
  ...Array.from({ length: 150 }, (_, i): PodCase => {
    return { name: `crowd-${i}`, app: 'crowd', node: 'n2', ready: i % 7 !== 0, ips: [`10.1.0.${i}`] };
  }),
];

/** Pods must be made while nobody else sets their status. `accounts`: somebody makes each namespace its account. */
export async function createEndpointCases(client: KubeClient, { accounts }: { accounts: boolean }): Promise<void> {
  const time = rfc3339(Date.now());
  for (const name of ['n1', 'n2']) {
    const labels = { 'topology.kubernetes.io/zone': `zone-${name}` };
    await client.create(NODES, { metadata: { name, labels }, spec: {} });
    const ready = { type: 'Ready', status: 'True', lastHeartbeatTime: time, lastTransitionTime: time };
    const body = { status: { conditions: [ready] } };
    await client.patch(NODES, name, { kind: 'strategic', body }, { subresource: 'status' });
  }
  for (const namespace of [PLAIN, GUARDED]) {
    await client.create(NAMESPACES, { metadata: { name: namespace }, spec: {} });
    if (accounts) await untilAccount(client, namespace);
    for (const one of POD_CASES) await createPod(client, namespace, one);
  }
  for (const one of SERVICE_CASES) await createServices(client, one);
}

async function createServices(
  client: KubeClient,
  { name, app = name, ports, more, labels }: ServiceCase,
): Promise<void> {
  const at = (namespace: string) => ({ metadata: { name, namespace, ...(labels && { labels: { ...labels } }) } });
  await client.create(SERVICES, { ...at(PLAIN), spec: { selector: { app }, ports, ...more } });
  const spec = { selector: { matchLabels: { app } }, ports, ...more };
  await client.create(GROUP_SERVICES, { ...at(GUARDED), spec } as never);
}

async function createPod(client: KubeClient, namespace: string, one: PodCase): Promise<void> {
  const { name, app, node, hostname, subdomain, ips = [], phase = 'Running', ready = false } = one;
  const finalizers = one.leaving ? ['jdos.jd.com/test'] : [];
  const sidecar = { name: 'side', image: 'side:1', restartPolicy: 'Always', ports: one.sidecar };
  await client.create(PODS, {
    metadata: { name, namespace, labels: { app }, finalizers },
    spec: {
      containers: [{ name: 'main', image: 'web:1', ...(one.ports && { ports: one.ports }) }],
      ...(one.sidecar && { initContainers: [sidecar] }),
      ...(node && { nodeName: node }),
      ...(hostname && { hostname, subdomain }),
    },
  });
  const lastTransitionTime = rfc3339(Date.now());
  const conditions = ['Ready', 'ContainersReady'].map((type) => ({
    type,
    status: ready ? 'True' : 'False',
    lastTransitionTime,
  }));
  const status = { phase, conditions, ...(ips[0] && { podIP: ips[0], podIPs: ips.map((ip) => ({ ip })) }) };
  await client.patch(PODS, name, { kind: 'strategic', body: { status } }, { namespace, subresource: 'status' });
  if (one.leaving) await client.delete(PODS, name, { namespace });
}

/** A real API server admits Pods once their namespace has its account. */
async function untilAccount(client: KubeClient, namespace: string): Promise<void> {
  const path = `/api/v1/namespaces/${namespace}/serviceaccounts/default`;
  for (let i = 0; i < 100 && (await client.request('GET', path)).status !== 200; i++) {
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

/** What stands in the slices of a namespace, whoever wrote them; of equal Pods equal. */
export async function writtenIn(client: KubeClient, namespace: string): Promise<Record<string, unknown[]>> {
  const { items } = await client.list(ENDPOINT_SLICES, { namespace });
  const entries = SERVICE_CASES.map(({ name }) => {
    const own = items.filter(({ metadata }) => metadata.labels?.['kubernetes.io/service-name'] === name);
    return [name, sorted(own.map(plainSlice))] as const;
  });
  return Object.fromEntries(entries.map(([name, slices]) => [name, merged(slices)]));
}

type Plain = ReturnType<typeof plainSlice>;

function plainSlice({ metadata, addressType, ports, endpoints }: EndpointSlice) {
  const { 'endpointslice.kubernetes.io/managed-by': _, ...labels } = metadata.labels ?? {};
  return {
    labels,
    owner: metadata.ownerReferences?.map(({ kind, name, controller }) => ({ kind, name, controller })),
    addressType,
    ports: sorted(ports ?? []),
    endpoints: sorted((endpoints ?? []).map((one) => ({ ...one, targetRef: one.targetRef?.name }))),
  };
}

/** Slices of the same ports are one; how full each is shows beside. */
function merged(slices: readonly Plain[]): unknown[] {
  const byPorts = Map.groupBy(slices, ({ addressType, ports }) => JSON.stringify([addressType, ports]));
  return [...byPorts.values()].map((like) => ({
    ...like[0]!,
    endpoints: sorted(like.flatMap(({ endpoints }) => endpoints)),
    sizes: like.map(({ endpoints }) => endpoints.length).sort((a, b) => b - a),
  }));
}

function sorted<T>(list: readonly T[]): T[] {
  const key = (one: T) => JSON.stringify(one, (_, member: unknown) => keysSorted(member));
  return list.map((one) => JSON.parse(key(one)) as T).sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
}

function keysSorted(member: unknown): unknown {
  if (typeof member !== 'object' || member === null || Array.isArray(member)) return member;
  return Object.fromEntries(Object.entries(member).sort(([a], [b]) => (a < b ? -1 : 1)));
}

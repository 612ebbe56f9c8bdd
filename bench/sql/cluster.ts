/**
 * A cluster that is only lists: a process that serves Pods, hosts and Deployments in pages, lets everybody see them, and
 * lets Pods change as fast as it is told. `node bench/sql/cluster.ts PODS NODES` prints its address.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import process from 'node:process';

const [pods = 1000, nodes = 10] = process.argv.slice(2).map(Number);
const watchers = new Map<string, Set<ServerResponse>>();
let version = 10_000_000;

const resource = (plural: string, kind: string, scope: string) => ({
  resource: plural,
  responseKind: { kind },
  scope,
  verbs: ['list', 'watch'],
});
const group = (name: string, ...resources: object[]) => ({
  kind: 'APIGroupDiscoveryList',
  items: [{ metadata: { name }, versions: [{ version: 'v1', resources }] }],
});
const DISCOVERY: Readonly<Record<string, object>> = {
  '/api': group('', resource('pods', 'Pod', 'Namespaced'), resource('nodes', 'Node', 'Cluster')),
  '/apis': group('apps', resource('deployments', 'Deployment', 'Namespaced')),
};
/** Pods are of so many applications. */
const APPS = 2000;

const SINCE = '2026-01-02T03:04:05Z';

/** Written by hand: what makes objects first and then their text would be what is measured. About 3.5 KB. */
function podJson(i: number, change: number): string {
  const [node, app, namespace] = [i % nodes, i % APPS, i % 200];
  const running = i % 50 !== 0;
  const id = i.toString(16).padStart(12, '0');
  const containers = ['main', 'side'].map((name) => containerJson(name, i, app)).join(',');
  const statuses = ['main', 'side']
    .map((name) => statusJson(name, id, running, 10 + ((i * 7 + change) % 13)))
    .join(',');
  const condition = (type: string, status: string) =>
    `{"type":"${type}","status":"${status}","lastProbeTime":null,"lastTransitionTime":"${SINCE}"}`;
  const conditions = [
    condition('Initialized', 'True'),
    condition('Ready', running ? 'True' : 'False'),
    condition('ContainersReady', 'True'),
    condition('PodScheduled', running ? 'True' : 'False'),
  ].join(',');
  const metadata = `{"name":"app-${app}-${id}","generateName":"app-${app}-","namespace":"ns-${namespace}","uid":"5c58d3c2-67f5-4d0c-8c8b-${id}","resourceVersion":"${change || i + 1}","creationTimestamp":"2026-0${1 + (i % 9)}-02T03:04:05Z","labels":{"app":"app-${app}","env":"${i % 3 === 0 ? 'prod' : 'test'}","pod-template-hash":"${id.slice(4)}","tier":"t${i % 5}"},"annotations":{"example.com/config-hash":"${id}"},"ownerReferences":[{"apiVersion":"apps/v1","kind":"ReplicaSet","name":"app-${app}-x","uid":"${id}","controller":true}]}`;
  const spec = `{"volumes":[{"name":"config","configMap":{"name":"app-${app}","defaultMode":420}},{"name":"token","projected":{"sources":[{"serviceAccountToken":{"expirationSeconds":3607,"path":"token"}},{"configMap":{"name":"kube-root-ca.crt","items":[{"key":"ca.crt","path":"ca.crt"}]}}],"defaultMode":420}}],"containers":[${containers}],"restartPolicy":"Always","terminationGracePeriodSeconds":30,"dnsPolicy":"ClusterFirst","serviceAccountName":"default","serviceAccount":"default",${running ? `"nodeName":"node-${node}",` : ''}"securityContext":{},"schedulerName":"default-scheduler","tolerations":[{"key":"node.kubernetes.io/not-ready","operator":"Exists","effect":"NoExecute","tolerationSeconds":300},{"key":"node.kubernetes.io/unreachable","operator":"Exists","effect":"NoExecute","tolerationSeconds":300}],"priority":0,"enableServiceLinks":true,"preemptionPolicy":"PreemptLowerPriority"}`;
  const status = `{"phase":"${running ? 'Running' : 'Pending'}","conditions":[${conditions}],"hostIP":"10.0.${node % 256}.1","podIP":"10.${i % 256}.${(i >> 8) % 256}.${(i >> 16) % 256}","startTime":"${SINCE}","containerStatuses":[${statuses}],"qosClass":"Burstable"}`;
  return `{"metadata":${metadata},"spec":${spec},"status":${status}}`;
}

function containerJson(name: string, i: number, app: number): string {
  return `{"name":"${name}","image":"registry.example.com/team-${app % 40}/${name}-${app}:1.${i % 30}.${i % 7}","imagePullPolicy":"IfNotPresent","ports":[{"name":"http","containerPort":8080,"protocol":"TCP"}],"env":[{"name":"A","value":"b"},{"name":"NODE","valueFrom":{"fieldRef":{"apiVersion":"v1","fieldPath":"spec.nodeName"}}}],"resources":{"requests":{"cpu":"${(1 + (i % 8)) * 100}m","memory":"${(1 + (i % 8)) * 128}Mi"},"limits":{"cpu":"2","memory":"2Gi"}},"volumeMounts":[{"name":"config","mountPath":"/etc/config"},{"name":"token","readOnly":true,"mountPath":"/var/run/secrets/kubernetes.io/serviceaccount"}],"livenessProbe":{"httpGet":{"path":"/healthz","port":8080,"scheme":"HTTP"},"timeoutSeconds":1,"periodSeconds":10,"successThreshold":1,"failureThreshold":3},"terminationMessagePath":"/dev/termination-log","terminationMessagePolicy":"File"}`;
}

function statusJson(name: string, id: string, ready: boolean, restarts: number): string {
  return `{"name":"${name}","state":{"running":{"startedAt":"${SINCE}"}},"lastState":{},"ready":${ready},"restartCount":${restarts},"image":"registry.example.com/x","imageID":"sha256:${id}${id}","containerID":"containerd://${id}${id}","started":true}`;
}

function nodeJson(i: number): string {
  return `{"metadata":{"name":"node-${i}","uid":"node-uid-${i}","resourceVersion":"${i + 1}","creationTimestamp":"${SINCE}","labels":{"topology.kubernetes.io/zone":"z${i % 5}","jdos.jd.com/rack":"r${i % 300}"}},"spec":{},"status":{"capacity":{"cpu":"96","memory":"400Gi","pods":"250"},"allocatable":{"cpu":"95","memory":"390Gi","pods":"250"},"conditions":[{"type":"Ready","status":"True","lastTransitionTime":"${SINCE}"}],"addresses":[{"type":"InternalIP","address":"10.0.0.1"}],"nodeInfo":{"kubeletVersion":"v1.35.0"}}}`;
}

function deploymentJson(i: number): string {
  const [replicas, ready] = [pods / APPS, pods / APPS - (i % 7 === 0 ? 1 : 0)].map(Math.floor);
  return `{"metadata":{"name":"app-${i}","namespace":"ns-${i % 200}","uid":"deployment-uid-${i}","resourceVersion":"${i + 1}","creationTimestamp":"${SINCE}","labels":{"app":"app-${i}","team":"team-${i % 40}"},"annotations":{}},"spec":{"replicas":${replicas},"selector":{"matchLabels":{"app":"app-${i}"}},"template":{"metadata":{"labels":{"app":"app-${i}"}},"spec":{"containers":[{"name":"main","image":"registry.example.com/x"}]}}},"status":{"replicas":${replicas},"readyReplicas":${ready},"updatedReplicas":${replicas}}}`;
}

const KINDS: Readonly<
  Record<string, { readonly count: number; readonly json: (i: number, change: number) => string }>
> = {
  pods: { count: pods, json: podJson },
  nodes: { count: nodes, json: nodeJson },
  deployments: { count: APPS, json: deploymentJson },
};

/** `/api/v1/namespaces/ns-1/pods/app-1-00000000c351`: its number is the end of its name. */
const ONE_POD = /\/namespaces\/[^/]+\/pods\/app-\d+-([0-9a-f]{12})$/;

function list(plural: string, query: URLSearchParams, response: ServerResponse): void {
  const { count, json } = KINDS[plural]!;
  const from = Number(query.get('continue') ?? 0);
  const to = Math.min(from + Number(query.get('limit') ?? count), count);
  const items = Array.from({ length: to - from }, (_, i) => json(from + i, 0)).join(',');
  const next = to < count ? `,"continue":"${to}","remainingItemCount":${count - to}` : '';
  response.end(`{"metadata":{"resourceVersion":"${version}"${next}},"items":[${items}]}`, 'latin1');
}

/** A change as bytes whose version and restarts can be written over: making texts must not be what is measured. */
class Line {
  readonly #bytes: Buffer;
  readonly #version: number;
  readonly #restarts: readonly number[];

  constructor(i: number) {
    const text = `{"type":"MODIFIED","object":${podJson(i, version)}}\n`;
    this.#bytes = Buffer.from(text, 'latin1');
    this.#version = text.indexOf('"resourceVersion":"') + '"resourceVersion":"'.length;
    this.#restarts = [...text.matchAll(/"restartCount":/g)].map(({ index }) => index + '"restartCount":'.length);
  }

  copy(to: Buffer, at: number): number {
    this.#bytes.write(String(++version), this.#version, 'latin1');
    for (const place of this.#restarts) this.#bytes.write(String(10 + (version % 89)), place, 'latin1');
    return this.#bytes.copy(to, at);
  }

  get length(): number {
    return this.#bytes.length;
  }
}

const lines: Line[] = [];
const TOGETHER = 100;

/** Makes so many changes ready, of Pods all over. */
function prepare(count: number): void {
  for (let i = lines.length; i < count; i++) lines.push(new Line((i * 7919) % pods));
}

/** Changes Pods as fast as the watchers take it, or so many a second; answers when all have been sent. */
async function change(count: number, perSecond: number): Promise<void> {
  prepare(TOGETHER);
  const begin = Date.now();
  for (let sent = 0; sent < count; ) {
    const due = perSecond > 0 ? Math.floor(((Date.now() - begin) / 1000) * perSecond) : sent + TOGETHER;
    const some = Array.from({ length: Math.min(due, count) - sent }, (_, i) => lines[(sent + i) % lines.length]!);
    sent += some.length;
    if (some.length > 0) await tell(some);
    await new Promise((resolve) => (perSecond > 0 ? setTimeout(resolve, 10) : setImmediate(resolve)));
  }
}

async function tell(some: readonly Line[]): Promise<void> {
  const bytes = Buffer.allocUnsafe(some.reduce((sum, { length }) => sum + length, 0));
  some.reduce((at, line) => at + line.copy(bytes, at), 0);
  const full = [...(watchers.get('pods') ?? [])].filter((watcher) => !watcher.write(bytes));
  await Promise.all(full.map((watcher) => new Promise((resolve) => watcher.once('drain', resolve))));
}

function watch(plural: string, response: ServerResponse): void {
  response.flushHeaders();
  const all = watchers.get(plural) ?? new Set();
  watchers.set(plural, all.add(response));
  response.on('close', () => all.delete(response));
}

async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { pathname, searchParams } = new URL(request.url ?? '/', 'http://cluster');
  const plural = /^\/(?:api|apis\/apps)\/v1\/(\w+)$/.exec(pathname)?.[1] ?? '';
  const pod = ONE_POD.exec(pathname)?.[1];
  response.setHeader('content-type', 'application/json');
  if (DISCOVERY[pathname]) response.end(JSON.stringify(DISCOVERY[pathname]));
  else if (pathname.endsWith('/subjectaccessreviews')) response.writeHead(201).end('{"status":{"allowed":true}}');
  else if (pathname.endsWith('/events')) response.end('{"metadata":{},"items":[]}');
  else if (pod) response.end(podJson(Number.parseInt(pod, 16), 0));
  else if (pathname === '/prepare') {
    prepare(Number(searchParams.get('count')));
    response.end('{}');
  } else if (pathname === '/change') {
    await change(Number(searchParams.get('count')), Number(searchParams.get('rate') ?? 0));
    response.end(JSON.stringify({ version }));
  } else if (!KINDS[plural]) response.writeHead(404).end('{"kind":"Status","reason":"NotFound","code":404}');
  else if (searchParams.get('sendInitialEvents')) response.writeHead(422).end(NO_STREAM);
  else if (searchParams.get('watch')) watch(plural, response);
  else list(plural, searchParams, response);
}

const NO_STREAM =
  '{"kind":"Status","apiVersion":"v1","reason":"Invalid","code":422,"message":"sendInitialEvents is forbidden"}';

const server = createServer((request, response) => void handle(request, response)).listen(0, '127.0.0.1', () => {
  const { port } = server.address() as { port: number };
  process.stdout.write(`http://127.0.0.1:${port}\n`);
});

import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { MASTER, namespace, podOn, TestPlane } from '../plane.testing.ts';
import type { Json } from '../registry/definition.ts';
import type { KubeletAddress } from './kubelet.ts';

const PODS = '/apis/metrics.k8s.io/v1beta1/namespaces/default/pods';
const ALL_PODS = '/apis/metrics.k8s.io/v1beta1/pods';
const NODES = '/apis/metrics.k8s.io/v1beta1/nodes';

let plane: TestPlane;
let server: Server;
let fleet: KubeletAddress | undefined;
/** What the stand-in for the fleet was asked, and what it answers. */
let asked: string[];
let report: Json;

beforeEach(async () => {
  asked = [];
  server = createServer((request, response) => {
    asked.push(request.headers.authorization === 'Bearer secret' ? request.url! : 'nobody');
    response.end(JSON.stringify(report));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  fleet = { host: '127.0.0.1', port: (server.address() as AddressInfo).port, token: 'secret' };
  plane = await TestPlane.start({ kubelet: () => fleet });
  await plane.put(namespace('default'));
  for (const [name, app] of [
    ['a', 'web'],
    ['b', 'db'],
    ['idle', 'web'],
  ] as const) {
    const pod = podOn('n1', name);
    await plane.put({ ...pod, metadata: { ...pod.metadata, namespace: 'default', labels: { app } } });
  }
  await plane.put({ kind: 'Node', apiVersion: 'v1', metadata: { name: 'n1', labels: { zone: 'z' } }, spec: {} });
  const usage = { windowMs: 15_000, containers: [{ name: 'main', cpu: 250_000_000, memory: 64 * 2 ** 20 }] };
  report = {
    time: '2026-01-01T00:00:00Z',
    pods: { 'default/a': usage, 'default/b': { ...usage, windowMs: 1500 }, 'default/gone': usage },
    nodes: [{ name: 'n1', windowMs: 15_000, cpu: 1_234_567, memory: 1024 }],
  };
});
afterEach(() => new Promise<void>((resolve) => void server.close(() => resolve())));

const get = (path: string, headers = {}) => plane.ask(MASTER, 'GET', path, { headers });

describe('metrics of Pods', () => {
  it('are those of the Pods that are meant and known', async () => {
    const { status, body } = await get(PODS);
    expect(status).toBe(200);
    expect(body).toEqual({
      kind: 'PodMetricsList',
      apiVersion: 'metrics.k8s.io/v1beta1',
      metadata: {},
      items: [
        {
          kind: 'PodMetrics',
          apiVersion: 'metrics.k8s.io/v1beta1',
          metadata: {
            name: 'a',
            namespace: 'default',
            creationTimestamp: '2026-01-01T00:00:00Z',
            labels: { app: 'web' },
          },
          timestamp: '2026-01-01T00:00:00Z',
          window: '15s',
          containers: [{ name: 'main', usage: { cpu: '250m', memory: '64Mi' } }],
        },
        expect.objectContaining({ window: '1.5s' }),
      ],
    });
    expect(asked).toEqual(['/usage?pods=&namespace=default']);
  });

  it('are chosen by label and by namespace', async () => {
    const names = async (path: string) => (await get(path)).body.items.map((item: Json) => item.metadata.name);
    expect(await names(`${PODS}?labelSelector=app%3Ddb`)).toEqual(['b']);
    expect(await names(ALL_PODS)).toEqual(['a', 'b']);
    expect(await names('/apis/metrics.k8s.io/v1beta1/namespaces/other/pods')).toEqual([]);
  });

  it('of one Pod, or word that there are none', async () => {
    expect((await get(`${PODS}/a`)).body).toMatchObject({ kind: 'PodMetrics', metadata: { name: 'a' } });
    const { status, body } = await get(`${PODS}/idle`);
    expect(status).toBe(404);
    expect(body.message).toBe('podmetrics.metrics.k8s.io "default/idle" not found');
  });

  it('are a table for people', async () => {
    const { body } = await get(PODS, { accept: 'application/json;as=Table;v=v1;g=meta.k8s.io' });
    expect(body.columnDefinitions.map((column: Json) => column.name)).toEqual(['Name', 'cpu', 'memory', 'Window']);
    expect(body.rows.map((row: Json) => row.cells)).toEqual([
      ['a', '250m', '64Mi', '15s'],
      ['b', '250m', '64Mi', '1.5s'],
    ]);
  });
});

describe('metrics of Nodes', () => {
  it('say what each uses', async () => {
    const { body } = await get(`${NODES}/n1`);
    expect(body).toMatchObject({ kind: 'NodeMetrics', usage: { cpu: '1234567n', memory: '1Ki' }, window: '15s' });
    expect(asked).toEqual(['/usage?nodes=&node=n1']);
    expect((await get(`${NODES}/n2`)).body.message).toBe('nodemetrics.metrics.k8s.io "n2" not found');
  });
});

it('without a fleet the metrics API is unavailable', async () => {
  fleet = undefined;
  const { status, body } = await get(PODS);
  expect(status).toBe(503);
  expect(body).toMatchObject({
    reason: 'ServiceUnavailable',
    message: 'the server is currently unable to handle the request (get pods.metrics.k8s.io)',
  });
});

it('metrics are read and listed, and nothing else', async () => {
  const status = async (method: string, path: string) => (await plane.ask(MASTER, method, path)).status;
  expect(await status('GET', `${PODS}?watch=true`)).toBe(405);
  expect(await status('DELETE', `${PODS}/a`)).toBe(405);
  expect(await status('POST', PODS)).toBe(405);
  const { body } = await get('/apis/metrics.k8s.io/v1beta1');
  expect(body.resources.map((resource: Json) => [resource.name, resource.kind, resource.verbs])).toEqual([
    ['nodes', 'NodeMetrics', ['get', 'list']],
    ['pods', 'PodMetrics', ['get', 'list']],
  ]);
  const { components } = (await get('/openapi/v3/apis/metrics.k8s.io/v1beta1')).body;
  expect(Object.keys(components.schemas)).toEqual(expect.arrayContaining(['io.k8s.metrics.v1beta1.PodMetrics']));
});

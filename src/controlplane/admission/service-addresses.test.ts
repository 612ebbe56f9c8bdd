import { beforeEach, describe, expect, it } from 'vitest';
import { MASTER, namespace, TestPlane } from '../plane.testing.ts';
import { API_SERVICE_IP } from './service-addresses.ts';

const SERVICES = '/api/v1/namespaces/default/services';
let plane: TestPlane;

const service = (name: string, spec: object) => ({
  kind: 'Service',
  apiVersion: 'v1',
  metadata: { name },
  spec: { selector: { a: 'b' }, ports: [{ port: 80 }], ...spec },
});
const create = (name: string, spec: object = {}, query = '') =>
  plane.ask(MASTER, 'POST', `${SERVICES}${query}`, { body: service(name, spec) });
const remove = (name: string) => plane.ask(MASTER, 'DELETE', `${SERVICES}/${name}`);

beforeEach(async () => {
  plane = await TestPlane.start();
  await plane.put(namespace('default'));
});

describe('an address', () => {
  it('is of the network, and nobody else has it', async () => {
    const made = await Promise.all(Array.from({ length: 50 }, (_, i) => create(`a-${i}`)));
    const addresses = made.map((reply) => reply.body.spec.clusterIP as string);
    expect(new Set(addresses).size).toBe(50);
    for (const address of addresses) {
      expect(address).toMatch(/^10\.(9[6-9]|10\d|11[01])\.\d+\.\d+$/);
      expect(address).not.toBe(API_SERVICE_IP);
    }
  });

  it.each<[string, object, number]>([
    ['may be chosen', { clusterIP: '10.96.7.7' }, 201],
    ['may not be chosen where another has it', { clusterIP: '10.96.0.10' }, 422],
    ['is of no other network', { clusterIP: '192.168.0.1' }, 422],
    ["is not the network's own", { clusterIP: '10.96.0.0' }, 422],
    ['may be none', { clusterIP: 'None' }, 201],
  ])('%s', async (_, spec, status) => {
    await create('holder', { clusterIP: '10.96.0.10' });
    expect((await create('b', spec)).status).toBe(status);
  });

  it('is free again when its Service has gone', async () => {
    await create('a', { clusterIP: '10.96.0.10' });
    await remove('a');
    expect((await create('b', { clusterIP: '10.96.0.10' })).status).toBe(201);
    expect((await create('a', { clusterIP: '10.96.0.10' })).status).toBe(422);
  });

  it('is not taken by a dry run or by a Service that is refused', async () => {
    expect((await create('a', { clusterIP: '10.96.0.10' }, '?dryRun=All')).status).toBe(201);
    expect((await create('b', { clusterIP: '10.96.0.10', ports: [{ port: 0 }] })).status).toBe(422);
    expect((await create('c', { clusterIP: '10.96.0.10' })).status).toBe(201);
  });

  it('stays with a Service that is sent again without it', async () => {
    const { body } = await create('a', { type: 'NodePort' });
    const { metadata } = body;
    const again = {
      ...service('a', { type: 'NodePort' }),
      metadata: { name: 'a', resourceVersion: metadata.resourceVersion },
    };
    const put = await plane.ask(MASTER, 'PUT', `${SERVICES}/a`, { body: again });
    expect(put.status).toBe(200);
    expect(put.body.spec.clusterIP).toBe(body.spec.clusterIP);
    expect(put.body.spec.ports[0].nodePort).toBe(body.spec.ports[0].nodePort);
  });
});

describe('a node port', () => {
  const port = (nodePort?: number) => ({ type: 'NodePort', ports: [{ port: 80, ...(nodePort && { nodePort }) }] });

  it.each<[string, object, number]>([
    ['is given', port(), 201],
    ['may be chosen', port(31_000), 201],
    ['may not be chosen where another has it', port(30_100), 422],
    ['is of the range', port(29_999), 422],
    ['is of the range at its end too', port(32_768), 422],
  ])('%s', async (_, spec, status) => {
    await create('holder', port(30_100));
    expect((await create('b', spec)).status).toBe(status);
  });

  it('differs for each port of a Service', async () => {
    const ports = Array.from({ length: 20 }, (_, i) => ({ name: `p${i}`, port: 80 + i }));
    const { body } = await create('a', { type: 'NodePort', ports });
    expect(new Set(body.spec.ports.map((p: { nodePort: number }) => p.nodePort)).size).toBe(20);
  });
});

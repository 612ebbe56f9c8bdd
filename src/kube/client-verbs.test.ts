import { once } from 'node:events';
import { createServer as createProxy } from 'node:http';
import { type AddressInfo, connect as dial } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { KubeClient } from './client.ts';
import { NODES, PODS } from './resource-type.ts';
import { failure } from './status.ts';
import { answer, StubServer } from './stub-server.ts';

const pod = (name: string) => ({
  metadata: { name, namespace: 'n', uid: name, resourceVersion: '1', creationTimestamp: '' },
  spec: { containers: [] },
});
const listOf = (items: object[], metadata: object = {}) => ({ items, metadata: { resourceVersion: '7', ...metadata } });

let server: StubServer;
let client: KubeClient;

beforeEach(async () => {
  server = await StubServer.start();
  client = new KubeClient({ server: server.url, tls: { ca: server.ca } });
});

afterEach(async () => {
  await server.stop();
  await client.close();
});

const last = () => server.seen.at(-1)!;

describe('verbs', () => {
  it('creates in the namespace of the object, else in that of the options', async () => {
    await client.create(PODS, pod('a'), { fieldManager: 'me', dryRun: true, fieldValidation: 'Strict' });
    expect(last()).toMatchObject({
      method: 'POST',
      url: '/api/v1/namespaces/n/pods?fieldManager=me&dryRun=All&fieldValidation=Strict',
    });
    expect(JSON.parse(last().body)).toMatchObject({ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'a' } });
    await client.create(PODS, { ...pod('a'), metadata: { generateName: 'x-' } }, { namespace: 'm' });
    expect(last().url).toBe('/api/v1/namespaces/m/pods');
  });

  it('replaces an object or its subresource', async () => {
    await client.replace(PODS, { ...pod('a') }, { subresource: 'status' });
    expect(last()).toMatchObject({ method: 'PUT', url: '/api/v1/namespaces/n/pods/a/status' });
  });

  it('names each kind of patch by its content type', async () => {
    const types: unknown[] = [];
    for (const kind of ['merge', 'strategic'] as const) {
      await client.patch(PODS, 'a', { kind, body: {} }, { namespace: 'n' });
      types.push(last().headers['content-type']);
    }
    await client.patch(PODS, 'a', { kind: 'json', body: [] }, { namespace: 'n' });
    types.push(last().headers['content-type']);
    await client.patch(PODS, 'a', { kind: 'apply', body: {}, force: true }, { namespace: 'n', fieldManager: 'm' });
    types.push(last().headers['content-type']);
    expect(types).toEqual([
      'application/merge-patch+json',
      'application/strategic-merge-patch+json',
      'application/json-patch+json',
      'application/apply-patch+yaml',
    ]);
    expect(last().url).toContain('fieldManager=m&force=true');
    await expect(client.patch(PODS, 'a', { kind: 'apply', body: {} })).rejects.toThrow('needs a fieldManager');
  });

  it('deletes with preconditions and a grace period', async () => {
    await client.delete(PODS, 'a', { namespace: 'n', gracePeriodSeconds: 0, preconditions: { uid: 'u' } });
    expect(last().method).toBe('DELETE');
    expect(JSON.parse(last().body)).toMatchObject({ gracePeriodSeconds: 0, preconditions: { uid: 'u' } });
  });

  it('deletes a collection by its selectors', async () => {
    await client.deleteCollection(PODS, { namespace: 'n', labelSelector: 'a=b', propagationPolicy: 'Foreground' });
    expect(last()).toMatchObject({ method: 'DELETE', url: '/api/v1/namespaces/n/pods?labelSelector=a%3Db' });
    expect(JSON.parse(last().body)).toMatchObject({ propagationPolicy: 'Foreground' });
  });

  it('posts to a subresource', async () => {
    await client.createSubresource(PODS, 'a', 'binding', { target: { name: 'node' } }, { namespace: 'n' });
    expect(last()).toMatchObject({ method: 'POST', url: '/api/v1/namespaces/n/pods/a/binding' });
  });

  it('keeps the path of a server behind a proxy', async () => {
    const proxied = new KubeClient({ server: `${server.url}/k8s/clusters/c1`, tls: { ca: server.ca } });
    await proxied.get(NODES, 'a');
    await proxied.close();
    expect(last().url).toBe('/k8s/clusters/c1/api/v1/nodes/a');
  });

  it('goes through the proxy of the kubeconfig', async () => {
    const proxy = createProxy();
    const asked: string[] = [];
    proxy.on('connect', (request, near, head) => {
      asked.push(request.url ?? '');
      const far = dial(Number(new URL(server.url).port), '127.0.0.1', () => {
        near.write('HTTP/1.1 200 Connection established\r\n\r\n');
        far.write(head);
        near.pipe(far).pipe(near);
      });
      for (const socket of [near, far]) socket.on('error', () => {});
    });
    proxy.listen(0, '127.0.0.1');
    await once(proxy, 'listening');
    const proxyUrl = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`;
    const proxied = new KubeClient({ server: server.url, tls: { ca: server.ca }, proxyUrl });
    await proxied.get(NODES, 'a');
    expect(last().url).toBe('/api/v1/nodes/a');
    server.respond = (_, response) => response.end('{"type":"ADDED","object":{}}\n');
    expect(await Array.fromAsync(proxied.watch(NODES))).toHaveLength(1);
    expect(new Set(asked)).toEqual(new Set([new URL(server.url).host]));
    await proxied.close();
    proxy.close();
  });

  it('answers a raw request as it is, refusals too', async () => {
    server.respond = (_, response) => response.writeHead(503).end('not yet');
    const { status, body } = await client.request('GET', '/readyz', { query: { verbose: true } });
    expect([status, Buffer.from(body).toString(), last().url]).toEqual([503, 'not yet', '/readyz?verbose=true']);
  });
});

describe('lists', () => {
  it('fills in the kind that a list leaves out of its items', async () => {
    server.respond = (_, response) => answer(response, 200, listOf([pod('a')]));
    const { items, metadata } = await client.list(PODS, { namespace: 'n', limit: 5 });
    expect(items[0]).toMatchObject({ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'a' } });
    expect(metadata.resourceVersion).toBe('7');
  });

  it('reads page after page of one snapshot', async () => {
    server.respond = (request, response) =>
      request.url.includes('continue=next')
        ? answer(response, 200, listOf([pod('b')]))
        : answer(response, 200, listOf([pod('a')], { continue: 'next' }));
    const names = (await Array.fromAsync(client.listAll(PODS, { resourceVersion: '7' }))).map((o) => o.metadata.name);
    expect(names).toEqual(['a', 'b']);
    expect(server.seen.map((request) => request.url)).toEqual([
      '/api/v1/pods?limit=500&resourceVersion=7',
      '/api/v1/pods?limit=500&continue=next',
    ]);
  });

  it('goes on at the newest state when the snapshot was forgotten, giving each object once', async () => {
    const expired = failure('Expired', 'too old').status;
    server.respond = (request, response) => {
      if (request.url.includes('continue=')) return answer(response, 410, expired);
      if (request.url.includes('limit=')) return answer(response, 200, listOf([pod('a'), pod('c')], { continue: 'x' }));
      return answer(response, 200, listOf([pod('a'), pod('b'), pod('c'), pod('d')]));
    };
    const names = (await Array.fromAsync(client.listAll(PODS))).map((o) => o.metadata.name);
    expect(names).toEqual(['a', 'c', 'd']);
  });

  it('takes the token for the rest at the newest state where the server offers one', async () => {
    const expired = { ...failure('Expired', 'too old').status, metadata: { continue: 'fresh' } };
    server.respond = (request, response) => {
      if (request.url.includes('continue=old')) return answer(response, 410, expired);
      if (request.url.includes('continue=fresh')) return answer(response, 200, listOf([pod('b')]));
      return answer(response, 200, listOf([pod('a')], { continue: 'old' }));
    };
    const names = (await Array.fromAsync(client.listAll(PODS))).map((o) => o.metadata.name);
    expect(names).toEqual(['a', 'b']);
  });
});

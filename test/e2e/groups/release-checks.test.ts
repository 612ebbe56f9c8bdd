/** Checks of Releases: addresses, a Prometheus, commands; and what follows when they fail. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { JOBS } from '../../../src/kube/index.ts';
import { ReleaseSubject } from './release-subject.ts';
import { type Loose, Subject, startWorld, type World } from './world.ts';

let world: World;
let server: Server;
let address: string;
/** What the application answers, and what the Prometheus counts. */
const truth = { status: 200, errors: '0.5', asked: [] as string[] };

beforeAll(async () => {
  world = await startWorld();
  server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://x');
    truth.asked.push(`${url.pathname}${url.searchParams.get('query') ?? ''}`);
    if (url.pathname !== '/api/v1/query') return void response.writeHead(truth.status).end('ok');
    const result = [{ metric: {}, value: [1, truth.errors] }];
    response.end(JSON.stringify({ status: 'success', data: { resultType: 'vector', result } }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(async () => {
  server?.closeAllConnections();
  server?.close();
  await world?.stop();
});

async function begin(name: string, steps: Loose[], spec: Loose = {}) {
  const group = new Subject(world, name);
  await group.create({ replicas: 4 });
  await group.settled();
  const release = new ReleaseSubject(world, group);
  await release.create(steps, spec);
  await group.image('web:2');
  return { group, release };
}
const http = () => ({ name: 'alive', http: { url: `${address}/health` }, intervalSeconds: 5, failureLimit: 3 });

it('G12 a check that fails as often as it may takes the run back, and a retry needs no edit of the spec', async () => {
  truth.status = 503;
  const { release } = await begin('g12', [{ replicas: 1, checks: [http()] }]);
  const back = await release.phase('RolledBack');
  expect(release.images()).toBe('4 web:1');
  expect(release.history(back)).toEqual(['Started', 'CheckFailed', 'RolledBack']);
  expect(back.history?.[1]?.message).toBe(`Check alive failed 3 times: ${address}/health answers 503`);
  // One whose answer could not be kept, since somebody else wrote the Release meanwhile, is asked again.
  expect(truth.asked.filter((path) => path === '/health').length).toBeGreaterThanOrEqual(3);
  const { metadata } = await release.get();
  truth.status = 200;
  await release.request('retry');
  await release.phase('Succeeded');
  expect(release.images()).toBe('4 web:2');
  expect((await release.get()).metadata.generation).toBe(metadata.generation);
});

it('a Prometheus is asked as often as wished before the step is done', async () => {
  const query = 'sum(rate(errors[1m]))';
  const check = {
    name: 'errors',
    promql: { server: address, query, expect: '< 1' },
    intervalSeconds: 10,
    successes: 3,
  };
  const { release } = await begin('prom', [{ replicas: 1, bakeSeconds: 30, checks: [check], pause: {} }]);
  const paused = await release.waitsAt(1);
  expect(paused.checks).toMatchObject([{ name: 'errors', successes: 3, failures: 0, message: '0.5 < 1' }]);
  const asked = truth.asked.filter((path) => path.startsWith('/api/v1/query'));
  expect(asked.slice(0, 3)).toEqual(Array(3).fill(`/api/v1/query${query}`));
  await release.request('abort');
});

it('without automatic rollback a failed check stops the run, which says so and can be told to go on', async () => {
  truth.errors = '7';
  const check = {
    name: 'errors',
    promql: { server: address, query: 'up', expect: '< 1' },
    intervalSeconds: 1,
    failureLimit: 2,
  };
  const { release } = await begin('stop', [{ replicas: 1, checks: [check] }], { autoRollback: false });
  const stopped = await release.phase('Paused');
  expect(stopped.message).toBe('Step 1 of 1: check errors failed (7 is not < 1); approve to go on, retry, or abort');
  await world.pass(30);
  expect(release.images()).toBe('1 web:2, 3 web:1');
  await release.request('approve');
  await release.phase('Succeeded');
});

it('a command is run in a Job of its own for each try', async () => {
  const check = { name: 'smoke', job: { image: 'busybox:1', command: ['true'] }, intervalSeconds: 5, successes: 2 };
  const { release } = await begin('job', [{ replicas: 1, checks: [check], pause: {} }]);
  const paused = await release.waitsAt(1);
  expect(paused.checks).toMatchObject([{ name: 'smoke', successes: 2, failures: 0 }]);
  const { items } = await world.client.list(JOBS, { namespace: 'default' });
  expect(items.map(({ metadata }) => metadata.ownerReferences?.[0]?.name)).toEqual(['job-release', 'job-release']);
  await release.request('abort');
});

it('met no faults', () => expect(world.faults).toEqual([]));

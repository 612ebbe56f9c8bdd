/** Groups behind GroupServices: no container is touched while somebody may still be sent to it. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createEnv } from '../../../src/control/index.ts';
import { conditionOf, ENDPOINT_SLICES, type EndpointSlice, Informer, PODS, type Pod } from '../../../src/kube/index.ts';
import { GROUP_SERVICES } from '../../../src/resources/index.ts';
import { startServices } from '../../../src/services/index.ts';
import { hasty, readyIn } from '../guarded-plane.ts';
import { container, GATE, mark, Subject, startWorld, statusOf, type World } from './world.ts';

const at = { namespace: 'default' };
const acknowledged = { rollingUpdate: { rebuild: { drain: 'EndpointAck', gracePeriodSeconds: 2 } } };
const end = new AbortController();
let world: World;
let slices: Informer<EndpointSlice>;

beforeAll(async () => {
  world = await startWorld();
  slices = new Informer(world.client, ENDPOINT_SLICES);
  slices.start(end.signal);
  await slices.synced(end.signal);
});
afterAll(async () => {
  end.abort();
  expect(world?.faults ?? []).toEqual([]);
  await world?.stop();
});

/** Starts the controller of GroupServices; the answer stops it. */
async function serving(): Promise<() => void> {
  const stop = new AbortController();
  const signal = AbortSignal.any([stop.signal, end.signal]);
  await startServices(createEnv({ client: hasty(world.client), clock: world.clock, random: Math.random, signal }));
  return () => stop.abort();
}

async function served(name: string): Promise<Subject> {
  const web = new Subject(world, name);
  await web.create({ replicas: 1, updateStrategy: acknowledged });
  const spec = { selector: { matchLabels: { app: name } }, ports: [{ port: 80 }] };
  await world.client.create(GROUP_SERVICES, { metadata: { name, ...at }, spec: spec as never });
  await web.settled();
  await world.until(
    () => ready(name),
    (names) => names.length === 1,
    'the Pod served',
  );
  return web;
}

/** Names of the Pods that the slices of the service call ready. */
const ready = (name: string) =>
  [...slices.list()]
    .filter(({ metadata }) => metadata.labels?.['kubernetes.io/service-name'] === name)
    .flatMap(readyIn);

async function kubeletSaysReady({ metadata }: Pod): Promise<void> {
  const body = { status: { conditions: [{ type: 'Ready', status: 'True' }] } };
  await world.client.patch(PODS, metadata.name, { kind: 'strategic', body }, { ...at, subresource: 'status' });
}

it('L5 a container is touched only when no slice calls its Pod ready any more, however long that takes', async () => {
  const stop = await serving();
  const web = await served('l5');
  stop();
  await web.image('web:2');
  await world.until(
    () => mark(web.pod(0)!),
    (state) => state === 'Draining',
    'the drain',
  );
  await world.pass(30);
  expect(ready('l5')).toEqual(['l5-0']);
  expect([mark(web.pod(0)!), web.images()]).toEqual(['Draining', ['web:1']]);
  const again = await serving();
  await web.settled();
  expect(statusOf(web.pod(0)!)?.restartCount).toBe(1);
  await world.until(
    () => ready('l5'),
    (names) => names.length === 1,
    'the Pod served again',
  );
  again();
});

it('L8 a kubelet that writes Ready while the Pod is drained brings it no traffic', async () => {
  const stop = await serving();
  const web = await served('l8');
  const hold = { labelsHandler: { hold: 'yes' } };
  await world.client.patch(PODS, 'l8-0', { kind: 'merge', body: { metadata: { labels: { hold: 'yes' } } } }, at);
  await web.patch({ lifecycle: { preUpdate: hold } });
  await web.image('web:2');
  await world.until(
    () => ready('l8'),
    (names) => names.length === 0,
    'the drain',
  );
  for (let round = 0; round < 10; round++) {
    await kubeletSaysReady(web.pod(0)!);
    await world.pass(1);
    expect(conditionOf(web.pod(0)!, GATE)?.status).toBe('False');
    expect(ready('l8')).toEqual([]);
  }
  await world.client.patch(PODS, 'l8-0', { kind: 'merge', body: { metadata: { labels: { hold: null } } } }, at);
  await web.settled();
  expect(web.images()).toEqual(['web:2']);
  expect(web.pod(0)!.spec.containers).toMatchObject([container('main', 'web:2')]);
  stop();
});

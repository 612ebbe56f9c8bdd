/** Requests and limits changed while Pods live. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { conditionOf, NODES, PODS, value } from '../../../src/kube/index.ts';
import { container, GATE, type Loose, mark, Subject, startWorld, statusOf, type World } from './world.ts';

const at = { namespace: 'default' };
let world: World;
beforeAll(async () => {
  world = await startWorld({ hosts: 3 });
});
afterAll(async () => {
  expect(world?.faults ?? []).toEqual([]);
  await world?.stop();
});

const asking = (cpu: string, memory = '64Mi', rest: Loose = {}) =>
  container('main', 'web:1', { resources: { requests: { cpu, memory } }, ...rest });
async function running(name: string, main: Loose, spec: Loose = {}): Promise<Subject> {
  const subject = new Subject(world, name);
  await subject.create({ replicas: 1, ...spec }, { spec: { containers: [main] } });
  await subject.settled();
  return subject;
}
const inForce = (subject: Subject) =>
  subject.pods().map((pod) => (statusOf(pod) as Loose).resources?.requests?.cpu as string);
const resize = (rest: Loose) => ({ updateStrategy: { rollingUpdate: { resize: rest } } });
/** All the processors of the largest host. */
const most = async () => {
  const nodes = (await world.client.list(NODES)).items;
  return Math.floor(Math.max(...nodes.map(({ status }) => value(status?.allocatable?.cpu ?? '0'))));
};

it('R1 amounts change without a restart, and the Pod stays in service', async () => {
  const web = await running('r1', asking('1'));
  const gates = new Set<string | undefined>();
  const watching = world.pods.onChange({
    update: (pod) => {
      if (pod.metadata.labels?.app === 'r1') gates.add(conditionOf(pod, GATE)?.status);
    },
  });
  await web.containers(asking('2'));
  await web.settled();
  watching();
  const status = statusOf(web.pod(0)!) as Loose;
  expect([status.resources.requests.cpu, status.allocatedResources.cpu, status.restartCount]).toEqual(['2', '2', 0]);
  expect([...gates]).toEqual(['True']);
});

it('R2 with the policy RestartContainer the Pod is drained first, and its container restarts once', async () => {
  const resizePolicy = [
    { resourceName: 'cpu', restartPolicy: 'NotRequired' },
    { resourceName: 'memory', restartPolicy: 'RestartContainer' },
  ];
  const web = await running('r2', asking('1', '64Mi', { resizePolicy }));
  const seen: string[] = [];
  const watching = world.pods.onChange({
    update: (pod) => {
      if (pod.metadata.labels?.app !== 'r2') return;
      seen.push(`${conditionOf(pod, GATE)?.status} ${pod.spec.containers[0]!.resources?.requests?.memory}`);
    },
  });
  await web.containers(asking('1', '128Mi', { resizePolicy }));
  await web.settled();
  watching();
  expect(seen.find((line) => line.endsWith('128Mi'))).toBe('False 128Mi');
  expect(statusOf(web.pod(0)!)?.restartCount).toBe(1);
});

it('R3 a host that is full puts it off, which is told; it comes when another Pod leaves', async () => {
  const web = await running('r3', asking('1'), resize({ whenInfeasible: 'Wait', deferredTimeoutSeconds: 3600 }));
  const host = web.pod(0)!.spec.nodeName!;
  const { status } = await world.client.get(NODES, host);
  const free = Math.floor(value(status?.allocatable?.cpu ?? '0')) - 8;
  await world.client.create(PODS, {
    metadata: { name: 'r3-filler', ...at },
    spec: {
      nodeName: host,
      containers: [{ name: 'main', image: 'web:1', resources: { requests: { cpu: `${free}` } } }],
    },
  });
  await world.until(
    () => world.client.get(PODS, 'r3-filler', at),
    ({ status }) => status?.phase === 'Running',
    'the filler',
  );
  await web.containers(asking('10'));
  const group = await world.until(
    () => web.get(),
    (one) => web.condition(one, 'ResizeBlocked') !== undefined,
    'the delay',
  );
  expect(web.condition(group, 'ResizeBlocked')).toMatchObject({
    reason: 'Deferred',
    message: expect.stringContaining('r3-0'),
  });
  await world.client.delete(PODS, 'r3-filler', { ...at, gracePeriodSeconds: 0 });
  await web.settled();
  expect(inForce(web)).toEqual(['10']);
  expect(web.condition(await web.get(), 'ResizeBlocked')).toBeUndefined();
});

it('R4 more than a host has is made anew elsewhere, or refused, as the Group wants', async () => {
  const all = await most();
  const web = await running('r4', asking('1'), resize({ whenInfeasible: 'Fail' }));
  const { uid } = web.pod(0)!.metadata;
  await web.containers(asking(`${all + 1}`));
  const group = await world.until(
    () => web.get(),
    (one) => web.condition(one, 'FailedUpdate') !== undefined,
    'the refusal',
  );
  expect(web.condition(group, 'FailedUpdate')).toMatchObject({ reason: 'ResizeInfeasible' });
  await world.until(
    () => mark(web.pod(0)!),
    (state) => state === 'Normal',
    'the way back',
  );
  expect([web.pod(0)!.metadata.uid, inForce(web)[0]]).toEqual([uid, '1']);
  await web.containers(asking('2'));
  await web.settled();
  expect([web.pod(0)!.metadata.uid, inForce(web)[0]]).toEqual([uid, '2']);
  await web.patch(resize({ whenInfeasible: 'Recreate' }));
  await web.containers(asking(`${all + 1}`));
  await world.until(
    () => web.pod(0)?.metadata.uid,
    (now) => now !== undefined && now !== uid,
    'another Pod',
  );
  expect(web.names()).toEqual(['r4-0']);
  await web.containers(asking('1'));
  await web.settled();
});

it('R7 amounts and image together: amounts first, then the image, one drain', async () => {
  const web = await running('r7', asking('1'));
  const shut: string[] = [];
  const order: string[] = [];
  const watching = world.pods.onChange({
    update: (pod, old) => {
      if (pod.metadata.labels?.app !== 'r7') return;
      const gate = conditionOf(pod, GATE)?.status;
      if (gate === 'False' && conditionOf(old, GATE)?.status === 'True') shut.push('shut');
      const [main] = pod.spec.containers;
      order.push(`${main!.resources?.requests?.cpu} ${main!.image}`);
    },
  });
  await web.containers({ ...asking('2'), image: 'web:2' });
  await web.settled();
  watching();
  expect([...new Set(order)]).toEqual(['1 web:1', '2 web:1', '2 web:2']);
  expect(shut).toEqual(['shut']);
  expect(statusOf(web.pod(0)!)?.restartCount).toBe(1);
});

it('R8 a Pod that is made anew later has the new amounts', async () => {
  const web = await running('r8', asking('1'));
  await web.containers(asking('2'));
  await web.settled();
  const { uid } = web.pod(0)!.metadata;
  await world.client.delete(PODS, 'r8-0', at);
  await world.until(
    () => web.pod(0)?.metadata.uid,
    (now) => now !== undefined && now !== uid,
    'another Pod',
  );
  await web.settled();
  expect(inForce(web)).toEqual(['2']);
});

it('R9 what a limit range refuses is told in its words, and the Pod goes on as it was', async () => {
  const web = await running('r9', asking('1'));
  const limits = {
    apiVersion: 'v1',
    kind: 'LimitRange',
    metadata: { name: 'small' },
    spec: { limits: [{ type: 'Container', max: { cpu: '1500m' } }] },
  };
  await world.client.request('POST', '/api/v1/namespaces/default/limitranges', {
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(limits),
  });
  await web.containers(asking('2'));
  const group = await world.until(
    () => web.get(),
    (one) => web.condition(one, 'FailedUpdate') !== undefined,
    'the refusal',
  );
  await world.client.request('DELETE', '/api/v1/namespaces/default/limitranges/small');
  expect(web.condition(group, 'FailedUpdate')).toMatchObject({
    reason: 'Refused',
    message: expect.stringContaining('1500m'),
  });
  await world.until(
    () => mark(web.pod(0)!),
    (state) => state === 'Normal',
    'the way back',
  );
  expect([inForce(web)[0], statusOf(web.pod(0)!)?.restartCount]).toEqual(['1', 0]);
  await world.pass(70);
  await web.settled();
  expect(inForce(web)).toEqual(['2']);
});

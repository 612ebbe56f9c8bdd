/** Rebuilds in the Pod: the same Pod, other containers. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { conditionOf, EVENTS, NODES, PODS, type Pod } from '../../../src/kube/index.ts';
import { container, GATE, isAtRest, mark, Subject, startWorld, statusOf, type World } from './world.ts';

const at = { namespace: 'default' };
let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(async () => {
  expect(world?.faults ?? []).toEqual([]);
  await world?.stop();
});

const identity = (pods: readonly Pod[]) =>
  pods.map(({ metadata, spec, status }) => [metadata.name, metadata.uid, status?.podIP, spec.nodeName]);
const restarts = (subject: Subject, name = 'main') => subject.pods().map((pod) => statusOf(pod, name)?.restartCount);

async function running(name: string, spec: object = {}, template: object = {}): Promise<Subject> {
  const subject = new Subject(world, name);
  await subject.create(spec, template);
  await subject.settled();
  return subject;
}

describe('an image change', () => {
  it('L1 keeps UID, IP, host and name, and restarts the container once', async () => {
    const web = await running('l1');
    const before = identity(web.pods());
    await web.image('web:2');
    await web.settled();
    expect(identity(web.pods())).toEqual(before);
    expect(restarts(web)).toEqual([1, 1, 1]);
    expect(web.images()).toEqual(['web:2', 'web:2', 'web:2']);
  });

  it('L2 to a tag of the same digest completes', async () => {
    const digest = `sha256:${'b'.repeat(64)}`;
    const web = await running('l2', { replicas: 2 }, { spec: { containers: [container('main', `web:1@${digest}`)] } });
    const ids = web.pods().map((pod) => statusOf(pod)?.imageID);
    await web.image(`web:2@${digest}`);
    await web.settled();
    expect(web.pods().map((pod) => statusOf(pod)?.imageID)).toEqual(ids);
    expect(restarts(web)).toEqual([1, 1]);
  });

  it('L3 to another spelling of the same name completes', async () => {
    const web = await running('l3', { replicas: 2 }, { spec: { containers: [container('main', 'nginx:alpine')] } });
    await web.image('docker.io/library/nginx:alpine');
    await web.settled();
    expect(restarts(web)).toEqual([1, 1]);
  });

  it('L4 of one container leaves the other alone', async () => {
    const containers = [container('main', 'web:1'), container('log', 'log:1')];
    const web = await running('l4', { replicas: 2 }, { spec: { containers } });
    const ids = web.pods().map((pod) => statusOf(pod, 'log')?.containerID);
    await web.image('web:2', container('log', 'log:1'));
    await web.settled();
    expect(web.pods().map((pod) => statusOf(pod, 'log')?.containerID)).toEqual(ids);
    expect(restarts(web)).toEqual([1, 1]);
  });

  it('L5 shuts the gate before the container is touched, and opens it when the new one is ready', async () => {
    const probe = { readinessProbe: { tcpSocket: { port: 80 }, initialDelaySeconds: 3, periodSeconds: 1 } };
    const web = await running('l5', { replicas: 1 }, { spec: { containers: [container('main', 'web:1', probe)] } });
    const seen: string[] = [];
    const first = statusOf(web.pod(0)!)!.containerID;
    const watching = world.pods.onChange({
      update: (pod) => {
        if (pod.metadata.labels?.app !== 'l5') return;
        const gate = conditionOf(pod, GATE)?.status;
        const same = statusOf(pod)?.containerID === first;
        const ready = conditionOf(pod, 'Ready')?.status;
        seen.push(`${pod.spec.containers[0]!.image} ${gate} ${ready} ${same ? 'old' : 'new'}`);
      },
    });
    await web.containers(container('main', 'web:2', probe));
    await web.settled();
    watching();
    const touched = seen.findIndex((line) => line.startsWith('web:2'));
    expect(seen[touched]).toContain('False False');
    expect(seen.filter((line) => /web:2 True True old/.test(line))).toEqual([]);
    expect(seen.at(-1)).toBe('web:2 True True new');
  });

  it('L9 L10 that is bad spreads no further than allowed, and is mended by taking it back', async () => {
    const web = await running('l9', { replicas: 6, updateStrategy: { rollingUpdate: { maxUnavailable: 2 } } });
    await web.image('not a name');
    await world.until(
      () => web.images().filter((image) => image === 'not a name').length,
      (count) => count === 2,
      'two bad Pods',
    );
    await world.pass(20);
    expect(web.images().filter((image) => image === 'not a name')).toHaveLength(2);
    await web.image('web:1');
    await web.settled();
    expect(web.images()).toEqual(Array.from({ length: 6 }, () => 'web:1'));
  });

  it('L14 goes by the order of containers: the second waits until the first is ready', async () => {
    const rebuild = { containerOrder: ['side', 'main'] };
    const containers = [container('main', 'web:1'), container('side', 'side:1')];
    const spec = { replicas: 1, updateStrategy: { rollingUpdate: { rebuild } } };
    const web = await running('l14', spec, { spec: { containers } });
    await web.image('web:2', container('side', 'not a name'));
    await world.until(
      () => web.images('side')[0],
      (image) => image === 'not a name',
      'the first container',
    );
    await world.pass(10);
    expect(web.images()).toEqual(['web:1']);
    await web.image('web:2', container('side', 'side:2'));
    await web.settled();
    expect([...web.images('side'), ...web.images()]).toEqual(['side:2', 'web:2']);
    const [side, main] = [statusOf(web.pod(0)!, 'side'), statusOf(web.pod(0)!)];
    expect(Date.parse(side!.state!.running!.startedAt!)).toBeLessThanOrEqual(
      Date.parse(main!.state!.running!.startedAt!),
    );
  });

  it('L15 that comes within the grace period is the one applied; the one before never runs', async () => {
    const rebuild = { gracePeriodSeconds: 20 };
    const web = await running('l15', { replicas: 1, updateStrategy: { rollingUpdate: { rebuild } } });
    const seen = new Set<string>();
    const watching = world.pods.onChange({
      update: (pod) => {
        if (pod.metadata.labels?.app === 'l15') seen.add(pod.spec.containers[0]!.image!);
      },
    });
    await web.image('web:2');
    await world.until(
      () => mark(web.pod(0)!),
      (state) => state === 'Draining',
      'draining',
    );
    await web.image('web:3');
    await web.settled();
    watching();
    expect([...seen]).toEqual(['web:1', 'web:3']);
    expect(restarts(web)).toEqual([1]);
  });

  it('L16 of a container that needs no drain leaves the Pod in service', async () => {
    const rebuild = { skipDrainContainers: ['log'], gracePeriodSeconds: 5 };
    const containers = [container('main', 'web:1'), container('log', 'log:1')];
    const spec = { replicas: 1, updateStrategy: { rollingUpdate: { rebuild } } };
    const web = await running('l16', spec, { spec: { containers } });
    const gates = new Set<string | undefined>();
    const watching = world.pods.onChange({
      update: (pod) => {
        if (pod.metadata.labels?.app === 'l16') gates.add(conditionOf(pod, GATE)?.status);
      },
    });
    await web.image('web:1', container('log', 'log:2'));
    await web.settled();
    watching();
    expect([...gates]).toEqual(['True']);
    expect(restarts(web, 'log')).toEqual([1]);
  });

  it('L22 waits for a hook, and taking the change back lets the Pod serve again', async () => {
    const lifecycle = { preUpdate: { labelsHandler: { hold: 'yes' } } };
    const web = await running('l22', { replicas: 1, lifecycle }, { labels: { hold: 'yes' } });
    await web.image('web:2');
    await world.until(
      () => mark(web.pod(0)!),
      (state) => state === 'PreparingUpdate',
      'the hook',
    );
    await world.pass(10);
    expect([web.images()[0], conditionOf(web.pod(0)!, GATE)?.status]).toEqual(['web:1', 'False']);
    await web.image('web:1');
    await web.settled();
    expect([restarts(web)[0], isAtRest(web.pod(0)!)]).toEqual([0, true]);
    await web.image('web:2');
    await world.until(
      () => mark(web.pod(0)!),
      (state) => state === 'PreparingUpdate',
      'the hook again',
    );
    const patch = { kind: 'merge', body: { metadata: { labels: { hold: null } } } } as const;
    await world.client.patch(PODS, web.pod(0)!.metadata.name, patch, at);
    await web.settled();
    expect(restarts(web)).toEqual([1]);
  });
});

describe('other changes', () => {
  it('L13 of an annotation alone makes no extra Pod and interrupts nobody', async () => {
    const web = await running('l13', { updateStrategy: { rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } } });
    let most = 0;
    const watching = world.pods.onChange({ add: () => (most = Math.max(most, web.pods().length)) });
    await web.patch({ template: { metadata: { annotations: { note: 'new' } } } });
    await web.settled();
    watching();
    expect(web.pods().map(({ metadata }) => metadata.annotations?.note)).toEqual(['new', 'new', 'new']);
    expect([most, restarts(web)]).toEqual([3, [0, 0, 0]]);
  });

  it('L11 of a command make the Pod anew under its name, on its host; with LocalOnly nothing is touched', async () => {
    const web = await running('l11', { replicas: 2 });
    const before = web.pods();
    await web.containers(container('main', 'web:1', { command: ['run'] }));
    await web.settled();
    const after = web.pods();
    expect(after.map(({ metadata }) => metadata.name)).toEqual(before.map(({ metadata }) => metadata.name));
    expect(after.map(({ spec }) => spec.nodeName)).toEqual(before.map(({ spec }) => spec.nodeName));
    expect(after.some(({ metadata }) => before.some((pod) => pod.metadata.uid === metadata.uid))).toBe(false);

    const strict = await running('l11-only', {
      replicas: 2,
      updateStrategy: { rollingUpdate: { podUpdatePolicy: 'LocalOnly' } },
    });
    const uids = strict.pods().map(({ metadata }) => metadata.uid);
    await strict.containers(container('main', 'web:1', { command: ['run'] }));
    const group = await world.until(
      () => strict.get(),
      (one) => strict.condition(one, 'FailedUpdate')?.status === 'True',
      'the refusal',
    );
    expect(strict.condition(group, 'FailedUpdate')).toMatchObject({
      reason: 'NotLocal',
      message: expect.stringContaining('spec.containers[main].command'),
    });
    expect(strict.pods().map(({ metadata }) => metadata.uid)).toEqual(uids);
  });

  it('of a template that no server would take touch no Pod', async () => {
    const web = await running('bad', { replicas: 2 });
    const uids = web.pods().map(({ metadata }) => metadata.uid);
    await web.containers(container('main', 'web:1', { ports: [{ containerPort: 99999 }] }));
    const group = await world.until(
      () => web.get(),
      (one) => web.condition(one, 'FailedUpdate')?.status === 'True',
      'the refusal',
    );
    expect(web.condition(group, 'FailedUpdate')?.message).toContain('99999');
    expect(web.pods().map(({ metadata }) => metadata.uid)).toEqual(uids);
    await web.containers(container('main', 'web:1'));
    await web.settled();
    expect(web.condition(await web.get(), 'FailedUpdate')).toBeUndefined();
  });

  it('L23 with node Required go to the same host, and elsewhere when that has no room for too long', async () => {
    const identity = { node: 'Required', localTimeoutSeconds: 30 };
    const web = await running('l23', { replicas: 1, identity });
    const host = web.pod(0)!.spec.nodeName!;
    await web.containers(container('main', 'web:1', { command: ['a'] }));
    await web.settled();
    expect(web.pod(0)!.spec.nodeName).toBe(host);
    const cordon = (unschedulable: boolean) =>
      world.client.patch(NODES, host, { kind: 'merge', body: { spec: { unschedulable } } });
    await cordon(true);
    await web.containers(container('main', 'web:1', { command: ['b'] }));
    await web.settled();
    await cordon(false);
    expect(web.pod(0)!.spec.nodeName).not.toBe(host);
    expect(web.names()).toEqual(['l23-0']);
  });

  it('L24 with node Bind go to the same host though nobody schedules', async () => {
    const web = await running('l24', { replicas: 1, identity: { node: 'Bind' } });
    const host = web.pod(0)!.spec.nodeName!;
    await web.patch({ template: { spec: { schedulerName: 'nobody', containers: [container('main', 'web:1')] } } });
    await web.settled();
    expect(web.pod(0)!.spec).toMatchObject({ nodeName: host, schedulerName: 'nobody' });
  });
});

it('tells of what it made and deleted, beside the Group', async () => {
  const web = await running('events', { replicas: 1 });
  const events = await world.until(
    async () => (await world.client.list(EVENTS, at)).items.filter((e) => e.involvedObject.name === web.name),
    (list) => list.length > 0,
    'an event',
  );
  expect(events[0]).toMatchObject({ reason: 'SuccessfulCreate', message: 'created Pod events-0' });
});

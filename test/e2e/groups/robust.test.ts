/** Controllers that die, meet, or are refused at every turn: the end is the same, and no container restarts twice. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FAULT_NAMESPACE, makeFault } from '../../../src/fleet/index.ts';
import {
  CONFIG_MAPS,
  CONTROLLER_REVISIONS,
  conditionOf,
  type core,
  failure,
  type KubeClient,
  PODS,
  type Pod,
} from '../../../src/kube/index.ts';
import { mortal } from '../mortal-client.ts';
import { container, isAtRest, Subject, startWorld, statusOf, type World } from './world.ts';

let world: World;
beforeAll(async () => {
  world = await startWorld({ groups: false });
});
afterAll(() => world?.stop());

const restarts = (subject: Subject) => subject.pods().map((pod) => statusOf(pod)?.restartCount);
const uids = (subject: Subject) => subject.pods().map(({ metadata }) => metadata.uid);

async function running(name: string, spec: object = {}): Promise<Subject> {
  const stop = await world.startGroups();
  const subject = new Subject(world, name);
  await subject.create({ replicas: 2, updateStrategy: { rollingUpdate: { maxUnavailable: 1 } }, ...spec });
  await subject.settled();
  stop();
  return subject;
}

describe('L21 a controller killed', () => {
  it.each(Array.from({ length: 14 }, (_, writes) => writes))(
    'after %i writes of a release and one that is not answered leaves what another finishes, each container restarted once',
    async (writes) => {
      const web = await running(`l21-${writes}`);
      const before = uids(web);
      let dead = false;
      const client = mortal(await world.connect(), { after: writes, lastArrives: true, onDeath: () => (dead = true) });
      const stop = await world.startGroups(client);
      await web.image('web:2');
      const done = () => dead || (web.pods().every(isAtRest) && web.images().every((image) => image === 'web:2'));
      await world.until(done, Boolean, 'the death');
      stop();
      const end = await world.startGroups();
      await web.settled();
      end();
      expect(restarts(web)).toEqual([1, 1]);
      expect(uids(web)).toEqual(before);
      expect(web.images()).toEqual(['web:2', 'web:2']);
    },
  );
});

it('S1 storms of conflicts, refusals and faults of the server lose nothing', async () => {
  const web = await running('s1', { replicas: 4, updateStrategy: { rollingUpdate: { maxUnavailable: 2 } } });
  let turn = 0;
  const stop = await world.startGroups(stormy(await world.connect(), () => ++turn));
  await web.image('web:2');
  await web.settled();
  stop();
  expect(turn).toBeGreaterThan(10);
  expect(restarts(web)).toEqual([1, 1, 1, 1]);
});

it('S2 two controllers at once do nothing twice', async () => {
  const web = await running('s2', { replicas: 4, updateStrategy: { rollingUpdate: { maxUnavailable: 2 } } });
  const stops = [await world.startGroups(), await world.startGroups()];
  let most = 0;
  const watching = world.pods.onChange({
    update: () => (most = Math.max(most, web.pods().filter((pod) => !isAtRest(pod)).length)),
  });
  await web.image('web:2');
  await web.settled();
  watching();
  for (const stop of stops) stop();
  expect(restarts(web)).toEqual([1, 1, 1, 1]);
  expect(most).toBeLessThanOrEqual(3);
});

it('S3 while no controller of Groups runs, its Pods run on and others come up', async () => {
  const web = await running('s3');
  const at = { namespace: 'default' };
  await world.client.create(PODS, {
    metadata: { name: 's3-other', ...at },
    spec: { containers: [{ name: 'x', image: 'x:1' }] },
  });
  await world.until(
    () => world.client.get(PODS, 's3-other', at),
    ({ status }) => status?.phase === 'Running',
    'another Pod',
  );
  expect(web.pods().every(isAtRest)).toBe(true);
});

it('G20 taking a release back brings the old revision back, no new one', async () => {
  const web = await running('g20');
  const stop = await world.startGroups();
  const first = (await web.get()).status?.updateRevision;
  await web.image('web:2');
  await web.settled();
  await web.image('web:1');
  const group = await web.settled();
  stop();
  expect(group.status?.updateRevision).toBe(first);
  expect(group.status?.currentRevision).toBe(first);
  const all = (await world.client.list(CONTROLLER_REVISIONS, { namespace: 'default' })).items;
  expect(all.filter(({ metadata }) => metadata.name.startsWith('g20-'))).toHaveLength(2);
});

it('L6 L7 a gate is opened only on the Pod that was judged: on a changed one the write is refused and judged anew', async () => {
  const web = await running('l7', { replicas: 1 });
  const client = await world.connect();
  const judged: string[] = [];
  const spying = new Proxy(client, {
    get: (target, name) => {
      const member = Reflect.get(target, name, target) as unknown;
      if (name !== 'patch' || typeof member !== 'function')
        return typeof member === 'function' ? member.bind(target) : member;
      return async (type: typeof PODS, pod: string, patch: { body: object }, options: { subresource?: string }) => {
        const body = patch.body as {
          metadata?: { resourceVersion?: string };
          status?: { conditions?: { type: string; status: string }[] };
        };
        const opens = body.status?.conditions?.some((c) => c.type === 'apps.jdos.jd.com/Ready' && c.status === 'True');
        if (opens && judged.length < 2) {
          judged.push(body.metadata?.resourceVersion ?? '');
          const note = { metadata: { annotations: { note: String(judged.length) } } };
          await target.patch(PODS, pod, { kind: 'merge', body: note }, { namespace: 'default' });
        }
        return target.patch(type, pod, patch as never, options);
      };
    },
  });
  const stop = await world.startGroups(spying);
  await web.image('web:2');
  await web.settled();
  stop();
  expect(judged).toHaveLength(2);
  expect(judged[0]).not.toBe(judged[1]);
  expect(restarts(web)).toEqual([1]);
});

it('L12 a sidecar that admission has put into the Pods, and the Group knows nothing of, keeps no change from being local', async () => {
  const stop = await world.startGroups(injecting(await world.connect(), { name: 'mesh', image: 'mesh:1' }));
  const amounts = (cpu: string) => ({ resources: { requests: { cpu }, limits: { cpu: '1' } } });
  const web = new Subject(world, 'l12');
  await web.create({ replicas: 2 }, { spec: { containers: [container('main', 'web:1', amounts('100m'))] } });
  await web.settled();
  const [before, meshes] = [uids(web), web.pods().map((pod) => statusOf(pod, 'mesh')?.containerID)];
  expect(web.images('mesh')).toEqual(['mesh:1', 'mesh:1']);
  await web.containers(container('main', 'web:2', amounts('100m')));
  await web.settled();
  await web.containers(container('main', 'web:2', amounts('200m')));
  await web.settled();
  stop();
  expect(uids(web)).toEqual(before);
  expect(restarts(web)).toEqual([1, 1]);
  expect(web.pods().map((pod) => pod.spec.containers[0]!.resources?.requests?.cpu)).toEqual(['200m', '200m']);
  expect(web.pods().map((pod) => statusOf(pod, 'mesh')?.containerID)).toEqual(meshes);
});

describe.each([-600, 600])('S8 hosts whose clocks are wrong by %i s', (seconds) => {
  it('change nothing about how long a Pod must have been ready, nor about when its containers are new', async () => {
    const fault = makeFault('clock-skew', {}, { name: 's8', parameters: { seconds: String(seconds) } });
    await world.client.create(CONFIG_MAPS, fault);
    const stop = await world.startGroups();
    const web = new Subject(world, `s8-${seconds < 0 ? 'behind' : 'ahead'}`);
    await web.create({ replicas: 1, minReadySeconds: 30 });
    const since = (field: 'readyReplicas' | 'availableReplicas') => async () => {
      const { status, spec } = await web.get();
      return status?.[field] === spec.replicas;
    };
    await world.until(since('readyReplicas'), Boolean, 'readiness');
    const ready = world.clock.now();
    const wrong = Date.parse(conditionOf(web.pod(0)!, 'ContainersReady')!.lastTransitionTime!) - ready;
    expect(Math.abs(wrong - seconds * 1000)).toBeLessThan(200_000);
    await world.until(since('availableReplicas'), Boolean, 'availability');
    expect(world.clock.now() - ready).toBeGreaterThanOrEqual(20_000);
    expect(world.clock.now() - ready).toBeLessThanOrEqual(300_000);
    await web.image('web:2');
    await web.settled();
    stop();
    expect(restarts(web)).toEqual([1]);
    await world.client.delete(CONFIG_MAPS, 's8', { namespace: FAULT_NAMESPACE });
  });
});

it('an image release costs no more than six writes a Pod', async () => {
  const [pods, spec] = [20, { replicas: 20, updateStrategy: { rollingUpdate: { maxUnavailable: 5 } } }];
  const web = await running('writes', spec);
  let writes = 0;
  const stop = await world.startGroups(counting(await world.connect(), () => writes++));
  await web.image('web:2');
  await web.settled();
  stop();
  expect(restarts(web)).toEqual(Array(pods).fill(1));
  expect(writes).toBeGreaterThanOrEqual(3 * pods);
  expect(writes).toBeLessThanOrEqual(6 * pods);
});

/** Told of every write to a Pod, also of one that is refused. */
function counting(client: KubeClient, onWrite: () => void): KubeClient {
  return new Proxy(client, {
    get: (target, name) => {
      const member = Reflect.get(target, name, target) as unknown;
      if (typeof member !== 'function') return member;
      if (!WRITES.has(String(name))) return member.bind(target);
      return (...args: unknown[]) => {
        if (args[0] === PODS) onWrite();
        return (member as (...all: unknown[]) => unknown).apply(target, args);
      };
    },
  });
}

/** As an admission webhook does: what is stored has one container more than what was sent. */
function injecting(client: KubeClient, sidecar: core.Container): KubeClient {
  const create = (type: unknown, object: unknown, options: unknown) => {
    const pod = object as Pod;
    const spec = { ...pod.spec, containers: [...(pod.spec?.containers ?? []), sidecar] };
    const sent = type === PODS ? { ...pod, spec } : object;
    return (client.create as (...all: unknown[]) => unknown)(type, sent, options);
  };
  return new Proxy(client, {
    get: (target, name) => {
      const member = name === 'create' ? create : (Reflect.get(target, name, target) as unknown);
      return typeof member === 'function' ? (member.bind(target) as unknown) : member;
    },
  });
}

const WRITES = new Set(['create', 'replace', 'patch', 'delete']);
const STORM = ['Conflict', 'TooManyRequests', 'InternalError', undefined, undefined] as const;

/** Three writes of five fail, in turn with each kind of failure. */
function stormy(client: KubeClient, turn: () => number): KubeClient {
  return new Proxy(client, {
    get: (target, name) => {
      const member = Reflect.get(target, name, target) as unknown;
      if (typeof member !== 'function') return member;
      if (!WRITES.has(String(name))) return member.bind(target);
      return async (...args: unknown[]) => {
        const reason = STORM[turn() % STORM.length];
        if (reason) throw failure(reason, 'a storm');
        return (member as (...all: unknown[]) => unknown).apply(target, args);
      };
    },
  });
}

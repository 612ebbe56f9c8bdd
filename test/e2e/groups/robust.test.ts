/** Controllers that die, meet, or are refused at every turn: the end is the same, and no container restarts twice. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CONTROLLER_REVISIONS, failure, type KubeClient, PODS } from '../../../src/kube/index.ts';
import { mortal } from '../mortal-client.ts';
import { isAtRest, Subject, startWorld, statusOf, type World } from './world.ts';

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
    'after %i writes of a release leaves what another finishes, each container restarted once',
    async (writes) => {
      const lastArrives = writes % 2 === 0;
      const web = await running(`l21-${writes}`);
      const before = uids(web);
      let dead = false;
      const client = mortal(await world.connect(), { after: writes, lastArrives, onDeath: () => (dead = true) });
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

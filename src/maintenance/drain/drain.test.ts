import { expect, test } from 'vitest';
import {
  failure,
  POD_DISRUPTION_BUDGETS,
  PODS,
  type Pod,
  type PodDisruptionBudget,
  type ResourceType,
  VirtualClock,
} from '../../kube/index.ts';
import { Drain } from './drain.ts';

interface World {
  pods: Pod[];
  budgets?: PodDisruptionBudget[];
  /** Pods that have become unready: evictions of others are refused while there are some. */
  readonly refuse?: (pod: Pod) => Error | undefined;
}

let count = 0;
const pod = (
  name: string,
  change: { labels?: object; spec?: object; owner?: string; annotations?: object; status?: object } = {},
) =>
  ({
    metadata: {
      name,
      namespace: 'shop',
      uid: `${name}-${count++}`,
      labels: change.labels ?? {},
      annotations: change.annotations ?? {},
      ...(change.owner !== '' && {
        ownerReferences: [{ kind: change.owner ?? 'ReplicaSet', name: 'x', controller: true }],
      }),
    },
    spec: { nodeName: 'h1', containers: [], ...change.spec },
    status: { phase: 'Running', ...change.status },
  }) as unknown as Pod;

const budget = (name: string, labels: object, allowed: number) =>
  ({
    metadata: { name, namespace: 'shop' },
    spec: { selector: { matchLabels: labels } },
    status: { disruptionsAllowed: allowed },
  }) as unknown as PodDisruptionBudget;

function drainOf(world: World, options: { parallelism?: number } = {}) {
  const clock = new VirtualClock();
  const asked: string[] = [];
  const deleted: string[] = [];
  let [now, most] = [0, 0];
  const client = {
    async *listAll(type: ResourceType) {
      yield* (type === PODS ? world.pods : type === POD_DISRUPTION_BUDGETS ? (world.budgets ?? []) : []) as never[];
    },
    async createSubresource(_: ResourceType, name: string) {
      most = Math.max(most, ++now);
      await Promise.resolve();
      now--;
      asked.push(name);
      const one = world.pods.find((p) => p.metadata.name === name);
      if (!one) throw failure('NotFound', 'gone');
      const error = world.refuse?.(one);
      if (error) throw error;
      one.metadata.deletionTimestamp = 'now';
      return undefined as never;
    },
    async delete(_: ResourceType, name: string) {
      deleted.push(name);
      return undefined as never;
    },
  };
  return { drain: new Drain('h1', { client, clock, ...options }), clock, asked, deleted, most: () => most };
}

const tooMany = () => failure('TooManyRequests', "Cannot evict pod as it would violate the pod's disruption budget.");

test('E2 a Pod whose budget allows nothing stays, the budget is named, and it is asked for again every five seconds', async () => {
  const world = {
    pods: [pod('web', { labels: { app: 'web' } })],
    budgets: [budget('web-budget', { app: 'web' }, 0)],
    refuse: tooMany,
  };
  const { drain, clock, asked, deleted } = drainOf(world);
  const state = await drain.step({});
  expect(state).toMatchObject({ left: ['shop/web'], stuck: false, evicted: [] });
  expect(state.hindered[0]).toMatchObject({ pod: 'shop/web', reason: 'budget' });
  expect(state.hindered[0]!.detail).toContain('shop/web-budget');
  await drain.step({});
  expect(asked).toHaveLength(1);
  await clock.advance(5_000);
  await drain.step({});
  expect(asked).toHaveLength(2);
  expect(deleted).toEqual([]);
});

test('E3 a Pod under two budgets can never go: the drain is stuck at once and names both', async () => {
  const labels = { app: 'web' };
  const { drain } = drainOf({
    pods: [pod('web', { labels })],
    budgets: [budget('a', labels, 1), budget('b', labels, 1), budget('c', { app: 'other' }, 1)],
    refuse: () => failure('InternalError', 'This pod has more than one PodDisruptionBudget'),
  });
  const state = await drain.step({});
  expect(state.stuck).toBe(true);
  expect(state.hindered).toEqual([{ pod: 'shop/web', reason: 'two-budgets', detail: 'shop/a, shop/b' }]);
});

test('E4 a Pod with an emptyDir and a bare one need consent, and until then nobody is asked to go', async () => {
  const cache = pod('cache', { spec: { volumes: [{ name: 'data', emptyDir: {} }] } });
  const { drain, asked } = drainOf({ pods: [cache, pod('lonely', { owner: '' }), pod('web')] });
  const state = await drain.step({});
  expect(state.stuck).toBe(true);
  expect(state.hindered.map(({ pod: name, detail }) => [name, detail])).toEqual([
    ['shop/cache', 'empty-dir'],
    ['shop/lonely', 'bare'],
  ]);
  expect(asked).toEqual([]);
  expect((await drain.step({ emptyDir: true, bare: true })).evicted).toEqual(['shop/cache', 'shop/lonely', 'shop/web']);
});

test('E5 mirror Pods and those of DaemonSets are not touched, and do not count as left', async () => {
  const { drain, asked } = drainOf({
    pods: [
      pod('static', { owner: '', annotations: { 'kubernetes.io/config.mirror': 'x' } }),
      pod('agent', { owner: 'DaemonSet' }),
    ],
  });
  expect(await drain.step({})).toEqual({ left: [], hindered: [], stuck: false, evicted: [] });
  expect(asked).toEqual([]);
});

test('Pods that are going are waited for and not asked again, also by a drain that was begun anew', async () => {
  const world = { pods: [pod('web')] };
  const first = drainOf(world);
  expect((await first.drain.step({})).evicted).toEqual(['shop/web']);
  const second = drainOf(world);
  expect(await second.drain.step({})).toMatchObject({ left: ['shop/web'], evicted: [] });
  expect(second.asked).toEqual([]);
  world.pods = [];
  expect((await second.drain.step({})).left).toEqual([]);
});

test('no more than so many are asked for at once', async () => {
  const { drain, most } = drainOf({ pods: Array.from({ length: 40 }, (_, i) => pod(`p${i}`)) }, { parallelism: 10 });
  expect((await drain.step({})).evicted).toHaveLength(40);
  expect(most()).toBeLessThanOrEqual(10);
});

test('a Pod that is to be skipped stays and no longer counts; one that was overridden is deleted, with its grace', async () => {
  const world = {
    pods: [pod('web', { labels: { app: 'web' } })],
    budgets: [budget('b', { app: 'web' }, 0)],
    refuse: tooMany,
  };
  const { drain, deleted } = drainOf(world);
  expect((await drain.step({ skip: ['shop/web'] })).left).toEqual([]);
  expect((await drain.step({ override: ['shop/web'] })).evicted).toEqual(['shop/web']);
  expect(deleted).toEqual(['web']);
});

test('finished Pods go without further question', async () => {
  const { drain } = drainOf({ pods: [pod('done', { owner: '', status: { phase: 'Succeeded' } })] });
  expect((await drain.step({})).evicted).toEqual(['shop/done']);
});

import { describe, expect, it } from 'vitest';
import { meta, pod } from '../control/fixture.ts';
import type { Env } from '../control/index.ts';
import { failure, type PodDisruptionBudget, VirtualClock } from '../kube/index.ts';
import { advance, type Goal, type Surroundings } from './advance.ts';
import { Charges, isPoorer } from './charges.ts';
import { aGroup, aVersion, START } from './fixture.ts';
import { GATE, REVISION, STATE, UPDATE } from './marks.ts';
import { memberOf } from './member.ts';

// biome-ignore lint/suspicious/noExplicitAny: bodies of requests are looked at loosely
type Loose = Record<string, any>;

const budget = (currentHealthy: number, ...promised: string[]): PodDisruptionBudget => ({
  metadata: meta('web'),
  spec: {},
  status: {
    currentHealthy,
    desiredHealthy: 3,
    disruptionsAllowed: 1,
    expectedPods: 5,
    disruptedPods: Object.fromEntries(promised.map((name) => [name, '2026-01-01T00:00:00Z'])),
  },
});

describe('a budget that has changed since the plan was made', () => {
  it.each([
    ['a Pod more is promised', budget(5, 'web-1', 'web-2'), true],
    ['a Pod has gone', budget(4, 'web-1'), true],
    ['a promise has been kept, and is not there any more', budget(5), false],
    ['more Pods are healthy', budget(6, 'web-1'), false],
  ])('%s', (_, fresh, poorer) => expect(isPoorer(fresh, budget(5, 'web-1'))).toBe(poorer));
});

describe('a Pod whose update has just ended, and of which something else is wanted by now', () => {
  const [v1, v2] = [aVersion('web:1'), aVersion('web:2')];
  const around: Surroundings = { spec: aGroup().spec, now: START, unserved: () => true, canResize: true };
  const goal: Goal = { version: v2, from: v1, begin: false, leave: false, anew: false };

  function updating(gate: 'True' | 'False', id: string) {
    const record = { revision: v1.hash, since: START, told: START, old: { main: ['containerd://1'] } };
    const one = pod({
      name: 'web-0',
      ready: true,
      metadata: {
        labels: { [REVISION]: v1.hash, [STATE]: 'Updating' },
        annotations: { [UPDATE]: JSON.stringify(record) },
      },
    });
    const conditions = [
      ...(one.status?.conditions ?? []).filter(({ type }) => type !== 'ContainersReady'),
      { type: 'ContainersReady', status: 'True' },
      { type: GATE, status: gate },
    ];
    const running = { startedAt: '2030-01-01T00:00:00Z' };
    const main = { name: 'main', image: 'web:1', imageID: '', ready: true, restartCount: 1, containerID: id };
    const containerStatuses = [{ ...main, state: { running } }];
    const containers = [{ name: 'main', image: 'web:1' }];
    const status = { ...one.status, conditions, containerStatuses, observedGeneration: 9 };
    return memberOf(aGroup(), { ...one, spec: { ...one.spec, containers }, status }, START, START);
  }

  it('is at rest first when it serves again: it is drained, and counted, before it is touched once more', () => {
    expect(advance(updating('True', 'containerd://2'), goal, around)).toEqual({
      kind: 'mark',
      state: 'Normal',
      record: null,
    });
  });

  it('goes on at once while it serves nobody', () => {
    expect(advance(updating('False', 'containerd://2'), goal, around)).toMatchObject({ kind: 'rebuild' });
  });
});

describe('a charge', () => {
  const one = { ...budget(5), metadata: { ...meta('web'), resourceVersion: '7' }, spec: { selector: {} } };

  function charging(...answers: (object | 'Conflict' | 'Forbidden')[]) {
    const sent: Loose[] = [];
    const told: string[] = [];
    const ask = (body?: Loose) => {
      if (body) sent.push(body);
      const answer = answers.shift();
      return typeof answer === 'string' ? Promise.reject(failure(answer, 'no')) : Promise.resolve(answer);
    };
    const client = { patch: (_: unknown, __: string, { body }: { body: Loose }) => ask(body), get: () => ask() };
    const caches = { of: () => ({ onChange: () => {}, byIndex: () => [one], get: () => undefined }) };
    const onError = (_: string, what: string) => told.push(what);
    const env = { client, caches, clock: new VirtualClock(START), onError } as unknown as Env;
    const charges = new Charges(env, () => {});
    return { sent, told, take: () => charges.take(charges.look(aGroup()), [pod({ name: 'web-3' })]) };
  }

  it('names the Pod over the version that was read', async () => {
    const { sent, take } = charging(one);
    expect(await take()).toBe(true);
    expect(sent).toMatchObject([
      {
        metadata: { resourceVersion: '7' },
        status: { disruptionsAllowed: 0, disruptedPods: { 'web-3': expect.any(String) } },
      },
    ]);
  });

  it('is tried again over a newer version, but not when that is poorer', async () => {
    const newer = { ...one, metadata: { ...one.metadata, resourceVersion: '9' } };
    const again = charging('Conflict', newer, newer);
    expect([await again.take(), again.sent.at(-1)?.metadata.resourceVersion]).toEqual([true, '9']);
    const late = charging('Conflict', {
      ...newer,
      status: { ...newer.status, disruptedPods: { 'web-1': '2026-01-01T00:00:00Z' } },
    });
    expect([await late.take(), late.sent.length]).toEqual([false, 1]);
  });

  it('that may not be made is told, and keeps no release from going on', async () => {
    const { told, take } = charging('Forbidden');
    expect([await take(), told]).toEqual([true, ['PodDisruptionBudget default/web']]);
  });
});

import { describe, expect, it } from 'vitest';
import { type EventRecorder, failure, type KubeClient, type Pod, VirtualClock } from '../kube/index.ts';
import { Expectations } from './expectations.ts';
import { pod, replicaSet } from './fixture.ts';
import { createPodControl } from './pod-control.ts';

const owner = replicaSet('web', 1);
const wanted = pod({ name: 'a', owner });
const lost = new Error('socket hang up');

function control(answers: { create?: unknown; get?: Pod; delete?: unknown }) {
  const expectations = new Expectations(new VirtualClock());
  const told: string[] = [];
  const recorder = { event: (_: unknown, __: string, reason: string) => told.push(reason) };
  const fails = (error: unknown) => async () => {
    if (error) throw error;
  };
  const client = {
    create: fails(answers.create),
    delete: fails(answers.delete),
    get: async () => answers.get ?? Promise.reject(failure('NotFound', 'pods "a" not found')),
  };
  const made = createPodControl(client as unknown as KubeClient, recorder as unknown as EventRecorder, expectations);
  return { made, told, waits: () => expectations.waitOf(owner.metadata.uid) > 0 };
}

describe('creating', () => {
  it('waits for the cache to show the Pod', async () => {
    const { made, told, waits } = control({});
    await made.create(owner, wanted);
    expect([told, waits()]).toEqual([['SuccessfulCreate'], true]);
  });

  it('tells of a refusal and waits for nothing', async () => {
    const { made, told, waits } = control({ create: failure('Forbidden', 'quota') });
    await expect(made.create(owner, wanted)).rejects.toThrow('quota');
    expect([told, waits()]).toEqual([['FailedCreate'], false]);
  });

  it('asks whether the Pod is there when the answer was lost', async () => {
    const arrived = control({ create: lost, get: wanted });
    await arrived.made.create(owner, wanted);
    expect(arrived.waits()).toBe(true);
    const gone = control({ create: lost });
    await expect(gone.made.create(owner, wanted)).rejects.toThrow(lost);
    expect(gone.waits()).toBe(false);
  });
});

describe('deleting', () => {
  it('takes a Pod that has gone, or one of the same name, for deleted', async () => {
    for (const error of [failure('NotFound', 'gone'), failure('Conflict', 'another uid')]) {
      const { made, told, waits } = control({ delete: error });
      await made.delete(owner, wanted);
      expect([told, waits()]).toEqual([[], false]);
    }
  });

  it('waits for the cache to show that the Pod is leaving', async () => {
    const { made, told, waits } = control({});
    await made.delete(owner, wanted);
    expect([told, waits()]).toEqual([['SuccessfulDelete'], true]);
  });
});

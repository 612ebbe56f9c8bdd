import { describe, expect, it } from 'vitest';
import { VirtualClock } from './clock.ts';
import { EventRecorder } from './event-recorder.ts';
import type { CoreEvent, KubeObject } from './object.ts';
import { failure } from './status.ts';

const object = (name: string): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, namespace: 'n', uid: `uid-${name}`, resourceVersion: '5', creationTimestamp: '' },
});

function recording() {
  const clock = new VirtualClock();
  const events = new Map<string, CoreEvent>();
  const faults: Error[] = [];
  const errors: unknown[] = [];
  const writes: string[] = [];
  const client = {
    create: async (_: unknown, event: CoreEvent) => {
      writes.push('create');
      const fault = faults.shift();
      if (fault) throw fault;
      events.set(event.metadata.name, event);
      return event;
    },
    patch: async (_: unknown, name: string, patch: { body: object }) => {
      writes.push('patch');
      const known = events.get(name);
      if (!known) throw failure('NotFound', 'no such event');
      return Object.assign(known, patch.body);
    },
  } as unknown as ConstructorParameters<typeof EventRecorder>[0];
  const recorder = new EventRecorder(client, 'tester', { clock, host: 'h', onError: (error) => errors.push(error) });
  return { clock, events, faults, errors, writes, recorder, all: () => [...events.values()] };
}

describe('an event recorder', () => {
  it('writes who, what and why beside the object', async () => {
    const { recorder, all } = recording();
    recorder.event(object('a'), 'Warning', 'Failed', 'it did not start');
    await recorder.flush();
    expect(all()).toMatchObject([
      {
        metadata: { namespace: 'n', name: expect.stringMatching(/^a\.[0-9a-f]+$/) },
        involvedObject: { apiVersion: 'v1', kind: 'Pod', namespace: 'n', name: 'a', uid: 'uid-a' },
        type: 'Warning',
        reason: 'Failed',
        message: 'it did not start',
        source: { component: 'tester', host: 'h' },
        count: 1,
        firstTimestamp: '2026-01-01T00:00:00Z',
        lastTimestamp: '2026-01-01T00:00:00Z',
      },
    ]);
  });

  it('counts equal events on one object', async () => {
    const { recorder, all, clock, writes } = recording();
    for (let i = 0; i < 3; i++) {
      recorder.event(object('a'), 'Normal', 'Again', 'same');
      await recorder.flush();
      await clock.advance(60_000);
    }
    expect(writes).toEqual(['create', 'patch', 'patch']);
    expect(all()).toMatchObject([
      { count: 3, firstTimestamp: '2026-01-01T00:00:00Z', lastTimestamp: '2026-01-01T00:02:00Z' },
    ]);
  });

  it('puts many that differ in their message only together', async () => {
    const { recorder, all } = recording();
    for (let i = 0; i < 14; i++) recorder.event(object('a'), 'Warning', 'Failed', `attempt ${i}`);
    await recorder.flush();
    const combined = all().filter((event) => event.message?.startsWith('(combined from similar events): '));
    expect(all()).toHaveLength(10);
    expect(combined).toMatchObject([{ count: 5, message: '(combined from similar events): attempt 13' }]);
  });

  it('does not put together what is further apart than ten minutes', async () => {
    const { recorder, all, clock } = recording();
    for (let i = 0; i < 14; i++) {
      recorder.event(object('a'), 'Warning', 'Failed', `attempt ${i}`);
      await recorder.flush();
      await clock.advance(11 * 60_000);
    }
    expect(all()).toHaveLength(14);
  });

  it('writes of objects without a namespace into default', async () => {
    const { recorder, all } = recording();
    const { namespace: _, ...metadata } = object('node').metadata;
    recorder.event({ ...object('node'), kind: 'Node', metadata }, 'Normal', 'Ready', 'x');
    await recorder.flush();
    expect(all()).toMatchObject([{ metadata: { namespace: 'default' }, involvedObject: { kind: 'Node' } }]);
  });

  it('lets one object not flood the others out', async () => {
    const { recorder, all, clock } = recording();
    for (let i = 0; i < 100; i++) recorder.event(object('loud'), 'Normal', `Reason${i}`, 'x');
    recorder.event(object('quiet'), 'Normal', 'One', 'x');
    await recorder.flush();
    const of = (name: string) => all().filter((event) => event.involvedObject.name === name).length;
    expect([of('loud'), of('quiet')]).toEqual([25, 1]);
    await clock.advance(600_000);
    for (let i = 0; i < 5; i++) recorder.event(object('loud'), 'Normal', `Later${i}`, 'x');
    await recorder.flush();
    expect(of('loud')).toBe(27);
  });

  it('makes a new event when the old one has expired', async () => {
    const { recorder, events, writes } = recording();
    recorder.event(object('a'), 'Normal', 'Again', 'same');
    await recorder.flush();
    events.clear();
    recorder.event(object('a'), 'Normal', 'Again', 'same');
    await recorder.flush();
    expect(writes).toEqual(['create', 'patch', 'create']);
    expect(events.size).toBe(1);
  });

  it('gives up on a refusal, and tries again while the server cannot be reached', async () => {
    const { recorder, events, faults, errors, clock, writes } = recording();
    faults.push(failure('Forbidden', 'the namespace is being terminated'));
    recorder.event(object('a'), 'Normal', 'One', 'x');
    await recorder.flush();
    expect([events.size, errors.length]).toEqual([0, 1]);
    faults.push(new Error('ECONNREFUSED'), new Error('ECONNREFUSED'));
    recorder.event(object('a'), 'Normal', 'Two', 'x');
    await clock.advance(20_000);
    await recorder.flush();
    expect([events.size, errors.length, writes.length]).toEqual([1, 1, 4]);
  });

  it('holds no more than a thousand that wait', async () => {
    const { recorder, events } = recording();
    for (let i = 0; i < 1500; i++) recorder.event(object(`o${i}`), 'Normal', 'R', 'x');
    await recorder.flush();
    expect(events.size).toBe(1000);
  });
});

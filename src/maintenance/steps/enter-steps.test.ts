import { expect, test } from 'vitest';
import { NODES, type Node, PODS, type Pod, type ResourceType, VirtualClock } from '../../kube/index.ts';
import type { Operation } from '../operation.ts';
import { drain } from './enter-steps.ts';
import type { HostPower, StepTools } from './step.ts';

const pod = (name: string) =>
  ({
    metadata: {
      name,
      namespace: 'db',
      uid: name,
      deletionTimestamp: 'now',
      ownerReferences: [{ kind: 'StatefulSet', name: 'db', controller: true }],
    },
    spec: { nodeName: 'h1', containers: [] },
    status: { phase: 'Running' },
  }) as unknown as Pod;

/** A host that does not report, with one member of a StatefulSet that is going and never ends. */
function silentHost(power: HostPower | undefined) {
  const deleted: object[] = [];
  const pods = [pod('db-0')];
  const node = {
    metadata: { name: 'h1', annotations: {} },
    spec: { unschedulable: true },
    status: { conditions: [{ type: 'Ready', status: 'Unknown' }] },
  } as unknown as Node;
  const client = {
    get: async () => node as never,
    patch: async () => node as never,
    async *listAll(type: ResourceType) {
      if (type === PODS) yield* pods as never[];
      if (type === NODES) yield node as never;
    },
    delete: async (_: ResourceType, name: string, options: object) => {
      deleted.push({ name, ...options });
      pods.length = 0;
      return undefined as never;
    },
  };
  const state = {
    host: 'h1',
    status: 'draining',
    version: 1,
    since: 0,
    actor: '',
    reason: '',
    pinned: false,
    operation: 'm1',
  };
  const tools = {
    client,
    clock: new VirtualClock(),
    signal: new AbortController().signal,
    ledger: { log: async () => undefined },
    book: { state: async () => state },
    drains: new Map(),
    power,
  } as unknown as StepTools;
  const step = (force: readonly string[]) =>
    drain(
      { id: 'm1', host: 'h1', drain: true, consent: { force }, drainTimeoutMs: 900_000 } as unknown as Operation,
      tools,
    );
  return { step, deleted };
}

test('E15 on a host that does not report people are asked at once, and nobody is taken off by force unasked', async () => {
  const { step, deleted } = silentHost(async () => 'off');
  expect(await step([])).toMatchObject({
    kind: 'blocked',
    blockade: { reason: expect.stringContaining('db/db-0'), choices: expect.arrayContaining(['force a Pod']) },
  });
  expect(deleted).toEqual([]);
});

test.each([['on'], ['unknown'], [undefined]] as const)('E15 force is refused while the power is %s', async (power) => {
  const { step, deleted } = silentHost(power && (async () => power));
  expect(await step(['db/db-0'])).toMatchObject({
    kind: 'blocked',
    blockade: { reason: expect.stringContaining(`its power is ${power ?? 'unknown'}`) },
  });
  expect(deleted).toEqual([]);
});

test('E15 with proof that the machine is off just the named Pod is taken off, and only this very one', async () => {
  const { step, deleted } = silentHost(async () => 'off');
  expect(await step(['db/db-0'])).toMatchObject({ kind: 'wait' });
  expect(deleted).toEqual([
    expect.objectContaining({ name: 'db-0', gracePeriodSeconds: 0, preconditions: { uid: 'db-0' } }),
  ]);
  expect(await step(['db/db-0'])).toMatchObject({ kind: 'done' });
});

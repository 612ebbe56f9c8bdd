import { describe, expect, it } from 'vitest';
import {
  type PersistentVolume,
  type PersistentVolumeClaim,
  type ResourceType,
  VirtualClock,
} from '../../kube/index.ts';
import { SELECTED_NODE, type VolumePlan } from '../core/index.ts';
import { testCluster } from '../core/test-cluster.ts';
import { VolumeBinder } from './volume-binder.ts';

const meta = (name: string, namespace?: string) => {
  return { name, ...(namespace && { namespace }), uid: `uid-${name}`, resourceVersion: '7', creationTimestamp: '' };
};
const claim = (name: string, more: object = {}): PersistentVolumeClaim => {
  return { metadata: { ...meta(name, 'default'), ...more }, spec: {}, status: { phase: 'Pending' } };
};
const bound = (name: string): PersistentVolumeClaim => {
  return { ...claim(name), spec: { volumeName: 'pv' }, status: { phase: 'Bound' } };
};
const volume: PersistentVolume = { metadata: meta('pv'), spec: {} };

function world() {
  const clock = new VirtualClock();
  const cluster = testCluster([]);
  const patches: unknown[] = [];
  const client = {
    patch: async (type: ResourceType, name: string, { body }: { body?: unknown }) => {
      patches.push([type.kind, name, body]);
      return {} as never;
    },
  };
  const binder = new VolumeBinder({ client: client as never, cluster, clock, timeoutMs: 5000 });
  const set = (object: PersistentVolumeClaim) => cluster.storage.claims.set(`default/${object.metadata.name}`, object);
  const carryOut = (plan: VolumePlan) => {
    const outcome = { now: 'pending' };
    const settle = (now: string) => void Object.assign(outcome, { now });
    binder.carryOut(plan, 'n', new AbortController().signal).then(
      () => settle('done'),
      (error: Error) => settle(error.message),
    );
    return outcome;
  };
  return { clock, cluster, patches, binder, set, carryOut };
}

describe('VolumeBinder', () => {
  it('claims a volume under its version and waits until the claim is bound', async () => {
    const { set, carryOut, patches, clock } = world();
    set(claim('data'));
    const outcome = carryOut({ bindings: [{ claim: claim('data'), volume }], provisions: [] });
    await clock.advance(1000);
    expect(outcome.now).toBe('pending');
    const claimRef = {
      apiVersion: 'v1',
      kind: 'PersistentVolumeClaim',
      name: 'data',
      namespace: 'default',
      uid: 'uid-data',
    };
    expect(patches).toMatchObject([
      ['PersistentVolume', 'pv', { metadata: { resourceVersion: '7' }, spec: { claimRef } }],
    ]);
    set(bound('data'));
    await clock.advance(1000);
    expect(outcome.now).toBe('done');
  });

  it('tells the provisioner the host, unless it knows it already', async () => {
    const { set, carryOut, patches, clock } = world();
    const annotations = { [SELECTED_NODE]: 'n' };
    set(claim('one', { annotations }));
    set(claim('two', { annotations }));
    carryOut({ bindings: [], provisions: [claim('one'), claim('two', { annotations })] });
    await clock.advance(0);
    expect(patches).toEqual([['PersistentVolumeClaim', 'one', { metadata: { annotations } }]]);
  });

  it('gives up when the provisioner does, when the claim goes, and when the time is over', async () => {
    const { set, carryOut, clock, cluster } = world();
    const annotations = { [SELECTED_NODE]: 'n' };
    const plan = (name: string) => ({ bindings: [], provisions: [claim(name)] });
    for (const name of ['given-up', 'gone', 'slow']) set(claim(name, { annotations }));
    const [givenUp, gone, slow] = ['given-up', 'gone', 'slow'].map((name) => carryOut(plan(name)));
    await clock.advance(200);
    set(claim('given-up'));
    cluster.storage.claims.delete('default/gone');
    await clock.advance(6000);
    expect(givenUp!.now).toBe('no volume for claim default/given-up could be made near n');
    expect(gone!.now).toBe('claim default/gone was deleted while its volume was being bound');
    expect(slow!.now).toBe('binding volumes: claim default/slow was not bound in time');
  });

  it('keeps volumes that are promised from other claims', () => {
    const { binder, cluster } = world();
    const free = binder.reserve({ bindings: [{ claim: claim('data'), volume }], provisions: [] });
    expect(cluster.storage.reservedVolumes.get('pv')).toBe('default/data');
    free();
    expect(cluster.storage.reservedVolumes.size).toBe(0);
  });
});

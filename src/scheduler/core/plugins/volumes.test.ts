import { describe, expect, it } from 'vitest';
import type { core, PersistentVolume, PersistentVolumeClaim, Pod, StorageClass } from '../../../kube/index.ts';
import type { Cluster } from '../cluster.ts';
import { testCluster, testNode, testPod, verdicts } from '../test-cluster.ts';
import { planVolumes, SELECTED_NODE } from '../volume-plan.ts';
import { nodeVolumeLimits } from './node-volume-limits.ts';
import { volumeBinding } from './volume-binding.ts';
import { volumeRestrictions } from './volume-restrictions.ts';
import { volumeZone } from './volume-zone.ts';

const ZONE = 'topology.kubernetes.io/zone';
const meta = (name: string, namespace?: string) => {
  return { name, ...(namespace && { namespace }), uid: `uid-${name}`, resourceVersion: '1', creationTimestamp: '' };
};

function cluster(): Cluster {
  return testCluster([
    testNode('a', { labels: { [ZONE]: 'a' } }),
    testNode('b', { labels: { [ZONE]: 'b' } }),
    testNode('c'),
  ]);
}

function addClaim(
  to: Cluster,
  name: string,
  spec: Partial<core.PersistentVolumeClaimSpec> = {},
  more: object = {},
): void {
  const whole = { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } }, ...spec };
  const status = { phase: spec.volumeName ? 'Bound' : 'Pending' };
  const claim: PersistentVolumeClaim = { metadata: meta(name, 'default'), spec: whole, status, ...more };
  to.storage.claims.set(`default/${name}`, claim);
}

function addVolume(
  to: Cluster,
  name: string,
  spec: Partial<core.PersistentVolumeSpec> = {},
  labels?: Record<string, string>,
): void {
  const whole = { accessModes: ['ReadWriteOnce'], capacity: { storage: '1Gi' }, ...spec };
  const volume: PersistentVolume = {
    metadata: { ...meta(name), ...(labels && { labels }) },
    spec: whole,
    status: { phase: 'Available' },
  };
  to.storage.volumes.set(name, volume);
}

function addClass(to: Cluster, name: string, more: Partial<StorageClass> = {}): void {
  const storageClass = {
    metadata: meta(name),
    provisioner: 'csi.example.com',
    volumeBindingMode: 'WaitForFirstConsumer',
    ...more,
  };
  to.storage.classes.set(name, storageClass);
}

function using(claimName: string, name = 'p'): Pod {
  return testPod(name, { spec: { volumes: [{ name: 'data', persistentVolumeClaim: { claimName } }] } });
}

const inZone = (zone: string) => ({
  required: { nodeSelectorTerms: [{ matchExpressions: [{ key: ZONE, operator: 'In', values: [zone] }] }] },
});

describe('VolumeBinding', () => {
  it('wants the claims to be there and whole', () => {
    const c = cluster();
    expect(verdicts(volumeBinding, using('data'), c)).toBe('persistentvolumeclaim "data" not found');
    addClaim(c, 'data', { volumeName: 'pv' }, { status: { phase: 'Lost' } });
    expect(verdicts(volumeBinding, using('data'), c)).toBe(
      'persistentvolumeclaim "data" bound to non-existent persistentvolume "pv"',
    );
    addClaim(c, 'data', {}, { metadata: { ...meta('data', 'default'), deletionTimestamp: '2026-01-01T00:00:00Z' } });
    expect(verdicts(volumeBinding, using('data'), c)).toBe('persistentvolumeclaim "data" is being deleted');
  });

  it('waits for claims that bind at once', () => {
    const c = cluster();
    addClaim(c, 'data');
    expect(verdicts(volumeBinding, using('data'), c)).toBe('pod has unbound immediate PersistentVolumeClaims');
  });

  it('wants hosts from which the bound volume is reached', () => {
    const c = cluster();
    addClaim(c, 'data', { volumeName: 'pv' });
    const lost = 'node(s) unavailable due to one or more pvc(s) bound to non-existent pv(s)';
    expect(verdicts(volumeBinding, using('data'), c)).toEqual({ a: lost, b: lost, c: lost });
    addVolume(c, 'pv', { nodeAffinity: inZone('a') });
    const refused = "node(s) didn't match PersistentVolume's node affinity";
    expect(verdicts(volumeBinding, using('data'), c)).toEqual({ a: 'ok', b: refused, c: refused });
  });

  it('finds free volumes for claims that wait for their Pod', () => {
    const c = cluster();
    addClass(c, 'local', { provisioner: 'kubernetes.io/no-provisioner' });
    addClaim(c, 'data', { storageClassName: 'local' });
    addVolume(c, 'large', { storageClassName: 'local', capacity: { storage: '9Gi' }, nodeAffinity: inZone('a') });
    addVolume(c, 'right', { storageClassName: 'local', capacity: { storage: '2Gi' }, nodeAffinity: inZone('a') });
    addVolume(c, 'small', { storageClassName: 'local', capacity: { storage: '1Mi' }, nodeAffinity: inZone('b') });
    const refused = "node(s) didn't find available persistent volumes to bind";
    expect(verdicts(volumeBinding, using('data'), c)).toEqual({ a: 'ok', b: refused, c: refused });
    const plan = planVolumes([...c.storage.claims.values()], c.node('a')!.facts, c.storage);
    expect(plan).toMatchObject({ bindings: [{ volume: { metadata: { name: 'right' } } }], provisions: [] });
    c.storage.reservedVolumes.set('right', 'default/other');
    const second = planVolumes([...c.storage.claims.values()], c.node('a')!.facts, c.storage);
    expect(second).toMatchObject({ bindings: [{ volume: { metadata: { name: 'large' } } }] });
  });

  it('has volumes made where the class allows it and no other host was chosen', () => {
    const c = cluster();
    const allowedTopologies = [{ matchLabelExpressions: [{ key: ZONE, values: ['a', 'b'] }] }];
    addClass(c, 'fast', { allowedTopologies });
    addClaim(c, 'data', { storageClassName: 'fast' });
    const refused = "node(s) didn't find available persistent volumes to bind";
    expect(verdicts(volumeBinding, using('data'), c)).toEqual({ a: 'ok', b: 'ok', c: refused });
    const metadata = { ...meta('data', 'default'), annotations: { [SELECTED_NODE]: 'b' } };
    addClaim(c, 'data', { storageClassName: 'fast' }, { metadata });
    expect(verdicts(volumeBinding, using('data'), c)).toEqual({ a: refused, b: 'ok', c: refused });
  });

  it('wants the claim of an ephemeral volume to be the own', () => {
    const c = cluster();
    const spec = { volumes: [{ name: 'tmp', ephemeral: {} }] };
    const pod = testPod('p', { spec });
    expect(verdicts(volumeBinding, pod, c)).toBe(
      'waiting for ephemeral volume controller to create the persistentvolumeclaim "p-tmp"',
    );
    addVolume(c, 'pv');
    addClaim(c, 'p-tmp', { volumeName: 'pv' });
    expect(verdicts(volumeBinding, pod, c)).toBe(
      'PVC default/p-tmp was not created for pod default/p (pod is not owner)',
    );
    const ownerReferences = [{ apiVersion: 'v1', kind: 'Pod', name: 'p', uid: 'uid-p', controller: true }];
    addClaim(c, 'p-tmp', { volumeName: 'pv' }, { metadata: { ...meta('p-tmp', 'default'), ownerReferences } });
    expect(verdicts(volumeBinding, pod, c)).toEqual({ a: 'ok', b: 'ok', c: 'ok' });
  });
});

describe('VolumeZone', () => {
  it('keeps to the zones that a volume is labelled with; hosts without labels are taken to be right', () => {
    const c = cluster();
    addClaim(c, 'data', { volumeName: 'pv' });
    addVolume(c, 'pv', {}, { [ZONE]: 'b__d' });
    expect(verdicts(volumeZone, using('data'), c)).toEqual({
      a: 'node(s) had no available volume zone',
      b: 'ok',
      c: 'ok',
    });
    addVolume(c, 'pv', {}, { 'failure-domain.beta.kubernetes.io/zone': 'a' });
    expect(verdicts(volumeZone, using('data'), c)).toMatchObject({
      a: 'ok',
      b: 'node(s) had no available volume zone',
    });
    addVolume(c, 'pv');
    expect(verdicts(volumeZone, using('data'), c)).toEqual({ a: 'ok', b: 'ok', c: 'ok' });
  });
});

describe('VolumeRestrictions', () => {
  const disk = (name: string, readOnly: boolean) =>
    testPod(name, { spec: { volumes: [{ name: 'd', gcePersistentDisk: { pdName: 'x', readOnly } }] } });

  it('shares a disk on one host only read-only', () => {
    const c = cluster();
    c.setPod(c.info(disk('old', true)), 'a');
    expect(verdicts(volumeRestrictions, disk('new', true), c)).toEqual({ a: 'ok', b: 'ok', c: 'ok' });
    expect(verdicts(volumeRestrictions, disk('new', false), c)).toEqual({
      a: 'node(s) had no available disk',
      b: 'ok',
      c: 'ok',
    });
  });

  it('gives a ReadWriteOncePod claim to one Pod of the cluster', () => {
    const c = cluster();
    addClaim(c, 'data', { accessModes: ['ReadWriteOncePod'], volumeName: 'pv' });
    expect(verdicts(volumeRestrictions, using('data', 'new'), c)).toEqual({ a: 'ok', b: 'ok', c: 'ok' });
    c.setPod(c.info(using('data', 'old')), 'a');
    const refused = 'node has pod using PersistentVolumeClaim with the same name and ReadWriteOncePod access mode';
    expect(verdicts(volumeRestrictions, using('data', 'new'), c)).toEqual({ a: refused, b: refused, c: refused });
    c.deletePod('default/old');
    expect(verdicts(volumeRestrictions, using('data', 'new'), c)).toMatchObject({ a: 'ok' });
  });
});

describe('NodeVolumeLimits', () => {
  it('counts each volume of a driver once a host', () => {
    const c = cluster();
    const drivers = [{ name: 'csi.example.com', nodeID: 'a', allocatable: { count: 1 } }];
    c.storage.csiNodes.set('a', { metadata: meta('a'), spec: { drivers } });
    for (const name of ['one', 'two']) {
      addClaim(c, name, { volumeName: `pv-${name}` });
      addVolume(c, `pv-${name}`, { csi: { driver: 'csi.example.com', volumeHandle: name } });
    }
    c.setPod(c.info(using('one', 'old')), 'a');
    expect(verdicts(nodeVolumeLimits, using('two', 'new'), c)).toEqual({
      a: 'node(s) exceed max volume count',
      b: 'ok',
      c: 'ok',
    });
    expect(verdicts(nodeVolumeLimits, using('one', 'new'), c)).toMatchObject({ a: 'ok' });
    addClass(c, 'fast');
    addClaim(c, 'three', { storageClassName: 'fast' });
    expect(verdicts(nodeVolumeLimits, using('three', 'new'), c)).toMatchObject({
      a: 'node(s) exceed max volume count',
    });
  });
});

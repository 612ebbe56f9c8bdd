import { describe, expect, it } from 'vitest';
import { meta } from '../../../control/fixture.ts';
import type { core, PersistentVolume, PersistentVolumeClaim, StorageClass } from '../../../kube/index.ts';
import { BIND_COMPLETED, bestVolume, type ClaimWorld, DEFAULT_CLASS, planClaim, SELECTED_NODE } from './binding.ts';
import { SIMULATED_PROVISIONER, simulatedVolume } from './simulated-volume.ts';

const volume = (
  name: string,
  storage: string,
  spec: core.PersistentVolumeSpec = {},
  phase = 'Available',
): PersistentVolume => ({
  metadata: meta(name, { namespace: undefined as never }),
  spec: { capacity: { storage }, accessModes: ['ReadWriteOnce'], storageClassName: 'fast', ...spec },
  status: { phase },
});
const claim = (
  spec: core.PersistentVolumeClaimSpec = {},
  annotations: Record<string, string> = {},
): PersistentVolumeClaim => ({
  metadata: meta('data', { uid: 'u1', annotations }),
  spec: {
    accessModes: ['ReadWriteOnce'],
    resources: { requests: { storage: '5Gi' } },
    storageClassName: 'fast',
    ...spec,
  },
});
const storageClass = (name: string, rest: Partial<StorageClass> = {}): StorageClass => ({
  metadata: meta(name),
  provisioner: SIMULATED_PROVISIONER,
  ...rest,
});

describe('bestVolume', () => {
  it('is the smallest that fits', () => {
    expect(bestVolume(claim(), [volume('a', '20Gi'), volume('b', '4Gi'), volume('c', '10Gi')])?.metadata.name).toBe(
      'c',
    );
  });
  it('is the one reserved for the claim, whatever its size', () => {
    const claimRef = { namespace: 'default', name: 'data' };
    expect(bestVolume(claim(), [volume('a', '5Gi'), volume('b', '50Gi', { claimRef })])?.metadata.name).toBe('b');
  });
  it.each([
    ['of another class', volume('a', '5Gi', { storageClassName: 'slow' })],
    ['of another mode', volume('a', '5Gi', { volumeMode: 'Block' })],
    ['without the access', volume('a', '5Gi', { accessModes: ['ReadOnlyMany'] })],
    ["another claim's", volume('a', '5Gi', { claimRef: { namespace: 'default', name: 'other' } })],
    [
      'of a former claim of that name',
      volume('a', '5Gi', { claimRef: { namespace: 'default', name: 'data', uid: 'u0' } }),
    ],
    ['that is released', volume('a', '5Gi', {}, 'Released')],
  ])('is none %s', (_, one) => {
    expect(bestVolume(claim(), [one])).toBeUndefined();
  });
});

describe('planClaim', () => {
  const world = (rest: Partial<ClaimWorld> = {}): ClaimWorld => ({
    volumes: [],
    classes: [storageClass('fast')],
    provisioner: SIMULATED_PROVISIONER,
    hasConsumer: false,
    ...rest,
  });
  const waiting = { classes: [storageClass('fast', { volumeBindingMode: 'WaitForFirstConsumer' })] };
  const defaulting = {
    classes: [storageClass('std', { metadata: meta('std', { annotations: { [DEFAULT_CLASS]: 'true' } }) })],
  };
  it.each([
    ['provisions', claim(), world(), 'provision'],
    ['binds what is there', claim(), world({ volumes: [volume('a', '5Gi')] }), 'bind'],
    ['takes the default class', claim({ storageClassName: undefined }), world(defaulting), 'assignClass'],
    ['waits for a consumer', claim(), world(waiting), 'WaitForFirstConsumer'],
    ['goes on when a host is chosen', claim({}, { [SELECTED_NODE]: 'n' }), world(waiting), 'provision'],
    ['goes on when a consumer has a host', claim(), world({ ...waiting, hasConsumer: true }), 'provision'],
    ['waits without a class', claim({ storageClassName: '' }), world(), 'FailedBinding'],
    ['waits for the class', claim({ storageClassName: 'slow' }), world(), 'ProvisioningFailed'],
    [
      'waits for others to provision',
      claim(),
      world({ classes: [storageClass('fast', { provisioner: 'other' })] }),
      'ExternalProvisioning',
    ],
    ['binds the volume that it names', claim({ volumeName: 'a' }), world({ volumes: [volume('a', '1Gi')] }), 'bind'],
    ['waits for the volume that it names', claim({ volumeName: 'a' }), world(), 'FailedBinding'],
    ['is lost with its volume', claim({ volumeName: 'a' }, { [BIND_COMPLETED]: 'yes' }), world(), 'ClaimLost'],
  ])('%s', (_, one, seen, expected) => {
    const step = planClaim(one, seen);
    expect('reason' in step ? step.reason : step.kind).toBe(expected);
  });
});

describe('simulatedVolume', () => {
  it('is named after the claim and reserved for it', () => {
    const made = simulatedVolume(claim(), storageClass('fast'));
    expect(made.metadata.name).toBe('pvc-u1');
    expect(made.spec).toMatchObject({
      capacity: { storage: '5Gi' },
      claimRef: { name: 'data', uid: 'u1' },
      storageClassName: 'fast',
    });
  });
});

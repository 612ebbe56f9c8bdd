import { expect, test } from 'vitest';
import { controllerOf, isControlledBy, ownerReference } from './owner-reference.ts';

const owner = {
  apiVersion: 'apps/v1',
  kind: 'ReplicaSet',
  metadata: { name: 'web', uid: 'u1', resourceVersion: '1', creationTimestamp: '' },
};

test('a controller reference names its owner and holds back its deletion', () => {
  expect(ownerReference(owner, { controller: true })).toEqual({
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    name: 'web',
    uid: 'u1',
    controller: true,
    blockOwnerDeletion: true,
  });
});

test('of several owners only the controller manages', () => {
  const plain = ownerReference({ ...owner, metadata: { ...owner.metadata, uid: 'u0' } });
  const object = { metadata: { ownerReferences: [plain, ownerReference(owner, { controller: true })] } };
  expect(controllerOf(object)?.uid).toBe('u1');
  expect(isControlledBy(object, owner)).toBe(true);
  expect(controllerOf({ metadata: {} })).toBeUndefined();
});

test('an owner of unknown kind cannot be referred to', () => {
  expect(() => ownerReference({ ...owner, kind: undefined } as never)).toThrow(TypeError);
});

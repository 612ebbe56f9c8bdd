import { expect, it } from 'vitest';
import { partOf } from './pod-part.ts';

const well = { state: 'Normal', ready: true, isNew: false, waits: '' };

it.each([
  ['old', {}],
  ['new', { isNew: true }],
  ['starting', { ready: false }],
  ['draining', { state: 'Draining', isNew: true }],
  ['rebuilding', { state: 'Updating', ready: false }],
  ['broken', { state: 'Updating', ready: false, waits: 'ImagePullBackOff' }],
  ['leaving', { state: 'Terminating', waits: 'ErrImagePull' }],
  ['starting', { ready: false, waits: 'ContainerCreating' }],
] as const)('a Pod is %s by %j', (part, signs) => {
  expect(partOf({ ...well, ...signs })).toBe(part);
});

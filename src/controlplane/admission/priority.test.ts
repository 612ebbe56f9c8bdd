import { beforeAll, expect, it } from 'vitest';
import { TestPlane } from '../plane.testing.ts';
import { admissionFor } from './admission.testing.ts';
import { priority } from './priority.ts';

let plane: TestPlane;
const priorityClass = (name: string, value: number, more: object = {}) => ({
  kind: 'PriorityClass',
  apiVersion: 'scheduling.k8s.io/v1',
  metadata: { name },
  value,
  ...more,
});

beforeAll(async () => {
  plane = await TestPlane.start();
  await plane.put(priorityClass('high', 1000, { preemptionPolicy: 'Never' }));
});

it.each<[string, object, object]>([
  ['of no class is 0', {}, { priority: 0, preemptionPolicy: 'PreemptLowerPriority' }],
  ['is its class', { priorityClassName: 'high' }, { priority: 1000, preemptionPolicy: 'Never' }],
  ['of a built-in class needs no object', { priorityClassName: 'system-node-critical' }, { priority: 2_000_001_000 }],
  ['that is said and right stays', { priorityClassName: 'high', priority: 1000 }, { priority: 1000 }],
])("a Pod's priority %s", (_, spec, expected) => {
  const request = admissionFor('CREATE', 'pods', { spec: { ...spec } }, { plane: plane.plane });
  priority.mutate!(request);
  expect(request.object.spec).toMatchObject(expected);
});

it.each<[string, object]>([
  ['of a class that is not there', { priorityClassName: 'none' }],
  ['of a class that only JavaScript knows', { priorityClassName: 'constructor' }],
  ['that is said and wrong', { priority: 5 }],
])("a Pod's priority %s is refused", (_, spec) => {
  const request = admissionFor('CREATE', 'pods', { spec }, { plane: plane.plane });
  expect(() => priority.mutate!(request)).toThrow(/forbidden/);
});

it('the smallest of several default classes is the default', async () => {
  const own = await TestPlane.start();
  await own.put(priorityClass('b', 20, { globalDefault: true }));
  await own.put(priorityClass('a', 10, { globalDefault: true }));
  const request = admissionFor('CREATE', 'pods', { spec: {} }, { plane: own.plane });
  priority.mutate!(request);
  expect(request.object.spec).toMatchObject({ priority: 10, priorityClassName: 'a' });
});

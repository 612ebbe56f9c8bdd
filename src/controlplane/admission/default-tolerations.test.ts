import { expect, it } from 'vitest';
import { admissionFor } from './admission.testing.ts';
import { defaultTolerations } from './default-tolerations.ts';

const NOT_READY = 'node.kubernetes.io/not-ready';
const UNREACHABLE = 'node.kubernetes.io/unreachable';
const added = (key: string) => ({ key, operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 300 });

it.each<[string, object[] | undefined, object[]]>([
  ['gets both', undefined, [added(NOT_READY), added(UNREACHABLE)]],
  [
    'keeps its own',
    [{ key: NOT_READY, operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 5 }],
    [added(UNREACHABLE)],
  ],
  ['that bears every effect keeps it', [{ key: NOT_READY, operator: 'Exists' }], [added(UNREACHABLE)]],
  ['that bears everything gets none', [{ operator: 'Exists' }], []],
  [
    'that bears another effect gets both',
    [{ key: NOT_READY, operator: 'Exists', effect: 'NoSchedule' }],
    [added(NOT_READY), added(UNREACHABLE)],
  ],
])('a Pod %s', (_, own, more) => {
  const request = admissionFor('CREATE', 'pods', { spec: own ? { tolerations: own } : {} });
  defaultTolerations.mutate!(request);
  expect(request.object.spec.tolerations).toEqual([...(own ?? []), ...more]);
});

it('an update is left as it is', () => {
  const request = admissionFor('UPDATE', 'pods', { spec: {} });
  defaultTolerations.mutate!(request);
  expect(request.object.spec).toEqual({});
});

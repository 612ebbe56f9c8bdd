import { describe, expect, it } from 'vitest';
import type { Json } from '../definition.ts';
import { hostnameWarnings, podWarnings } from './pod-warnings.ts';

describe('a Pod is accepted with a warning', () => {
  it.each<[Json, string]>([
    [
      { terminationGracePeriodSeconds: -1 },
      'spec.terminationGracePeriodSeconds: must be >= 0; negative values are invalid and will be treated as 1',
    ],
    [
      { containers: [{ env: [{ name: 'A' }, { name: 'A' }] }] },
      'spec.containers[0].env[1]: hides previous definition of "A", which may be dropped when using apply',
    ],
    [
      { containers: [{ resources: { limits: { memory: '100m' } } }] },
      'spec.containers[0].resources.limits[memory]: fractional byte value "100m" is invalid, must be an integer',
    ],
    [
      { nodeSelector: { 'beta.kubernetes.io/os': 'linux' } },
      'spec.nodeSelector[beta.kubernetes.io/os]: deprecated since v1.14; use "kubernetes.io/os" instead',
    ],
  ])('%j', (spec, warning) => {
    expect(podWarnings(spec, 'spec')).toEqual([warning]);
  });

  it('none for a variable that extends itself', () => {
    const env = [
      { name: 'A', value: 'x' },
      { name: 'A', value: '$(A):y' },
    ];
    expect(podWarnings({ containers: [{ env }] }, 'spec')).toEqual([]);
  });

  it('for a name that is no host name', () => {
    expect(hostnameWarnings('a.b')[0]).toMatch(/^metadata.name: this is used in the Pod's hostname/);
    expect(hostnameWarnings('a-b')).toEqual([]);
  });
});

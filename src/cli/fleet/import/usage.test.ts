import { expect, it } from 'vitest';
import type { Node, Pod } from '../../../kube/index.ts';
import { formatUsage, usageOf } from './usage.ts';

const metadata = { name: 'x', uid: 'x', resourceVersion: '1', creationTimestamp: '' };
const host: Node = { metadata, spec: {}, status: { allocatable: { cpu: '4', memory: '8Gi', 'nvidia.com/gpu': '2' } } };
const pod = (requests: Record<string, string>, nodeName?: string, phase = 'Running'): Pod => ({
  metadata,
  spec: { containers: [{ name: 'a', resources: { requests } }], ...(nodeName && { nodeName }) },
  status: { phase },
});

it('counts what Pods on hosts have taken, and only of resources that are asked for', () => {
  const pods = [
    pod({ cpu: '500m', memory: '1Gi' }, 'h'),
    pod({ cpu: '1' }, 'h', 'Pending'),
    pod({ cpu: '1' }),
    pod({ cpu: '1' }, 'h', 'Succeeded'),
  ];
  expect(usageOf([host, host], pods)).toEqual([
    { resource: 'cpu', offered: 8, taken: 1.5 },
    { resource: 'memory', offered: 16 * 2 ** 30, taken: 2 ** 30 },
  ]);
});

it('shows memory in GiB and a share', () => {
  expect(formatUsage({ resource: 'memory', offered: 2 ** 34, taken: 2 ** 32 })).toEqual({
    taken: '4Gi',
    offered: '16Gi',
    share: '25.0%',
  });
  expect(formatUsage({ resource: 'nvidia.com/gpu', offered: 0, taken: 0 }).share).toBe('-');
});

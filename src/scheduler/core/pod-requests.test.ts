import { describe, expect, it } from 'vitest';
import type { core } from '../../kube/index.ts';
import { NON_ZERO, podRequests } from './pod-requests.ts';
import { testPod } from './test-cluster.ts';

const GI = 1024 ** 3;

function container(name: string, requests: Record<string, string>, more: Partial<core.Container> = {}): core.Container {
  return { name, resources: { requests }, ...more };
}

function requestsOf(spec: object, status?: object) {
  const pod = testPod('p', { spec });
  const { scalars, ...rest } = podRequests(status ? { ...pod, status } : pod);
  return { ...rest, ...Object.fromEntries(scalars) };
}

describe('podRequests', () => {
  it('sums containers and adds the overhead', () => {
    const spec = {
      containers: [
        container('a', { cpu: '100m', memory: '1Gi' }),
        container('b', { cpu: '1', 'example.com/gpu': '2' }),
      ],
      overhead: { cpu: '50m', memory: '1Gi' },
    };
    expect(requestsOf(spec)).toEqual({ milliCpu: 1150, memory: 2 * GI, ephemeralStorage: 0, 'example.com/gpu': 2 });
  });

  it('takes the peak of init containers when that is higher, resource by resource', () => {
    const spec = {
      initContainers: [container('i', { cpu: '3', memory: '1Gi' }), container('j', { cpu: '1', memory: '2Gi' })],
      containers: [container('a', { cpu: '1', memory: '4Gi' })],
    };
    expect(requestsOf(spec)).toMatchObject({ milliCpu: 3000, memory: 4 * GI });
  });

  it('counts sidecars with the containers, and with the init containers that start after them', () => {
    const sidecar = container('s', { cpu: '500m' }, { restartPolicy: 'Always' });
    const containers = [container('a', { cpu: '1' })];
    const early = [container('i', { cpu: '2' }), sidecar];
    const late = [sidecar, container('i', { cpu: '2' })];
    expect(requestsOf({ initContainers: early, containers }).milliCpu).toBe(2000);
    expect(requestsOf({ initContainers: late, containers }).milliCpu).toBe(2500);
    expect(requestsOf({ initContainers: [sidecar], containers }).milliCpu).toBe(1500);
  });

  it('lets requests of the Pod as a whole replace the sum for cpu and memory only, before overhead', () => {
    const spec = {
      containers: [container('a', { cpu: '1', memory: '1Gi', 'example.com/gpu': '1' })],
      resources: { requests: { cpu: '3', 'example.com/gpu': '7' } },
      overhead: { cpu: '1' },
    };
    expect(requestsOf(spec)).toMatchObject({ milliCpu: 4000, memory: GI, 'example.com/gpu': 1 });
  });

  it('takes limits for requests where only those are given', () => {
    const containers = [{ name: 'a', resources: { limits: { cpu: '2' }, requests: { memory: '1Gi' } } }];
    expect(requestsOf({ containers })).toMatchObject({ milliCpu: 2000, memory: GI });
  });

  it('holds the larger of what is wished and what is in force while a resize is under way', () => {
    const containers = [container('a', { cpu: '1', memory: '2Gi' })];
    const status = {
      containerStatuses: [{ name: 'a', allocatedResources: { cpu: '2' }, resources: { requests: { memory: '3Gi' } } }],
    };
    expect(requestsOf({ containers }, status)).toMatchObject({ milliCpu: 2000, memory: 3 * GI });
  });

  it('counts what is held, not what is wished, where the wish can never be met', () => {
    const containers = [container('a', { cpu: '500' })];
    const status = {
      conditions: [{ type: 'PodResizePending', status: 'True', reason: 'Infeasible' }],
      containerStatuses: [{ name: 'a', allocatedResources: { cpu: '2' }, resources: { requests: { cpu: '1' } } }],
    };
    expect(requestsOf({ containers }, status)).toMatchObject({ milliCpu: 2000 });
    expect(requestsOf({ containers }, { ...status, conditions: [] })).toMatchObject({ milliCpu: 500_000 });
  });

  it('stands in for containers that name no request, but not for those that name zero', () => {
    const spec = { containers: [container('a', {}), container('b', { cpu: '0', memory: '1Gi' })] };
    const { milliCpu, memory } = podRequests(testPod('p', { spec }), NON_ZERO);
    expect({ milliCpu, memory }).toEqual({ milliCpu: 100, memory: 200 * 1024 ** 2 + GI });
  });
});

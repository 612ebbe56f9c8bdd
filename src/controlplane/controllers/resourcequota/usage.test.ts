import { describe, expect, it } from 'vitest';
import { meta, pod } from '../../../control/fixture.ts';
import { type core, formatQuantity } from '../../../kube/index.ts';
import {
  claimUsage,
  inScope,
  podUsage,
  quotaStatus,
  type ResourceQuota,
  serviceUsage,
  sum,
  type Usage,
} from './usage.ts';

const plain = (usage: Usage) => Object.fromEntries([...usage].map(([name, amount]) => [name, formatQuantity(amount)]));
const quota = (spec: core.ResourceQuotaSpec): ResourceQuota => ({ metadata: meta('q'), spec });
const container = (cpu: string, restartPolicy?: string): core.Container => ({
  name: `c${cpu}`,
  resources: { requests: { cpu }, limits: { cpu, 'example.com/gpu': '1' } },
  ...(restartPolicy && { restartPolicy }),
});

describe('podUsage', () => {
  it('adds containers, and takes the larger of them and of each init container', () => {
    const spec = { containers: [container('100m'), container('200m')], initContainers: [container('1')] };
    expect(plain(podUsage(pod({ spec })))).toMatchObject({
      pods: '1',
      cpu: '1',
      'requests.cpu': '1',
      'limits.cpu': '1',
    });
  });

  it('adds sidecars to both', () => {
    const spec = { containers: [container('100m')], initContainers: [container('200m', 'Always'), container('300m')] };
    expect(plain(podUsage(pod({ spec })))['requests.cpu']).toBe('500m');
  });

  it('counts a finished Pod as an object only', () => {
    expect(plain(podUsage(pod({ phase: 'Succeeded' })))).toEqual({ 'count/pods': '1' });
  });
});

describe('other usage', () => {
  it('counts ports of Services and storage by class', () => {
    const service = {
      metadata: meta('s'),
      spec: {
        type: 'NodePort',
        ports: [
          { port: 1, nodePort: 30001 },
          { port: 2, nodePort: 30002 },
        ],
      },
    };
    expect(plain(serviceUsage(service))).toMatchObject({ services: '1', 'services.nodeports': '2' });
    const claim = {
      metadata: meta('c'),
      spec: { storageClassName: 'fast', resources: { requests: { storage: '5Gi' } } },
    };
    expect(plain(claimUsage(claim))).toMatchObject({
      'requests.storage': '5Gi',
      'fast.storageclass.storage.k8s.io/requests.storage': '5Gi',
    });
  });
});

describe('inScope', () => {
  const burstable = pod({ spec: { containers: [container('1')] } });
  it.each([
    ['BestEffort', false, true],
    ['NotBestEffort', true, false],
    ['Terminating', false, false],
    ['NotTerminating', true, true],
  ])('%s', (scope, forBurstable, forBestEffort) => {
    const scoped = quota({ scopes: [scope] });
    expect([inScope(scoped, burstable), inScope(scoped, pod())]).toEqual([forBurstable, forBestEffort]);
  });

  it('goes by priority class', () => {
    const expression = { scopeName: 'PriorityClass', operator: 'In', values: ['high'] };
    const scoped = quota({ scopeSelector: { matchExpressions: [expression] } });
    expect(inScope(scoped, pod({ spec: { priorityClassName: 'high' } }))).toBe(true);
    expect(inScope(scoped, pod())).toBe(false);
  });
});

describe('quotaStatus', () => {
  it('tells of what is limited only', () => {
    const usage = sum([podUsage(pod()), podUsage(pod())]);
    expect(quotaStatus(quota({ hard: { pods: '10', secrets: '5' } }), usage)).toEqual({
      hard: { pods: '10', secrets: '5' },
      used: { pods: '2', secrets: '0' },
    });
  });
});

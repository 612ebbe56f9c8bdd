import { describe, expect, it } from 'vitest';
import type { Pod } from './object.ts';
import { PartPool, sharedPods } from './shared-pods.ts';

describe('sharedPods', () => {
  it('changes nothing of a Pod, and holds equal parts once', () => {
    const slim = sharedPods();
    const [a, b] = [pod('a'), pod('b')];
    const [first, second] = [slim(pod('a')), slim(pod('b'))];
    expect([first, second]).toEqual([a, b]);
    expect(second.spec.containers).toBe(first.spec.containers);
    expect(second.metadata.labels).toBe(first.metadata.labels);
  });

  it('leaves out the volume of the token, which is named otherwise in each Pod, and no other', () => {
    const slim = sharedPods();
    const [first, second] = [
      slim(withVolumes('a', 'kube-api-access-abcde')),
      slim(withVolumes('b', 'kube-api-access-x2x4z')),
    ];
    expect(first.spec.volumes).toEqual([{ name: 'data', emptyDir: {} }]);
    expect(first.spec.containers[0]?.volumeMounts).toEqual([{ name: 'data', mountPath: '/data' }]);
    expect(second.spec.containers).toBe(first.spec.containers);
  });

  it('leaves no empty lists behind', () => {
    const only = pod('a');
    const token = { name: 'kube-api-access-abcde', projected: { sources: [] } };
    only.spec.volumes = [token];
    only.spec.containers[0]!.volumeMounts = [{ name: token.name, mountPath: '/token' }];
    expect(sharedPods()(only)).toEqual(pod('a'));
  });
});

describe('PartPool', () => {
  it('forgets the oldest parts beyond its limit', () => {
    const pool = new PartPool(2);
    const [a, b, c] = [{ n: 1 }, { n: 2 }, { n: 3 }];
    for (const part of [a, b, c]) pool.share(part);
    expect(pool.share({ n: 3 })).toBe(c);
    const again = { n: 1 };
    expect(pool.share(again)).toBe(again);
  });
});

function pod(name: string): Pod {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name,
      namespace: 'default',
      uid: name,
      resourceVersion: '1',
      creationTimestamp: '2026-01-01T00:00:00Z',
      labels: { app: 'web' },
    },
    spec: { containers: [{ name: 'main', image: 'nginx' }] },
  };
}

function withVolumes(name: string, token: string): Pod {
  const result = pod(name);
  result.spec.volumes = [
    { name: 'data', emptyDir: {} },
    { name: token, projected: { sources: [] } },
  ];
  result.spec.containers[0]!.volumeMounts = [
    { name: 'data', mountPath: '/data' },
    { name: token, mountPath: '/var/run/secrets/kubernetes.io/serviceaccount', readOnly: true },
  ];
  return result;
}

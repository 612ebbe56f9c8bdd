import { beforeEach, describe, expect, it } from 'vitest';
import { TestPlane } from '../plane.testing.ts';
import { admissionFor } from './admission.testing.ts';
import { limitRanger } from './limit-ranger.ts';

type Resources = { readonly requests?: Record<string, string>; readonly limits?: Record<string, string> };
let plane: TestPlane;

const range = (...limits: object[]) =>
  plane.put({
    kind: 'LimitRange',
    apiVersion: 'v1',
    metadata: { name: 'range', namespace: 'default' },
    spec: { limits },
  });
const pod = (containers: Resources[], inits: Resources[] = []) => ({
  spec: {
    containers: containers.map((resources, i) => ({ name: `c${i}`, resources })),
    initContainers: inits.map((resources, i) => ({ name: `i${i}`, resources })),
  },
});
const cpu = (requests?: string, limits?: string): Resources => ({
  ...(requests && { requests: { cpu: requests } }),
  ...(limits && { limits: { cpu: limits } }),
});
const faultOf = (object: object, plural = 'pods'): string | undefined => {
  try {
    limitRanger.validate!(admissionFor('CREATE', plural, object, { plane: plane.plane }));
    return undefined;
  } catch (error) {
    return (error as Error).message.replace(/^.* is forbidden: /, '');
  }
};

beforeEach(async () => {
  plane = await TestPlane.start();
});

describe('a container', () => {
  it.each<[string, Resources, Resources]>([
    ['that says nothing gets what is usual', {}, cpu('100m', '1')],
    ['keeps what it says', cpu('200m', '2'), cpu('200m', '2')],
    ['with a limit of its own requests that much', cpu(undefined, '2'), cpu('2', '2')],
    ['with a request of its own gets the usual limit', cpu('200m'), cpu('200m', '1')],
  ])('%s', async (_, own, resources) => {
    await range({ type: 'Container', default: { cpu: '1' }, defaultRequest: { cpu: '100m' } });
    const request = admissionFor('CREATE', 'pods', pod([own], [own]), { plane: plane.plane });
    limitRanger.mutate!(request);
    expect(request.object.spec.containers[0].resources).toEqual(resources);
    expect(request.object.spec.initContainers[0].resources).toEqual(resources);
  });

  it.each<[object, Resources, string | undefined]>([
    [{ min: { cpu: '100m' } }, cpu('100m'), undefined],
    [{ min: { cpu: '100m' } }, cpu('99m'), 'minimum cpu usage per Container is 100m, but request is 99m'],
    [{ min: { cpu: '100m' } }, {}, 'minimum cpu usage per Container is 100m.  No request is specified'],
    [{ max: { cpu: '1' } }, cpu('1', '1000m'), undefined],
    [{ max: { cpu: '1' } }, cpu('1', '1001m'), 'maximum cpu usage per Container is 1, but limit is 1001m'],
    [{ max: { cpu: '1' } }, cpu('1'), 'maximum cpu usage per Container is 1.  No limit is specified'],
    [{ maxLimitRequestRatio: { cpu: '2' } }, cpu('1', '2'), undefined],
    [
      { maxLimitRequestRatio: { cpu: '2' } },
      cpu('1', '3'),
      'cpu max limit to request ratio per Container is 2, but provided ratio is 3.000000',
    ],
    [
      { maxLimitRequestRatio: { cpu: '2' } },
      cpu(undefined, '3'),
      'cpu max limit to request ratio per Container is 2, but no request is specified or request is 0',
    ],
    [
      { maxLimitRequestRatio: { cpu: '2' } },
      cpu('0', '3'),
      'cpu max limit to request ratio per Container is 2, but no request is specified or request is 0',
    ],
    [
      { maxLimitRequestRatio: { cpu: '2' } },
      cpu('1'),
      'cpu max limit to request ratio per Container is 2, but no limit is specified or limit is 0',
    ],
  ])('within %j: %j: %s', async (limit, resources, fault) => {
    await range({ type: 'Container', ...limit });
    expect(faultOf(pod([resources]))).toBe(fault);
  });
});

describe('a Pod', () => {
  it.each<[string, Resources[], Resources[], string | undefined]>([
    ['counts its containers together', [cpu('1', '1'), cpu('1', '1')], [], undefined],
    ['counts its containers together', [cpu('1', '1'), cpu('1', '2')], [], 'but limit is 3'],
    [
      'counts the largest container that comes before them',
      [cpu('1', '1')],
      [cpu('1', '1'), cpu('3', '3')],
      'but limit is 3',
    ],
    ['does not count one after the other', [cpu('1', '1')], [cpu('2', '2'), cpu('2', '2')], undefined],
  ])('%s: %j after %j: %s', async (_, containers, inits, fault) => {
    await range({ type: 'Pod', max: { cpu: '2' } });
    expect(faultOf(pod(containers, inits))).toBe(fault && `maximum cpu usage per Pod is 2, ${fault}`);
  });
});

it('a claim is judged by what it requests', async () => {
  await range({ type: 'PersistentVolumeClaim', min: { storage: '1Gi' }, max: { storage: '2Gi' } });
  const claim = (storage: string) => ({ spec: { resources: { requests: { storage } } } });
  expect(faultOf(claim('1Gi'), 'persistentvolumeclaims')).toBeUndefined();
  expect(faultOf(claim('3Gi'), 'persistentvolumeclaims')).toBe(
    'maximum storage usage per PersistentVolumeClaim is 2Gi, but request is 3Gi',
  );
});

it('ranges of other namespaces do not count', async () => {
  await plane.put({
    kind: 'LimitRange',
    apiVersion: 'v1',
    metadata: { name: 'range', namespace: 'default-2' },
    spec: { limits: [{ type: 'Container', min: { cpu: '1' } }] },
  });
  expect(faultOf(pod([{}]))).toBeUndefined();
});

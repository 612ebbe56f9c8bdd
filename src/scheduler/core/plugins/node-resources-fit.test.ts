import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { scores, testCluster, testNode, testPod, verdicts } from '../test-cluster.ts';
import { leastAllocated, mostAllocated, nodeResourcesFit, shapeScore } from './node-resources-fit.ts';

const fit = nodeResourcesFit();

describe('NodeResourcesFit filters', () => {
  const cluster = testCluster(
    [testNode('n', { cpu: '2', memory: '4Gi', pods: '2', allocatable: { 'example.com/gpu': '2' } })],
    {
      n: [testPod('old', { cpu: '1', memory: '1Gi', requests: { 'example.com/gpu': '1' } })],
    },
  );

  it.each([
    ['exactly what is left', { cpu: '1', memory: '3Gi' }, 'ok'],
    ['more than is left', { cpu: '1001m' }, 'Insufficient cpu'],
    ['more of several', { cpu: '2', memory: '4Gi' }, 'Insufficient cpu, Insufficient memory'],
    ['a device that is left', { 'example.com/gpu': '1' }, 'ok'],
    ['more devices than are left', { 'example.com/gpu': '2' }, 'Insufficient example.com/gpu'],
    ['a device the host does not have', { 'example.com/npu': '1' }, 'Insufficient example.com/npu'],
    ['none of a device the host does not have', { 'example.com/npu': '0' }, 'ok'],
    ['storage the host does not report', { 'ephemeral-storage': '1' }, 'Insufficient ephemeral-storage'],
    ['nothing', {}, 'ok'],
  ])('a Pod that asks for %s', (_, requests, expected) => {
    expect(verdicts(fit, testPod('new', { requests }), cluster)).toEqual({ n: expected });
  });

  it('counts Pods, even those that ask for nothing', () => {
    const full = testCluster([testNode('n', { pods: '1' })], { n: [testPod('old')] });
    expect(verdicts(fit, testPod('new'), full)).toEqual({ n: 'Too many pods' });
  });

  it('knows when not even the empty host would do', () => {
    const codeFor = (cpu: string) => {
      const filter = fit.filter!(cluster.info(testPod('new', { cpu })), cluster)!;
      return filter.kind === 'filter' && filter.refuse(cluster.node('n')!)?.code;
    };
    expect(codeFor('2')).toBe('Unschedulable');
    expect(codeFor('2001m')).toBe('UnschedulableAndUnresolvable');
  });
});

describe('leastAllocated', () => {
  it.each([
    [0, 100, 100],
    [100, 100, 0],
    [1, 3, 66],
    [101, 100, 0],
    [0, 0, 0],
    [5, 0, 0],
  ])('%d of %d scores %d', (requested, capacity, expected) => {
    expect(leastAllocated(requested, capacity)).toBe(expected);
  });
});

describe('mostAllocated', () => {
  it.each([
    [0, 100, 0],
    [100, 100, 100],
    [2, 3, 66],
    [200, 100, 100],
    [5, 0, 0],
  ])('%d of %d scores %d', (requested, capacity, expected) => {
    expect(mostAllocated(requested, capacity)).toBe(expected);
  });
});

describe('shapeScore', () => {
  const packing = [
    { utilization: 0, score: 0 },
    { utilization: 100, score: 10 },
  ];
  const hill = [
    { utilization: 20, score: 0 },
    { utilization: 50, score: 10 },
    { utilization: 80, score: 2 },
  ];
  it.each([
    [packing, 0, 100, 0],
    [packing, 33, 100, 33],
    [packing, 150, 100, 100],
    [packing, 1, 0, 100],
    [hill, 10, 100, 0],
    [hill, 20, 100, 0],
    [hill, 35, 100, 50],
    [hill, 50, 100, 100],
    [hill, 65, 100, 60],
    [hill, 90, 100, 20],
  ])('%j at %d of %d is %d', (shape, requested, capacity, expected) => {
    expect(shapeScore(shape, requested, capacity)).toBe(expected);
  });
});

describe('NodeResourcesFit scores', () => {
  it('the mean of cpu and memory, with stand-ins for what Pods do not name', () => {
    const cluster = testCluster([testNode('n', { cpu: '1', memory: '1000Mi' })], { n: [testPod('old')] });
    expect(scores(fit, testPod('new'), cluster)).toEqual({ n: (80 + 60) / 2 });
    expect(scores(fit, testPod('new', { cpu: '300m', memory: '100Mi' }), cluster)).toEqual({
      n: Math.trunc((60 + 70) / 2),
    });
  });

  it('weighs resources, and leaves out those that the host lacks or the Pod does not ask for', () => {
    const resources = [
      { name: 'cpu', weight: 1 },
      { name: 'example.com/gpu', weight: 3 },
    ];
    const plugin = nodeResourcesFit({ type: 'MostAllocated', resources });
    const cluster = testCluster([
      testNode('gpu', { cpu: '4', allocatable: { 'example.com/gpu': '4' } }),
      testNode('plain', { cpu: '4' }),
    ]);
    expect(scores(plugin, testPod('p', { cpu: '2', requests: { 'example.com/gpu': '4' } }), cluster)).toEqual({
      gpu: Math.trunc((50 + 3 * 100) / 4),
      plain: 50,
    });
    expect(scores(plugin, testPod('p', { cpu: '2' }), cluster)).toEqual({ gpu: 50, plain: 50 });
  });

  it('prefers by a shape, rounding the mean of the resources that score at all', () => {
    const shape = [
      { utilization: 0, score: 0 },
      { utilization: 100, score: 10 },
    ];
    const resources = [
      { name: 'cpu', weight: 1 },
      { name: 'memory', weight: 1 },
    ];
    const plugin = nodeResourcesFit({ type: 'RequestedToCapacityRatio', resources, shape });
    const cluster = testCluster([testNode('n', { cpu: '4', memory: '1000Mi' })]);
    expect(scores(plugin, testPod('p', { cpu: '2', memory: '510Mi' }), cluster)).toEqual({ n: 51 });
    expect(scores(plugin, testPod('p', { cpu: '0', memory: '500Mi' }), cluster)).toEqual({ n: 50 });
  });

  it('stays within 0..100', () => {
    const amount = fc.integer({ min: 0, max: 200 });
    fc.assert(
      fc.property(amount, amount, amount, amount, (cpu, memory, usedCpu, usedMemory) => {
        const cluster = testCluster([testNode('n', { cpu: `${cpu}`, memory: `${memory}` })], {
          n: [testPod('old', { cpu: `${usedCpu}`, memory: `${usedMemory}` })],
        });
        const score = scores(fit, testPod('new'), cluster).n!;
        expect(score).toBeGreaterThanOrEqual(0);
        expect(score).toBeLessThanOrEqual(100);
      }),
    );
  });
});

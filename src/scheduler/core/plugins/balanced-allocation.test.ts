import { describe, expect, it } from 'vitest';
import { scores, testCluster, testNode, testPod } from '../test-cluster.ts';
import { balance, balancedAllocation, changeScore } from './balanced-allocation.ts';

describe('balance', () => {
  it.each([
    [[50, 50], [100, 100], 100],
    [[100, 0], [100, 100], 50],
    [[25, 75], [100, 100], 75],
    [[200, 0], [100, 100], 50],
    [[30, 10], [0, 100], 100],
    [[0, 0], [0, 0], 100],
    [[1, 0], [3, 3], 83],
    [[100, 0, 50], [100, 100, 100], 59],
  ])('of %j used from %j is %d', (used, capacities, expected) => {
    expect(balance(used, capacities)).toBe(expected);
  });
});

describe('changeScore', () => {
  it.each([
    [80, 80, 75],
    [100, 50, 100],
    [50, 100, 50],
    [81, 80, 75],
    [79, 80, 74],
    [0, 100, 25],
  ])('from %d without to %d with the Pod: %d', (withPod, withoutPod, expected) => {
    expect(changeScore(withPod, withoutPod)).toBe(expected);
  });
});

describe('NodeResourcesBalancedAllocation', () => {
  const cluster = testCluster(
    [testNode('even', { cpu: '4', memory: '4Gi' }), testNode('lopsided', { cpu: '4', memory: '4Gi' })],
    {
      lopsided: [testPod('old', { cpu: '2' })],
    },
  );
  const pod = testPod('new', { cpu: '0', memory: '2Gi' });

  it('scores the state that would be, up to 1.35', () => {
    expect(scores(balancedAllocation('state'), pod, cluster)).toEqual({ even: 75, lopsided: 100 });
  });

  it('scores the change that the Pod makes, from 1.36', () => {
    expect(scores(balancedAllocation('change'), pod, cluster)).toEqual({ even: 62, lopsided: 87 });
  });

  it('has nothing to say of a Pod that asks for neither cpu nor memory', () => {
    expect(
      scores(balancedAllocation('change'), testPod('none', { requests: { 'example.com/gpu': '1' } }), cluster),
    ).toEqual({});
  });
});

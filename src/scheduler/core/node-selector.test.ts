import { describe, expect, it } from 'vitest';
import type { core } from '../../kube/index.ts';
import { nodeFacts } from './node-facts.ts';
import { preferredNodeWeight, requiredNodeSelector, termMatches } from './node-selector.ts';
import { testNode } from './test-cluster.ts';

const node = nodeFacts(testNode('n1', { labels: { zone: 'a', cores: '64', odd: '6x' } }));

describe('termMatches', () => {
  it.each<[string, string, string[] | undefined, boolean]>([
    ['zone', 'In', ['a', 'b'], true],
    ['zone', 'In', ['b'], false],
    ['rack', 'In', ['a'], false],
    ['zone', 'NotIn', ['a'], false],
    ['rack', 'NotIn', ['a'], true],
    ['zone', 'Exists', undefined, true],
    ['rack', 'Exists', undefined, false],
    ['rack', 'DoesNotExist', undefined, true],
    ['zone', 'DoesNotExist', undefined, false],
    ['cores', 'Gt', ['63'], true],
    ['cores', 'Gt', ['64'], false],
    ['cores', 'Lt', ['65'], true],
    ['cores', 'Lt', ['64'], false],
    ['odd', 'Gt', ['1'], false],
    ['rack', 'Gt', ['1'], false],
    ['cores', 'Gt', ['1', '2'], false],
    ['zone', 'Near', ['a'], false],
  ])('%s %s %j is %s', (key, operator, values, expected) => {
    expect(termMatches({ matchExpressions: [{ key, operator, ...(values && { values }) }] }, node)).toBe(expected);
  });

  it('needs every requirement, and at least one', () => {
    const zone = (value: string) => ({ key: 'zone', operator: 'In', values: [value] });
    expect(termMatches({ matchExpressions: [zone('a'), zone('b')] }, node)).toBe(false);
    expect(termMatches({}, node)).toBe(false);
    expect(termMatches({ matchExpressions: [] }, node)).toBe(false);
  });

  it('knows the one field, metadata.name', () => {
    const field = (key: string, values: string[]) => ({ matchFields: [{ key, operator: 'In', values }] });
    expect(termMatches(field('metadata.name', ['n1']), node)).toBe(true);
    expect(termMatches(field('metadata.name', ['n2']), node)).toBe(false);
    expect(termMatches(field('spec.podCIDR', ['n1']), node)).toBe(false);
  });
});

describe('requiredNodeSelector', () => {
  it('is absent when every host will do', () => {
    expect(requiredNodeSelector({ containers: [] })).toBeUndefined();
  });

  it('needs the nodeSelector and one of the terms', () => {
    const selector = requiredNodeSelector(
      affine([{ matchExpressions: [{ key: 'zone', operator: 'Exists' }] }], { zone: 'b' }),
    );
    expect(selector!.matches(node)).toBe(false);
    const either = requiredNodeSelector(affine([{}, { matchExpressions: [{ key: 'zone', operator: 'Exists' }] }]));
    expect(either!.matches(node)).toBe(true);
    expect(requiredNodeSelector(affine([]))!.matches(node)).toBe(false);
  });

  it('tells the hosts by name when every term names some', () => {
    const named = (...values: string[]) => ({ matchFields: [{ key: 'metadata.name', operator: 'In', values }] });
    expect(requiredNodeSelector(affine([named('n1', 'n2'), named('n3')]))!.names).toEqual(new Set(['n1', 'n2', 'n3']));
    expect(requiredNodeSelector(affine([named('n1'), {}]))!.names).toBeUndefined();
  });
});

describe('preferredNodeWeight', () => {
  it('adds the weights of the terms that match', () => {
    const term = (zone: string, weight: number) => ({
      weight,
      preference: { matchExpressions: [{ key: 'zone', operator: 'In', values: [zone] }] },
    });
    const spec = { preferredDuringSchedulingIgnoredDuringExecution: [term('a', 5), term('a', 7), term('b', 90)] };
    expect(preferredNodeWeight({ containers: [], affinity: { nodeAffinity: spec } })!(node)).toBe(12);
    expect(preferredNodeWeight({ containers: [] })).toBeUndefined();
  });
});

function affine(nodeSelectorTerms: core.NodeSelectorTerm[], nodeSelector?: Record<string, string>): core.PodSpec {
  const nodeAffinity = { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms } };
  return { containers: [], affinity: { nodeAffinity }, ...(nodeSelector && { nodeSelector }) };
}

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { AccessAttributes } from './attributes.ts';
import { covers, type PolicyRule, ruleAllows } from './rbac-rule.ts';

const on = (
  resource: string,
  more: Partial<Extract<AccessAttributes, { kind: 'resource' }>> = {},
): AccessAttributes => ({
  kind: 'resource',
  verb: 'get',
  group: '',
  resource,
  ...more,
});

describe('a rule', () => {
  it.each<[string, PolicyRule, AccessAttributes, boolean]>([
    ['allows its verb on its resource', { verbs: ['get'], apiGroups: [''], resources: ['pods'] }, on('pods'), true],
    ['does not allow another verb', { verbs: ['list'], apiGroups: [''], resources: ['pods'] }, on('pods'), false],
    ['does not reach into another group', { verbs: ['*'], apiGroups: ['apps'], resources: ['*'] }, on('pods'), false],
    [
      'does not mean subresources by the resource',
      { verbs: ['*'], apiGroups: [''], resources: ['pods'] },
      on('pods', { subresource: 'log' }),
      false,
    ],
    [
      'means everything by a star',
      { verbs: ['*'], apiGroups: ['*'], resources: ['*'] },
      on('pods', { subresource: 'exec' }),
      true,
    ],
    [
      'means a subresource of every resource by */name',
      { verbs: ['*'], apiGroups: [''], resources: ['*/scale'] },
      on('pods', { subresource: 'scale' }),
      true,
    ],
    [
      'is bound to its names',
      { verbs: ['*'], apiGroups: [''], resources: ['pods'], resourceNames: ['a'] },
      on('pods', { name: 'b' }),
      false,
    ],
    [
      'bound to names does not allow what has none',
      { verbs: ['*'], apiGroups: [''], resources: ['pods'], resourceNames: ['a'] },
      on('pods'),
      false,
    ],
    [
      'allows a path by its beginning',
      { verbs: ['get'], nonResourceURLs: ['/healthz/*'] },
      { kind: 'path', verb: 'get', path: '/healthz/etcd' },
      true,
    ],
    [
      'of resources allows no path',
      { verbs: ['*'], apiGroups: ['*'], resources: ['*'] },
      { kind: 'path', verb: 'get', path: '/metrics' },
      false,
    ],
  ])('%s', (_, rule, access, allowed) => {
    expect(ruleAllows(rule, access)).toBe(allowed);
  });
});

const words = (...values: string[]) => fc.subarray(values, { minLength: 1 });
const anyRule: fc.Arbitrary<PolicyRule> = fc.oneof(
  fc.record({
    verbs: words('get', 'list', '*'),
    apiGroups: words('', 'apps', '*'),
    resources: words('pods', 'pods/log', 'nodes', '*/log', '*'),
    resourceNames: fc.subarray(['a', 'b']),
  }),
  fc.record({ verbs: words('get', 'post', '*'), nonResourceURLs: words('/a', '/a/b', '/a/*', '*') }),
);
const anyAccess: fc.Arbitrary<AccessAttributes> = fc.oneof(
  fc.record({
    kind: fc.constant('resource' as const),
    verb: fc.constantFrom('get', 'list', 'watch'),
    group: fc.constantFrom('', 'apps', 'batch'),
    resource: fc.constantFrom('pods', 'nodes', 'jobs'),
    subresource: fc.constantFrom('log', undefined) as fc.Arbitrary<string>,
    name: fc.constantFrom('a', 'b', 'c', undefined) as fc.Arbitrary<string>,
  }),
  fc.record({
    kind: fc.constant('path' as const),
    verb: fc.constantFrom('get', 'post'),
    path: fc.constantFrom('/a', '/a/b', '/c'),
  }),
);

describe('rules that cover another', () => {
  it('allow all that it allows', () => {
    fc.assert(
      fc.property(
        fc.array(anyRule, { maxLength: 3 }),
        anyRule,
        fc.array(anyAccess, { maxLength: 20 }),
        (held, wanted, accesses) => {
          fc.pre(covers(held, wanted));
          for (const access of accesses)
            if (ruleAllows(wanted, access)) expect(held.some((rule) => ruleAllows(rule, access))).toBe(true);
        },
      ),
    );
  });

  it('are at least the rule itself', () => {
    fc.assert(fc.property(anyRule, (rule) => covers([rule], rule)));
  });
});

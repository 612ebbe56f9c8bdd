import { describe, expect, it } from 'vitest';
import type { Caller } from '../handlers/request.ts';
import { MASTER, rule, TestPlane } from '../plane.testing.ts';
import { impersonate } from './impersonation.ts';

const ALL = 'system:authenticated';
const plane = await TestPlane.start();
await plane.allow('ann', [
  rule('impersonate', '', 'users', 'bob'),
  rule('impersonate', '', 'groups', 'staff'),
  rule('impersonate', 'authentication.k8s.io', 'userextras/scopes', 'read'),
]);
await plane.allow('ci', [rule('impersonate', '', 'serviceaccounts', 'builder')], 'shop');

const as = (caller: Caller, headers: Record<string, string>) => impersonate(caller, headers, plane.authorizer);

describe('somebody else', () => {
  it.each<[string, Record<string, string>, Partial<Caller>]>([
    ['is signed in', { user: 'bob' }, { name: 'bob', groups: [ALL] }],
    ['is nobody in particular', { user: 'system:anonymous' }, { groups: ['system:unauthenticated'] }],
    ['belongs to the groups named', { user: 'bob', group: 'a, b' }, { groups: ['a', 'b', ALL] }],
    [
      'is not signed in where a group says so',
      { user: 'bob', group: 'system:unauthenticated' },
      { groups: ['system:unauthenticated'] },
    ],
    [
      'is an account with its groups',
      { user: 'system:serviceaccount:shop:builder' },
      { groups: ['system:serviceaccounts', 'system:serviceaccounts:shop', ALL] },
    ],
    [
      'is an account with other groups',
      { user: 'system:serviceaccount:shop:builder', group: 'a' },
      { groups: ['a', ALL] },
    ],
    [
      'has more to him',
      { user: 'bob', 'extra-a%2fb': 'c', 'extra-%zz': 'd' },
      { extra: { 'a/b': ['c'], '%zz': ['d'] } },
    ],
    ['has an id', { user: 'bob', uid: '7' }, { uid: '7' }],
  ])('%s', (_, headers, expected) => {
    const named = Object.fromEntries(Object.entries(headers).map(([name, value]) => [`impersonate-${name}`, value]));
    expect(as(MASTER, named)).toMatchObject(expected);
  });
});

describe('who acts as somebody else', () => {
  const ann = { name: 'ann', groups: [] };
  const ci = { name: 'ci', groups: [] };

  it.each<[string, Caller, Record<string, string>, boolean]>([
    ['may be the user that a role names', ann, { 'impersonate-user': 'bob' }, true],
    ['may not be another', ann, { 'impersonate-user': 'eve' }, false],
    ['may join the group that a role names', ann, { 'impersonate-user': 'bob', 'impersonate-group': 'staff' }, true],
    ['may not join masters', ann, { 'impersonate-user': 'bob', 'impersonate-group': 'system:masters' }, false],
    [
      'may not join masters among others',
      ann,
      { 'impersonate-user': 'bob', 'impersonate-group': 'staff, system:masters' },
      false,
    ],
    ['may add what a role names', ann, { 'impersonate-user': 'bob', 'impersonate-extra-scopes': 'read' }, true],
    ['may not add more', ann, { 'impersonate-user': 'bob', 'impersonate-extra-scopes': 'write' }, false],
    ['may not take an id', ann, { 'impersonate-user': 'bob', 'impersonate-uid': '7' }, false],
    ['may be an account of the namespace', ci, { 'impersonate-user': 'system:serviceaccount:shop:builder' }, true],
    ['may not be one of another', ci, { 'impersonate-user': 'system:serviceaccount:bank:builder' }, false],
    ['must say whom', ann, { 'impersonate-group': 'staff' }, false],
    ['may be himself', ann, { 'impersonate-user': '' }, true],
  ])('%s', (_, caller, headers, allowed) => {
    if (allowed) expect(() => as(caller, headers)).not.toThrow();
    else expect(() => as(caller, headers)).toThrow(/cannot impersonate|without a user/);
  });
});

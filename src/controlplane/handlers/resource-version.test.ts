import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeContinue, planList } from './resource-version.ts';

const plan = (query: string) => planList(new URLSearchParams(query));
const token = encodeContinue({ rev: 7, after: 'a/b', remaining: 3 });

describe('a list shows', () => {
  it.each<[string, string, object]>([
    ['the newest state', '', { exact: undefined, atLeast: 0, limit: 0 }],
    ['the newest state, page by page', 'limit=5', { exact: undefined, atLeast: 0, limit: 5 }],
    ['any state, and all of it', 'resourceVersion=0&limit=5', { exact: undefined, atLeast: 0, limit: 0 }],
    ['a state not older', 'resourceVersion=9', { exact: undefined, atLeast: 9, limit: 0 }],
    [
      'a state not older, if that is said',
      'resourceVersion=9&resourceVersionMatch=NotOlderThan&limit=5',
      { exact: undefined, atLeast: 9, limit: 5 },
    ],
    ['exactly that state, as ever with a limit', 'resourceVersion=9&limit=5', { exact: 9, limit: 5 }],
    ['exactly that state', 'resourceVersion=9&resourceVersionMatch=Exact', { exact: 9, limit: 0 }],
    [
      'the state of its first page',
      `continue=${token}&limit=5`,
      { exact: 7, limit: 5, token: { rev: 7, after: 'a/b', remaining: 3 } },
    ],
    ['all, where the limit is below zero', 'limit=-1', { limit: 0 }],
  ])('%s: %s', (_, query, expected) => {
    expect(plan(query)).toMatchObject(expected);
  });
});

describe('a list is refused', () => {
  it.each<[string, string, number]>([
    ['for a match without a version', 'resourceVersionMatch=Exact', 422],
    ['for a match that is none', 'resourceVersion=1&resourceVersionMatch=Near', 422],
    ['for exactly any version', 'resourceVersion=0&resourceVersionMatch=Exact', 422],
    ['for a match of a later page', `resourceVersion=1&resourceVersionMatch=Exact&continue=${token}`, 422],
    ['for a version of a later page', `resourceVersion=1&continue=${token}`, 400],
    ['for a token that is none', 'continue=abc', 400],
    ['for a version that is none', 'resourceVersion=1.5', 400],
    ['for a version below zero', 'resourceVersion=-1', 400],
    ['for a limit that is none', 'limit=x', 400],
    ['for events of a watch', 'sendInitialEvents=true', 422],
  ])('%s: %s', (_, query, code) => {
    expect(() => plan(query)).toThrow(expect.objectContaining({ code }));
  });
});

it('a token comes back as it went', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: -1 }),
      fc.string({ unit: 'grapheme', minLength: 1 }),
      fc.option(fc.nat(), { nil: undefined }),
      (rev, after, remaining) => {
        const wanted = { rev, after, ...(remaining !== undefined && { remaining }) };
        expect(plan(`continue=${encodeContinue(wanted)}`).token).toEqual(wanted);
      },
    ),
  );
});

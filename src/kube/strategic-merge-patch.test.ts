import { describe, expect, test } from 'vitest';
import { applyStrategicMergePatch, type PatchSchema } from './strategic-merge-patch.ts';

const items: PatchSchema = {
  field: (name) => {
    if (name === 'env') return { patchStrategy: 'merge', mergeKey: 'name', schema: items };
    return name === 'limits' ? { schema: items } : undefined;
  },
};
const schema: PatchSchema = {
  field(name) {
    if (name === 'containers') return { patchStrategy: 'merge', mergeKey: 'name', schema: items };
    if (name === 'finalizers') return { patchStrategy: 'merge' };
    if (name === 'strategy') return { patchStrategy: 'retainKeys' };
    if (name === 'whole') return { patchStrategy: 'replace' };
    if (name === 'spec') return { schema };
    return name === 'broken' ? { patchStrategy: 'merge' } : undefined;
  },
};
const apply = (document: object, patch: unknown) => applyStrategicMergePatch<object>(document, patch, schema);
const named = (...names: string[]) => names.map((name) => ({ name }));

describe('a strategic merge patch', () => {
  test.each<[string, object, object, object]>([
    ['merges objects, null removes', { a: { b: 1, c: 2 } }, { a: { b: null, d: 3 } }, { a: { c: 2, d: 3 } }],
    ['replaces plain lists', { a: [1, 2] }, { a: [3] }, { a: [3] }],
    ['replaces objects of strategy replace', { whole: { a: 1 } }, { whole: { b: 2 } }, { whole: { b: 2 } }],
    ['drops nulls of what is new', {}, { a: { b: null, c: [{ d: null }] } }, { a: { c: [{}] } }],
    [
      'merges lists by their key, the named elements in the order of the patch',
      { containers: [{ name: 'a', image: '1' }, { name: 'b' }] },
      { containers: [{ name: 'c' }, { name: 'a', tty: true }] },
      { containers: [{ name: 'c' }, { name: 'a', image: '1', tty: true }, { name: 'b' }] },
    ],
    [
      'merges lists in lists',
      { spec: { containers: [{ name: 'a', env: [{ name: 'X', value: '1' }] }] } },
      { spec: { containers: [{ name: 'a', env: [{ name: 'Y' }] }] } },
      { spec: { containers: [{ name: 'a', env: [{ name: 'Y' }, { name: 'X', value: '1' }] }] } },
    ],
    ['joins sets of scalars', { finalizers: ['a', 'b'] }, { finalizers: ['c', 'b'] }, { finalizers: ['c', 'a', 'b'] }],
    [
      '$patch: delete takes an element out of a list',
      { containers: named('a', 'b') },
      { containers: [{ name: 'a', $patch: 'delete' }] },
      { containers: named('b') },
    ],
    [
      '$patch: replace in a list replaces all of it',
      { containers: named('a', 'b') },
      { containers: [{ name: 'c' }, { $patch: 'replace' }] },
      { containers: named('c') },
    ],
    ['$patch: replace replaces an object', { a: { b: 1 } }, { a: { c: 1, $patch: 'replace' } }, { a: { c: 1 } }],
    ['$patch: delete empties an object', { a: { b: 1 } }, { a: { $patch: 'delete' } }, { a: {} }],
    ['$patch says nothing where nothing was', {}, { a: { c: 1, $patch: 'replace' } }, {}],
    [
      '$retainKeys clears all other keys',
      { strategy: { type: 'RollingUpdate', rollingUpdate: {} } },
      { strategy: { $retainKeys: ['type'], type: 'Recreate' } },
      { strategy: { type: 'Recreate' } },
    ],
    [
      '$deleteFromPrimitiveList takes scalars out',
      { finalizers: ['a', 'b', 'c'] },
      { '$deleteFromPrimitiveList/finalizers': ['a', 'x'], finalizers: ['d'] },
      { finalizers: ['d', 'b', 'c'] },
    ],
    [
      '$setElementOrder orders what it names, others keep their places',
      { containers: named('a', 'x', 'b', 'c') },
      { '$setElementOrder/containers': named('c', 'b', 'a') },
      { containers: named('x', 'c', 'b', 'a') },
    ],
    [
      '$setElementOrder orders scalars and additions',
      { finalizers: ['a', 'b'] },
      { '$setElementOrder/finalizers': ['c', 'b', 'a'], finalizers: ['c'] },
      { finalizers: ['c', 'b', 'a'] },
    ],
    ['$setElementOrder of nothing is nothing', {}, { '$setElementOrder/finalizers': ['c'] }, {}],
  ])('%s', (_, document, patch, expected) => {
    const before = structuredClone({ document, patch });
    expect(apply(document, patch)).toEqual(expected);
    expect({ document, patch }).toEqual(before);
  });

  test.each<[string, object, unknown, RegExp]>([
    ['a list', {}, [], /invalid JSON document/],
    ['an unknown directive', {}, { $patch: 'merge!' }, /^unknown patch type: merge! in map: map\[\$patch:merge!\]$/],
    [
      'an element without merge key',
      { containers: [] },
      { containers: [{ image: 'x' }] },
      /^map: map\[image:x\] does not contain declared merge key: name$/,
    ],
    ['keys that are not retained', {}, { $retainKeys: ['a'], b: 1 }, /^invalid patch format of retainKeys$/],
    ['retained keys that are no list', {}, { $retainKeys: 'a' }, /^invalid patch format of retainKeys$/],
    [
      'an order that the patch itself breaks',
      { containers: [] },
      { containers: named('a', 'b'), '$setElementOrder/containers': named('b', 'a') },
      /^The order in patch list:\n\[map\[name:a\] map\[name:b\]\]\n doesn't match \$setElementOrder list:\n/,
    ],
    ['an order of no list', {}, { $setElementOrder: [] }, /^invalid patch format of setElementOrder list$/],
    ['deletions of objects', { finalizers: [] }, { '$deleteFromPrimitiveList/finalizers': [{}] }, /primitive list$/],
    ['lists of lists', { finalizers: ['a'] }, { finalizers: [['b']] }, /^lists of lists are not supported$/],
    [
      'mixed lists',
      { finalizers: ['a'] },
      { finalizers: [{}] },
      /^list element types are not identical: \[a map\[\]\]$/,
    ],
    ['objects to merge without key', { broken: [{}] }, { broken: [{}] }, /^cannot merge lists without merge key/],
    [
      '$patch: merge in a list',
      { containers: named('a') },
      { containers: [{ $patch: 'merge', name: 'a' }] },
      /^merging lists cannot yet be specified in the patch$/,
    ],
  ])('%s is refused', (_, document, patch, message) => {
    expect(() => apply(document, patch)).toThrow(
      expect.objectContaining({ code: 400, message: expect.stringMatching(message) }),
    );
  });
});

import { expect, test } from 'vitest';
import { defaultManagerName, patchOptionErrors } from './manager-name.ts';

test.each([
  ['kubectl/v1.32.4 (linux/amd64)', 'kubectl'],
  ['Mozilla', 'Mozilla'],
  ['a\u0000b/1', 'ab'],
  ['', 'unknown'],
  [undefined, 'unknown'],
  ['x'.repeat(200), 'x'.repeat(128)],
])('the User-Agent %j names the manager %j', (userAgent, name) => expect(defaultManagerName(userAgent)).toBe(name));

const fields = (options: Parameters<typeof patchOptionErrors>[0]) => patchOptionErrors(options).map((e) => e.field);

test('an apply must name its manager, and only it may use force', () => {
  expect(fields({ isApply: true, fieldManager: '' })).toEqual(['fieldManager']);
  expect(fields({ isApply: true, fieldManager: 'a', force: true })).toEqual([]);
  expect(fields({ isApply: false, fieldManager: '', force: false })).toEqual(['force']);
});

test('a manager’s name is short and printable', () => {
  expect(fields({ isApply: true, fieldManager: 'a'.repeat(129) })).toEqual(['fieldManager']);
  expect(fields({ isApply: true, fieldManager: 'a\n' })).toEqual(['fieldManager']);
  expect(fields({ isApply: true, fieldManager: 'Jörg 京东' })).toEqual([]);
});

import { expect, test } from 'vitest';
import { compareElements, keyElement, printPath, valueElement } from './path-element.ts';

test('elements are spelled as Go spells them', () => {
  expect(keyElement({ protocol: 'TCP', containerPort: 80 })).toBe('k:{"containerPort":80,"protocol":"TCP"}');
  expect(valueElement('a<b>&c')).toBe('v:"a\\u003cb\\u003e\\u0026c"');
});

test('paths print as in messages', () => {
  const path = ['f:spec', 'f:ports', 'k:{"port":80,"protocol":"TCP"}', 'f:finalizers', 'v:"x/y"', 'i:3'];
  expect(printPath(path)).toBe('.spec.ports[port=80,protocol="TCP"].finalizers[="x/y"][3]');
});

test.each([
  ['f:a', 'f:b'],
  ['f:z', 'k:{"a":1}'],
  ['k:{"port":9}', 'k:{"port":80}'],
  ['k:{"port":80,"protocol":"TCP"}', 'k:{"port":80,"protocol":"UDP"}'],
  ['k:{"name":"9"}', 'k:{"name":"a"}'],
  ['v:-5', 'v:4'],
  ['v:1', 'i:0'],
])('%s comes before %s', (a, b) => {
  expect(compareElements(a, b)).toBeLessThan(0);
  expect(compareElements(b, a)).toBeGreaterThan(0);
  expect(compareElements(a, a)).toBe(0);
});

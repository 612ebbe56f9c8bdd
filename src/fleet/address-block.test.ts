import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { AddressBlock, formatAddress, POD_BLOCKS, parseAddress, podBlock } from './address-block.ts';

test('an address and its number are inverse', () => {
  fc.assert(fc.property(fc.integer({ min: 0, max: 2 ** 32 - 1 }), (n) => parseAddress(formatAddress(n)) === n));
  for (const bad of ['', '1.2.3', '1.2.3.256', 'a.b.c.d', '1.2.3.4.5']) expect(parseAddress(bad)).toBeNaN();
});

test('no address is given twice while it is held, and all of a /24 but three are given', () => {
  const block = new AddressBlock('10.128.7.0/24');
  const given = Array.from({ length: 253 }, (_, i) => block.take(`pod-${i}`));
  expect(new Set(given).size).toBe(253);
  expect(given).not.toContain('10.128.7.0');
  expect(given).not.toContain('10.128.7.1');
  expect(given).not.toContain('10.128.7.255');
  expect(block.take('one more')).toBeUndefined();
  block.release(given[9]!, 'pod-9');
  expect(block.take('one more')).toBe(given[9]);
});

test('an address found is kept for its owner, and only its owner can release it', () => {
  const block = new AddressBlock('10.128.7.0/24');
  expect(block.keep('10.128.7.2', 'a')).toBe(true);
  expect(block.keep('10.128.7.2', 'a')).toBe(true);
  expect(block.keep('10.128.7.2', 'b')).toBe(false);
  expect(block.keep('10.128.8.2', 'b')).toBe(false);
  block.release('10.128.7.2', 'b');
  expect(block.take('c')).toBe('10.128.7.3');
});

test('a freed address rests before it is given again', () => {
  const block = new AddressBlock('10.128.7.0/24');
  const first = block.take('a')!;
  block.release(first, 'a');
  expect(block.take('b')).not.toBe(first);
});

test('blocks differ and fill 10.128.0.0/9', () => {
  expect([podBlock(0), podBlock(255), podBlock(256), podBlock(POD_BLOCKS - 1)]).toEqual([
    '10.128.0.0/24',
    '10.128.255.0/24',
    '10.129.0.0/24',
    '10.255.255.0/24',
  ]);
  expect(() => podBlock(POD_BLOCKS)).toThrow(RangeError);
});

test('a podCIDR of another form is refused', () => {
  for (const bad of ['', '10.0.0.0', '10.0.0.0/33', 'fd00::/64', '10.0.0.0/30'])
    expect(() => new AddressBlock(bad)).toThrow(RangeError);
});

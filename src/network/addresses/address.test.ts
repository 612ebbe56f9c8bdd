import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type Address,
  addressOfName,
  canonicalAddress,
  formatAddress,
  nameOfAddress,
  parseAddress,
} from './address.ts';

const anyAddress: fc.Arbitrary<Address> = fc.oneof(
  fc.record({ family: fc.constant(4 as const), value: fc.bigInt(0n, 2n ** 32n - 1n) }),
  fc.record({ family: fc.constant(6 as const), value: fc.bigInt(0n, 2n ** 128n - 1n) }),
);

describe('an address', () => {
  it('is read back from its text and from its name', () => {
    fc.assert(
      fc.property(anyAddress, (address) => {
        expect(parseAddress(formatAddress(address))).toEqual(address);
        expect(addressOfName(nameOfAddress(address))).toEqual(address);
      }),
    );
  });

  it('has a name that an object can have', () => {
    fc.assert(
      fc.property(anyAddress, (address) => {
        expect(nameOfAddress(address)).toMatch(/^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/);
      }),
    );
  });

  it.each([
    ['10.0.0.1', '10.0.0.1'],
    ['2001:DB8:0:0::1', '2001:db8::1'],
    ['10.0.0', undefined],
    ['010.0.0.1', undefined],
    ['0x0a.0.0.1', undefined],
    ['fe80::1%eth0', undefined],
    ['10.0.0.0/8', undefined],
    ['', undefined],
  ])('%s is %s', (text, canonical) => {
    expect(canonicalAddress(text)).toBe(canonical);
  });
});

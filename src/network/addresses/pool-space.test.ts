import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatAddress, parseAddress } from './address.ts';
import { Ledger } from './ledger.ts';
import { type Block, PoolSpace } from './pool-space.ts';

const all = (block: Block) => {
  const space = new PoolSpace(block);
  return Array.from({ length: space.size }, (_, i) => formatAddress(space.at(i)));
};

/** The last byte of addresses in 10.0.0.0/24, as a range. */
const range = fc.tuple(fc.nat(255), fc.nat(255)).map(([a, b]) => ({ from: Math.min(a, b), to: Math.max(a, b) }));
const text = ({ from, to }: { from: number; to: number }) =>
  from === to ? `10.0.0.${from}` : `10.0.0.${from}-10.0.0.${to}`;

describe('PoolSpace', () => {
  it('offers what ranges say less what is excluded, in order, as a list of all would', () => {
    fc.assert(
      fc.property(
        fc.array(range, { minLength: 1, maxLength: 6 }),
        fc.array(range, { maxLength: 6 }),
        fc.nat(255),
        (ranges, holes, gateway) => {
          const covers = (list: { from: number; to: number }[], n: number) =>
            list.some(({ from, to }) => n >= from && n <= to);
          const expected = Array.from({ length: 256 }, (_, n) => n)
            .filter((n) => covers(ranges, n) && !covers(holes, n) && n !== gateway)
            .map((n) => `10.0.0.${n}`);
          const block = {
            subnet: '10.0.0.0/24',
            ranges: ranges.map(text),
            excludeIPs: holes.map(text),
            gateway: `10.0.0.${gateway}`,
          };
          expect(all(block)).toEqual(expected);
          const space = new PoolSpace(block);
          for (let n = 0; n < 256; n++) {
            const index = space.indexOf(parseAddress(`10.0.0.${n}`)!);
            expect(index === undefined ? -1 : index).toBe(expected.indexOf(`10.0.0.${n}`));
          }
        },
      ),
    );
  });

  it('offers of a whole subnet neither the first, nor the last of IPv4, nor the gateway', () => {
    expect(all({ subnet: '10.0.0.0/29', gateway: '10.0.0.1' })).toEqual([
      '10.0.0.2',
      '10.0.0.3',
      '10.0.0.4',
      '10.0.0.5',
      '10.0.0.6',
    ]);
    expect(all({ subnet: 'fd00::/126' })).toEqual(['fd00::1', 'fd00::2', 'fd00::3']);
    expect(all({ subnet: '10.0.0.4/31' })).toEqual(['10.0.0.4', '10.0.0.5']);
    expect(all({ subnet: '10.0.0.9/32' })).toEqual(['10.0.0.9']);
  });

  it('takes CIDR in ranges, and a /64 of IPv6', () => {
    expect(all({ subnet: '10.0.0.0/24', ranges: ['10.0.0.128/30'] })).toEqual([
      '10.0.0.128',
      '10.0.0.129',
      '10.0.0.130',
      '10.0.0.131',
    ]);
    const space = new PoolSpace({ subnet: 'fd00:1::/64' });
    expect(space.size).toBeGreaterThan(2 ** 40);
    expect(formatAddress(space.at(999))).toBe('fd00:1::3e8');
  });

  it.each([
    [
      { subnet: '10.0.0.1/24' },
      'subnet: expected the first address of the block, found 10.0.0.1/24; the first is 10.0.0.0/24',
    ],
    [{ subnet: '10.0.0.0' }, 'subnet: expected CIDR'],
    [{ subnet: '10.0.0.0/33' }, 'subnet: expected CIDR'],
    [{ subnet: '10.0.0.0/24', ranges: ['10.0.1.1'] }, 'ranges[0]: expected addresses of the subnet, found 10.0.1.1'],
    [{ subnet: '10.0.0.0/24', ranges: ['10.0.0.9-10.0.0.2'] }, 'the last comes before the first'],
    [{ subnet: '10.0.0.0/24', excludeIPs: ['x'] }, 'excludeIPs[0]: expected an address'],
    [{ subnet: '10.0.0.0/24', gateway: 'fd00::1' }, 'gateway: expected addresses of the subnet'],
  ])('refuses %j', (block, message) => {
    expect(() => new PoolSpace(block)).toThrow(message);
  });
});

describe('Ledger', () => {
  it('gives each address once, then none', () => {
    const ledger = new Ledger(new PoolSpace({ subnet: '10.0.0.0/22' }));
    const given = new Set<string>();
    for (let address = ledger.take(); address; address = ledger.take()) given.add(formatAddress(address));
    expect(given.size).toBe(1022);
    expect(ledger.taken).toBe(ledger.total);
  });

  it('lets one that became free rest while others are free', () => {
    const ledger = new Ledger(new PoolSpace({ subnet: '10.0.0.0/29' }));
    const first = ledger.take()!;
    ledger.free(first);
    const later = Array.from({ length: 6 }, () => formatAddress(ledger.take()!));
    expect(later.indexOf(formatAddress(first))).toBe(5);
  });

  it('knows what is not its own', () => {
    const ledger = new Ledger(new PoolSpace({ subnet: '10.0.0.0/29' }));
    expect(ledger.note(parseAddress('10.0.0.2')!)).toBe('free');
    expect(ledger.note(parseAddress('10.0.0.2')!)).toBe('taken');
    expect(ledger.note(parseAddress('10.9.0.2')!)).toBe('foreign');
    expect(ledger.note(parseAddress('fd00::2')!)).toBe('foreign');
    expect(ledger.free(parseAddress('10.9.0.2')!)).toBe(false);
  });
});

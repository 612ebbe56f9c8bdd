/** The addresses that a block of a pool offers, numbered from 0: subnet and ranges, less what is excluded. */
import { type Address, BITS, formatAddress, parseAddress } from './address.ts';

/** One family's part of a pool. */
export interface Block {
  /** CIDR. */
  readonly subnet: string;
  /** `10.0.0.10-10.0.0.20`, a CIDR or one address each. @default the whole subnet */
  readonly ranges?: readonly string[];
  /** Written like `ranges`. */
  readonly excludeIPs?: readonly string[];
  readonly gateway?: string;
}

interface Interval {
  readonly first: bigint;
  readonly last: bigint;
}

export interface Subnet {
  readonly family: 4 | 6;
  readonly first: bigint;
  readonly prefix: number;
}

/** What cannot be read in a block, with the field. */
export class BlockError extends Error {
  readonly field: string;

  constructor(field: string, message: string) {
    super(`${field}: ${message}`);
    this.name = 'BlockError';
    this.field = field;
  }
}

/** Numbers beyond this are no longer exact; a subnet that is larger offers its first so many addresses. */
const LARGEST = 2n ** 48n;

/** An address's number in the space is stable as long as the block is. */
export class PoolSpace {
  readonly family: 4 | 6;
  readonly prefix: number;
  readonly size: number;
  readonly #intervals: readonly (Interval & { readonly offset: bigint })[];

  /** @throws BlockError */
  constructor(block: Block) {
    const subnet = parseSubnet(block.subnet);
    const offered = block.ranges?.length
      ? union(block.ranges.map((text, i) => inside(text, `ranges[${i}]`, subnet)))
      : [usable(subnet)];
    const excluded = (block.excludeIPs ?? []).map((text, i) => inside(text, `excludeIPs[${i}]`, subnet));
    if (block.gateway) excluded.push(inside(block.gateway, 'gateway', subnet));
    this.family = subnet.family;
    this.prefix = subnet.prefix;
    this.#intervals = numbered(without(offered, union(excluded)));
    const last = this.#intervals.at(-1);
    this.size = last ? Number(last.offset + last.last - last.first + 1n) : 0;
  }

  at(index: number): Address {
    const offset = BigInt(index);
    const interval = this.#intervals.findLast((candidate) => candidate.offset <= offset);
    if (!interval || index >= this.size) throw new RangeError(`address ${index}: the space has ${this.size}`);
    return { family: this.family, value: interval.first + offset - interval.offset };
  }

  /** Undefined when the address is not one of these. */
  indexOf({ family, value }: Address): number | undefined {
    if (family !== this.family) return undefined;
    const interval = this.#intervals.find(({ first, last }) => value >= first && value <= last);
    return interval && Number(interval.offset + value - interval.first);
  }
}

/** @throws BlockError */
export function parseSubnet(text: string): Subnet {
  const [base = '', bits = '', ...rest] = text.split('/');
  const address = parseAddress(base);
  if (!address || rest.length > 0 || !/^\d{1,3}$/.test(bits) || Number(bits) > BITS[address.family])
    throw new BlockError('subnet', `expected CIDR like 10.0.0.0/24 or fd00::/64, found ${JSON.stringify(text)}`);
  const { first } = blockOf(address, Number(bits));
  if (first !== address.value)
    throw new BlockError(
      'subnet',
      `expected the first address of the block, found ${text}; the first is ${formatAddress({ ...address, value: first })}/${bits}`,
    );
  return { family: address.family, first, prefix: Number(bits) };
}

export function contains(subnet: Subnet, { family, value }: Address): boolean {
  const { first, last } = blockOf({ family: subnet.family, value: subnet.first }, subnet.prefix);
  return family === subnet.family && value >= first && value <= last;
}

/** Of IPv4 neither the network's own address nor the broadcast address, of IPv6 not the routers' anycast address. */
function usable({ family, first, prefix }: Subnet): Interval {
  const whole = blockOf({ family, value: first }, prefix);
  const size = whole.last - whole.first + 1n;
  if (size <= 2n) return whole;
  const last = family === 4 ? whole.last - 1n : whole.last;
  return { first: whole.first + 1n, last: last - first > LARGEST ? first + LARGEST : last };
}

function inside(text: string, field: string, subnet: Subnet): Interval {
  const interval = parseInterval(text, field);
  const within = (value: bigint) => contains(subnet, { family: interval.family, value });
  if (!within(interval.first) || !within(interval.last))
    throw new BlockError(field, `expected addresses of the subnet, found ${text}`);
  return interval;
}

function parseInterval(text: string, field: string): Interval & { readonly family: 4 | 6 } {
  const fault = (found: string) =>
    new BlockError(field, `expected an address, first-last or CIDR, found ${JSON.stringify(found)}`);
  if (text.includes('/')) {
    const { family, first, prefix } = parseSubnet(text);
    return { family, ...blockOf({ family, value: first }, prefix) };
  }
  const [from = '', to = from, ...rest] = text.split('-').map((part) => part.trim());
  const [first, last] = [parseAddress(from), parseAddress(to)];
  if (!first || !last || rest.length > 0 || first.family !== last.family) throw fault(text);
  if (last.value < first.value)
    throw new BlockError(field, `expected first-last, found ${text}: the last comes before the first`);
  return { family: first.family, first: first.value, last: last.value };
}

function blockOf({ family, value }: Address, prefix: number): Interval {
  const hosts = (1n << BigInt(BITS[family] - prefix)) - 1n;
  return { first: value - (value & hosts), last: value | hosts };
}

/** Sorted, none touching another. */
function union(intervals: readonly Interval[]): Interval[] {
  const sorted = intervals.toSorted((a, b) => (a.first < b.first ? -1 : a.first > b.first ? 1 : 0));
  const joined: { first: bigint; last: bigint }[] = [];
  for (const { first, last } of sorted) {
    const before = joined.at(-1);
    if (before && first <= before.last + 1n) before.last = last > before.last ? last : before.last;
    else joined.push({ first, last });
  }
  return joined;
}

/** Both sorted and disjoint. */
function without(intervals: readonly Interval[], holes: readonly Interval[]): Interval[] {
  return holes.reduce<Interval[]>(
    (left, hole) =>
      left.flatMap(({ first, last }) => {
        if (hole.last < first || hole.first > last) return [{ first, last }];
        const before = hole.first > first ? [{ first, last: hole.first - 1n }] : [];
        const after = hole.last < last ? [{ first: hole.last + 1n, last }] : [];
        return [...before, ...after];
      }),
    [...intervals],
  );
}

function numbered(intervals: readonly Interval[]): (Interval & { offset: bigint })[] {
  let offset = 0n;
  return intervals.map((interval) => {
    const numberedInterval = { ...interval, offset };
    offset += interval.last - interval.first + 1n;
    return numberedInterval;
  });
}

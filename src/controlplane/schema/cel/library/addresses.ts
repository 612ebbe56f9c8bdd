/** IP addresses and ranges. */
import { isIP, isIPv4, isIPv6 } from 'node:net';
import type { Library } from './library.ts';

class Address {
  readonly family: 4 | 6;
  readonly value: bigint;

  constructor(family: 4 | 6 = 4, value = 0n) {
    this.family = family;
    this.value = value;
  }

  toString(): string {
    return this.family === 4 ? dotted(this.value) : colons(this.value);
  }

  /** Is it in `address`/`bits`? */
  within(address: string, bits: number): boolean {
    return contains(parseAddress(address), bits, this);
  }
}

class Range {
  readonly address: Address;
  readonly bits: number;

  constructor(address = new Address(), bits = 0) {
    this.address = address;
    this.bits = bits;
  }

  toString(): string {
    return `${this.address}/${this.bits}`;
  }
}

class IpNamespace {}

export const ADDRESSES: Library = {
  types: { 'net.IP': Address as never, 'net.CIDR': Range as never, IpNamespace },
  namespaces: { ip: 'IpNamespace' },
  functions: {
    'ip(string): net.IP': (text: string) => parseAddress(text),
    'isIP(string): bool': (text: string) => isIP(text) !== 0 && !text.includes('%'),
    'IpNamespace.isCanonical(string): bool': (_, text: string) => String(parseAddress(text)) === text,
    'string(net.IP): string': String,
    'net.IP.family(): int': (ip: Address) => BigInt(ip.family),
    'net.IP.isUnspecified(): bool': (ip: Address) => ip.value === 0n,
    'net.IP.isLoopback(): bool': (ip: Address) => (ip.family === 4 ? ip.within('127.0.0.0', 8) : ip.value === 1n),
    'net.IP.isLinkLocalMulticast(): bool': (ip: Address) =>
      ip.family === 4 ? ip.within('224.0.0.0', 24) : ip.within('ff02::', 16),
    'net.IP.isLinkLocalUnicast(): bool': (ip: Address) =>
      ip.family === 4 ? ip.within('169.254.0.0', 16) : ip.within('fe80::', 10),
    'net.IP.isGlobalUnicast(): bool': isGlobalUnicast,
    'cidr(string): net.CIDR': (text: string) => parseRange(text),
    'isCIDR(string): bool': (text: string) => canParse(() => parseRange(text)),
    'string(net.CIDR): string': String,
    'net.CIDR.containsIP(string): bool': (range: Range, ip: string) => holds(range, parseAddress(ip)),
    'net.CIDR.containsIP(net.IP): bool': (range: Range, ip: Address) => holds(range, ip),
    'net.CIDR.containsCIDR(string): bool': (range: Range, inner: string) => holdsRange(range, parseRange(inner)),
    'net.CIDR.containsCIDR(net.CIDR): bool': (range: Range, inner: Range) => holdsRange(range, inner),
    'net.CIDR.ip(): net.IP': (range: Range) => range.address,
    'net.CIDR.masked(): net.CIDR': (range: Range) => masked(range),
    'net.CIDR.prefixLength(): int': (range: Range) => BigInt(range.bits),
  },
  equal: {
    'net.IP': (a: Address, b: Address) => a.family === b.family && a.value === b.value,
    'net.CIDR': (a: Range, b: Range) => String(a) === String(b),
  },
};

function parseAddress(text: string): Address {
  if (isIPv4(text))
    return new Address(
      4,
      text.split('.').reduce((value, part) => (value << 8n) | BigInt(part), 0n),
    );
  if (!isIPv6(text) || text.includes('%'))
    throw new Error(`IP Address "${text}" parse error during conversion from string`);
  return new Address(
    6,
    groupsOf(text).reduce((value, group) => (value << 16n) | BigInt(group), 0n),
  );
}

function groupsOf(text: string): number[] {
  const v4 = /(\d+)\.(\d+)\.(\d+)\.(\d+)$/.exec(text);
  const [a = 0, b = 0, c = 0, d = 0] = v4?.slice(1).map(Number) ?? [];
  const plain = v4 ? `${text.slice(0, v4.index)}${((a << 8) | b).toString(16)}:${((c << 8) | d).toString(16)}` : text;
  const [head = '', tail] = plain.split('::');
  const numbers = (part: string) => (part === '' ? [] : part.split(':').map((group) => Number.parseInt(group, 16)));
  if (tail === undefined) return numbers(head);
  const [left, right] = [numbers(head), numbers(tail)];
  return [...left, ...Array.from({ length: 8 - left.length - right.length }, () => 0), ...right];
}

function dotted(value: bigint): string {
  return [24n, 16n, 8n, 0n].map((shift) => (value >> shift) & 255n).join('.');
}

/** The longest row of zeroes is written `::`. */
function colons(value: bigint): string {
  const groups = Array.from({ length: 8 }, (_, i) => ((value >> BigInt(112 - 16 * i)) & 0xffffn).toString(16));
  const rows = [...groups.join(':').matchAll(/\b0(:0)+\b/g)].sort((a, b) => b[0].length - a[0].length);
  if (!rows[0]) return groups.join(':');
  const text = groups.join(':');
  const before = text.slice(0, rows[0].index).replace(/:$/, '');
  const after = text.slice(rows[0].index + rows[0][0].length).replace(/^:/, '');
  return `${before}::${after}`;
}

function contains(network: Address, bits: number, ip: Address): boolean {
  if (network.family !== ip.family) return false;
  const shift = BigInt((network.family === 4 ? 32 : 128) - bits);
  return network.value >> shift === ip.value >> shift;
}

function holds(range: Range, ip: Address): boolean {
  return contains(range.address, range.bits, ip);
}

function holdsRange(outer: Range, inner: Range): boolean {
  return outer.bits <= inner.bits && holds(outer, inner.address);
}

function masked({ address, bits }: Range): Range {
  const shift = BigInt((address.family === 4 ? 32 : 128) - bits);
  return new Range(new Address(address.family, (address.value >> shift) << shift), bits);
}

function parseRange(text: string): Range {
  const [ip = '', bits = '', more] = text.split('/');
  const address = parseAddress(ip);
  if (more !== undefined || !/^\d{1,3}$/.test(bits) || Number(bits) > (address.family === 4 ? 32 : 128)) {
    throw new Error(`network address parse error during conversion from string: "${text}"`);
  }
  return new Range(address, Number(bits));
}

function isGlobalUnicast(ip: Address): boolean {
  if (ip.value === 0n) return false;
  return ip.family === 4
    ? !ip.within('127.0.0.0', 8) &&
        !ip.within('224.0.0.0', 4) &&
        !ip.within('169.254.0.0', 16) &&
        ip.value !== 0xffffffffn
    : ip.value !== 1n && !ip.within('ff00::', 8) && !ip.within('fe80::', 10);
}

function canParse(parse: () => unknown): boolean {
  try {
    parse();
    return true;
  } catch {
    return false;
  }
}

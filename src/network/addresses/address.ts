/** Addresses of both families as numbers, so that ranges and bitmaps can be reckoned with. */
import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';

export interface Address {
  readonly family: 4 | 6;
  readonly value: bigint;
}

export const BITS = { 4: 32, 6: 128 } as const;

/** Undefined when it is no address; zones (`fe80::1%eth0`) and IPv4 in other than four decimal numbers are none. */
export function parseAddress(text: string): Address | undefined {
  if (text.includes('%')) return undefined;
  const family = isIP(text);
  if (family !== 4 && family !== 6) return undefined;
  const bytes = ipaddr.parse(text).toByteArray();
  return { family, value: bytes.reduce((sum, byte) => (sum << 8n) | BigInt(byte), 0n) };
}

/** The canonical spelling: RFC 5952 for IPv6. */
export function formatAddress({ family, value }: Address): string {
  const parsed = ipaddr.fromByteArray(bytesOf(family, value));
  return parsed instanceof ipaddr.IPv6 ? parsed.toRFC5952String() : parsed.toString();
}

/** Two spellings of one address are equal. */
export function canonicalAddress(text: string): string | undefined {
  const address = parseAddress(text);
  return address && formatAddress(address);
}

/** The address as the name of an object: DNS labels have no colons, so IPv6 is written out in full with dashes. */
export function nameOfAddress(address: Address): string {
  if (address.family === 4) return formatAddress(address);
  return address.value.toString(16).padStart(32, '0').match(/.{4}/g)!.join('-');
}

/** Inverse of {@link nameOfAddress}. */
export function addressOfName(name: string): Address | undefined {
  return parseAddress(/^([0-9a-f]{4}-){7}[0-9a-f]{4}$/.test(name) ? name.replaceAll('-', ':') : name);
}

function bytesOf(family: 4 | 6, value: bigint): number[] {
  return Array.from({ length: BITS[family] / 8 }, (_, i) =>
    Number((value >> BigInt(BITS[family] - 8 * (i + 1))) & 255n),
  );
}

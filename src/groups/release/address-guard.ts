/**
 * Whom a check may ask. An address in a Release is written by a user of a namespace and asked from where the controllers run: it
 * must not reach what only they can reach. So loopback, link-local (where clouds keep credentials) and the like are refused, by
 * the address that is connected to, whatever its name said before.
 */
import { type LookupAddress, lookup as systemLookup } from 'node:dns';
import { BlockList, isIP } from 'node:net';
import { JdosError } from '../../errors/index.ts';

export type Lookup = typeof systemLookup;

const REFUSED: readonly (readonly [string, number])[] = [
  ['0.0.0.0', 8],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['192.0.0.0', 24],
  ['224.0.0.0', 3],
  ['::', 127],
  ['fe80::', 10],
  ['ff00::', 8],
  ['fd00:ec2::', 32],
  ['64:ff9b::', 96],
];

export class AddressGuard {
  readonly #refused = blockList(REFUSED);
  readonly #allowed: BlockList;

  /** `allowed`: ranges like `127.0.0.0/8` that may be asked all the same. */
  constructor(allowed: readonly string[] = []) {
    this.#allowed = blockList(allowed.map(parseRange));
  }

  /** @throws JdosError JDOS_ERR_ADDRESS_REFUSED */
  check(address: string): void {
    const [family, plain] = familyOf(address);
    if (this.#allowed.check(plain, family) || !this.#refused.check(plain, family)) return;
    throw new JdosError('JDOS_ERR_ADDRESS_REFUSED', { address });
  }

  /** Of a URL whose host is an address itself, for which nothing is looked up. */
  checkHost(host: string): void {
    const bare = host.replace(/^\[|\]$/g, '');
    if (isIP(bare)) this.check(bare);
  }

  /** As `dns.lookup`, but that it fails when any answer is refused. */
  lookup(resolve: Lookup = systemLookup): Lookup {
    const guarded = (
      name: string,
      options: object,
      done: (error: Error | null, address: string | LookupAddress[], family?: number) => void,
    ): void => {
      resolve(name, options as { all: false }, (error, address: string | LookupAddress[], family?: number) => {
        if (error) return done(error, address, family);
        try {
          for (const one of Array.isArray(address) ? address.map((entry) => entry.address) : [address]) this.check(one);
        } catch (refusal) {
          return done(refusal as Error, '');
        }
        done(null, address, family);
      });
    };
    return guarded as unknown as Lookup;
  }
}

function blockList(ranges: readonly (readonly [string, number])[]): BlockList {
  const list = new BlockList();
  for (const [network, prefix] of ranges) list.addSubnet(network, prefix, network.includes(':') ? 'ipv6' : 'ipv4');
  return list;
}

/** `address/bits` or one address. @throws JdosError JDOS_ERR_USAGE */
function parseRange(text: string): [string, number] {
  const [network = '', bits = network.includes(':') ? '128' : '32'] = text.split('/');
  const most = isIP(network) === 6 ? 128 : 32;
  if (!isIP(network) || !/^\d+$/.test(bits) || Number(bits) > most) {
    throw new JdosError('JDOS_ERR_USAGE', { detail: `${text}: expected a range of addresses like 127.0.0.0/8` });
  }
  return [network, Number(bits)];
}

/** An IPv4 address in the clothes of IPv6 is judged as what it is. */
function familyOf(address: string): ['ipv4' | 'ipv6', string] {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
  if (mapped) return ['ipv4', mapped];
  return [isIP(address) === 6 ? 'ipv6' : 'ipv4', address];
}

/** The Pod addresses of one host: handed out from its podCIDR, never twice at a time. */

export class AddressBlock {
  readonly cidr: string;
  readonly #first: number;
  readonly #size: number;
  readonly #taken = new Map<number, string>();
  #next = FIRST_USABLE;

  /** @throws RangeError when `cidr` is not IPv4 in CIDR form with room for Pods. */
  constructor(cidr: string) {
    const { first, size } = parseCidr(cidr);
    if (size < 8) throw new RangeError(`podCIDR ${cidr}: expected room for Pods (/29 or wider)`);
    this.cidr = cidr;
    this.#first = first;
    this.#size = size;
  }

  /** The next free address for `owner`, going round so that a freed one rests as long as possible. */
  take(owner: string): string | undefined {
    const span = this.#size - FIRST_USABLE - 1;
    for (let tries = 0; tries < span; tries++) {
      const offset = this.#next;
      this.#next = offset + 1 < this.#size - 1 ? offset + 1 : FIRST_USABLE;
      if (this.#taken.has(offset)) continue;
      this.#taken.set(offset, owner);
      return formatAddress(this.#first + offset);
    }
    return undefined;
  }

  /** Notes an address found in a Pod's status. False: another owner holds it, or it is not of this block. */
  keep(address: string, owner: string): boolean {
    const offset = parseAddress(address) - this.#first;
    if (!(offset >= 0 && offset < this.#size)) return false;
    const holder = this.#taken.get(offset);
    if (holder !== undefined && holder !== owner) return false;
    this.#taken.set(offset, owner);
    return true;
  }

  release(address: string, owner: string): void {
    const offset = parseAddress(address) - this.#first;
    if (this.#taken.get(offset) === owner) this.#taken.delete(offset);
  }
}

/** `.0` names the network and `.1` is the host's own gateway. */
const FIRST_USABLE = 2;

/** The `index`-th /24 of 10.128.0.0/9; there are 32,768. */
export function podBlock(index: number): string {
  if (!(index >= 0 && index < POD_BLOCKS)) throw new RangeError(`pod block ${index}: expected 0 to ${POD_BLOCKS - 1}`);
  return `10.${128 + (index >> 8)}.${index & 255}.0/24`;
}
export const POD_BLOCKS = 32_768;

/** NaN when it is not an IPv4 address. */
export function parseAddress(text: string): number {
  const parts = text.split('.');
  if (parts.length !== 4) return Number.NaN;
  return parts.reduce((sum, part) => (/^\d{1,3}$/.test(part) && +part < 256 ? sum * 256 + +part : Number.NaN), 0);
}

export function formatAddress(value: number): string {
  return [24, 16, 8, 0].map((shift) => Math.floor(value / 2 ** shift) % 256).join('.');
}

function parseCidr(cidr: string): { first: number; size: number } {
  const [address = '', bits = ''] = cidr.split('/');
  const value = parseAddress(address);
  if (Number.isNaN(value) || !/^\d{1,2}$/.test(bits) || +bits > 32)
    throw new RangeError(`podCIDR ${JSON.stringify(cidr)}: expected IPv4 like 10.128.0.0/24`);
  const size = 2 ** (32 - +bits);
  return { first: Math.floor(value / size) * size, size };
}

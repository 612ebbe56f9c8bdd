/** A pool as the allocator and the node agent use it: its blocks read once. */
import type { IPPool } from '../resources/index.ts';
import { type Address, canonicalAddress, parseAddress } from './addresses/address.ts';
import { Ledger } from './addresses/ledger.ts';
import { BlockError, contains, PoolSpace, parseSubnet, type Subnet } from './addresses/pool-space.ts';

export interface PoolBlock {
  readonly family: 4 | 6;
  readonly subnet: Subnet;
  readonly ledger: Ledger;
  readonly gateway?: string;
  readonly routes: readonly { readonly dst: string; readonly gw?: string }[];
}

export class Pool {
  readonly name: string;
  readonly object: IPPool;
  /** IPv4 first. */
  readonly blocks: readonly PoolBlock[];
  /** Why the pool cannot be used, if so. */
  readonly fault: string | undefined;

  constructor(object: IPPool) {
    this.object = object;
    this.name = object.metadata.name;
    const read = readBlocks(object.spec);
    this.blocks = Array.isArray(read) ? read : [];
    this.fault = Array.isArray(read) ? undefined : (read as string);
  }

  block(family: 4 | 6): PoolBlock | undefined {
    return this.blocks.find((block) => block.family === family);
  }

  /** Of a dual-stack pool what the smaller block has: each claim takes one of both. */
  get total(): number {
    return (
      Math.min(...this.blocks.map(({ ledger }) => ledger.total), Number.MAX_SAFE_INTEGER) *
      Math.min(1, this.blocks.length)
    );
  }

  /** Somebody has this address now. */
  note(address: Address): void {
    this.block(address.family)?.ledger.note(address);
  }

  free(address: Address): void {
    this.block(address.family)?.ledger.free(address);
  }

  /** Is it of one of the subnets? */
  covers(address: Address): boolean {
    const block = this.block(address.family);
    return block !== undefined && contains(block.subnet, address);
  }

  /** May it be had when it is asked for by name? Ranges are for those that ask for none; the gateway is nobody's. */
  mayBeWished(text: string): boolean {
    const address = parseAddress(text);
    const block = address && this.block(address.family);
    return address !== undefined && this.covers(address) && block?.gateway !== canonicalAddress(text);
  }

  offers(text: string): boolean {
    const address = parseAddress(text);
    return address !== undefined && (this.block(address.family)?.ledger.offers(address) ?? false);
  }
}

function readBlocks(spec: IPPool['spec']): PoolBlock[] | string {
  try {
    const blocks = [spec, ...(spec.dualStack ? [spec.dualStack] : [])].map((block) => ({
      subnet: parseSubnet(block.subnet),
      ledger: new Ledger(new PoolSpace(block)),
      routes: block.routes ?? [],
      ...(block.gateway && { gateway: canonicalAddress(block.gateway)! }),
    }));
    const read = blocks.map((block) => ({ ...block, family: block.subnet.family }));
    if (read.length === 2 && read[0]!.family === read[1]!.family)
      return 'dualStack.subnet: expected the other family than subnet';
    return read.sort((a, b) => a.family - b.family);
  } catch (error) {
    if (error instanceof BlockError) return error.message;
    throw error;
  }
}

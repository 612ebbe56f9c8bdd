/** All pools and all addresses that are out, as the API showed them last. */
import { type Informer, keyOf } from '../../kube/index.ts';
import type { IPAllocation, IPClaim, IPPool } from '../../resources/index.ts';
import { type Address, addressOfName } from '../addresses/address.ts';
import { Pool } from '../pool.ts';

/** Index of allocations: by `namespace/name` of their claim. */
export const BY_CLAIM = 'claim';
export const byClaim = ({ spec }: IPAllocation): readonly string[] => [`${spec.claim.namespace}/${spec.claim.name}`];

export interface RegisterOptions {
  readonly pools: Informer<IPPool>;
  readonly allocations: Informer<IPAllocation>;
  /** An address of this pool became free, or the pool is another: who waits for it may try again. */
  readonly onRoom: (pool: string, change: 'freed' | 'changed') => void;
}

export class Register {
  readonly #o: RegisterOptions;
  readonly #pools = new Map<string, Pool>();

  /** The informers must have synced. */
  constructor(options: RegisterOptions) {
    this.#o = options;
    const { pools, allocations } = options;
    pools.onChange({
      add: (pool) => this.#set(pool),
      update: (pool, old) => this.#update(pool, old),
      delete: (pool) => this.#drop(pool),
    });
    allocations.onChange({ add: (one) => this.#note(one), delete: (one) => this.#free(one) });
  }

  pool(name: string): Pool | undefined {
    return this.#pools.get(name);
  }

  pools(): IterableIterator<Pool> {
    return this.#pools.values();
  }

  /** Allocations in the name of this claim, those of an earlier one of the same name with it. */
  of(claim: IPClaim): readonly IPAllocation[] {
    return this.#o.allocations.byIndex(BY_CLAIM, keyOf(claim));
  }

  /** Nobody came to have the address after all. */
  free(address: Address): void {
    for (const pool of this.#pools.values()) pool.free(address);
  }

  note(address: Address): void {
    for (const pool of this.#pools.values()) pool.note(address);
  }

  #update(pool: IPPool, old: IPPool): void {
    if (pool.metadata.generation !== old.metadata.generation) this.#set(pool);
  }

  #set(object: IPPool): void {
    const pool = new Pool(object);
    for (const allocation of this.#o.allocations.list()) {
      const address = addressOfName(allocation.metadata.name);
      if (address) pool.note(address);
    }
    this.#pools.set(pool.name, pool);
    this.#o.onRoom(pool.name, 'changed');
  }

  #drop(pool: IPPool): void {
    this.#pools.delete(pool.metadata.name);
    this.#o.onRoom(pool.metadata.name, 'changed');
  }

  #note({ metadata }: IPAllocation): void {
    const address = addressOfName(metadata.name);
    if (address) this.note(address);
  }

  /** Pools may overlap: each is told. */
  #free({ metadata }: IPAllocation): void {
    const address = addressOfName(metadata.name);
    if (!address) return;
    this.free(address);
    for (const pool of this.#pools.values()) if (pool.covers(address)) this.#o.onRoom(pool.name, 'freed');
  }
}

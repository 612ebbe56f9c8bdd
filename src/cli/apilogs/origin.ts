/** Of whom the events are, and where they go. */
import { type StoreOptions, storeOf } from './store.ts';

export interface OriginOptions extends StoreOptions {
  readonly cluster: string;
  readonly apiserver?: string;
}

export function originOf(options: OriginOptions) {
  const { cluster, apiserver } = options;
  return { dir: storeOf(options), cluster, ...(apiserver && { apiserver }) };
}

export type { Collection, Tree } from './collection.ts';
export type { Attributes, Change, Entry } from './entry.ts';
export { type Decision, Store } from './store.ts';

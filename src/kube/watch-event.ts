/** One event of a watch. An ERROR event never gets this far: it is thrown as a StatusError. */
export interface WatchEvent<T> {
  type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK';
  object: T;
}

/** A store and events for the tests of the rooms above. */
export { day } from './day.testing.ts';
export { ndjson } from './event.testing.ts';
export { TestLogs } from './store.testing.ts';

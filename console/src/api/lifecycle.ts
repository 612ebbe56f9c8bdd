/** What the server tells of the lives of hosts: the very types of its answers. */
export type { Board, BoardCard, BoardColumn } from '../../../src/server/contract/lifecycle.ts';

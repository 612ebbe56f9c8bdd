/** What the server tells of one Pod: the very types of its answers. */
export type { Amounts, ContainerFacts, EventFacts, PodFacts } from '../../../src/server/contract/pod.ts';

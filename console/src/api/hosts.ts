/** What the server tells of hosts: the very types of its answers. */
export { HOST_STATUSES as STATUSES } from '../../../src/nodes/vocabulary.ts';
export type {
  HostBookPage,
  HostInspection,
  HostInspectionPage,
  Move,
  Moved,
  MovesPage,
  Status,
  Transition,
  TransitionPage,
  Verdict,
} from '../../../src/server/contract/host.ts';
export type { AllRacks, Rack, RackedHost, RackPage } from '../../../src/server/contract/racks.ts';

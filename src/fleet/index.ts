export { type EnsureHostsOptions, ensureHosts } from './ensure-hosts.ts';
export {
  describeFault,
  type Fault,
  type FaultTarget,
  type FaultWish,
  isPast,
  makeFault,
  parseFault,
} from './fault.ts';
export { FAULT_KINDS, type FaultKind, type FaultKindInfo, type FaultParameter, isFaultKind } from './fault-kind.ts';
export { type FleetHandle, type FleetOptions, type FleetStats, startFleet } from './fleet.ts';
export { type HostCommandResult, runHostCommand } from './host-command.ts';
export { makeHosts } from './make-hosts.ts';
export * from './names.ts';
export type { PodNetwork } from './pod-network.ts';
export { loadStages } from './stage-files.ts';

export { type DisruptionOptions, type PeersFailingSince, startDisruption } from './disruption/index.ts';
export { type ApplyHostOptions, applyHost } from './lifecycle/apply-host.ts';
export { type NodeEdit, type UserOf, userByAuditLog } from './lifecycle/audit-editor.ts';
export { HostBook, type HostChange, type HostState, type HostTransition } from './lifecycle/host-book.ts';
export {
  HostDesk,
  type HostDeskOptions,
  type HostMove,
  type HostPage,
  type MoveEffects,
} from './lifecycle/host-desk.ts';
export * from './lifecycle/host-labels.ts';
export {
  HOST_STATUSES,
  type HostStatus,
  isHostStatus,
  isInHands,
  mayFollow,
  nextStatuses,
  wayBetween,
} from './lifecycle/host-status.ts';
export {
  INVENTORY_COLUMNS,
  type InventoryHost,
  type InventoryRow,
  inventoryFrom,
  readInventory,
  storeInventory,
} from './lifecycle/inventory.ts';
export { type NodeLifecycle, type NodeLifecycleOptions, startNodeLifecycle } from './lifecycle/node-lifecycle.ts';
export { isCordonedByOthers, isCordonedByUs } from './lifecycle/node-wish.ts';
export type { Storm } from './lifecycle/storm.ts';
export { DEFAULT_RULES, type HostFacts, missingFor, type TransitionRules } from './lifecycle/transition.ts';
export { probesThrough } from './verdict/host-probes.ts';
export {
  type HostVerdict,
  type HostVerdicts,
  type HostVerdictsOptions,
  type KeptVerdict,
  verdictsOn,
  watchHosts,
} from './verdict/host-verdicts.ts';
export type { HostProbes } from './verdict/probes.ts';
export { type Evidence, MEANINGS } from './verdict/verdict.ts';
export { VERDICTS, type Verdict } from './vocabulary.ts';

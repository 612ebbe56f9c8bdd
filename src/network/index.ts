export { type Attached, Attachments, type AttachmentsOptions, type Sandbox } from './agent/attachments.ts';
export { type NodeAgentHandle, poolCache, type StartNodeAgentOptions, startNodeAgent } from './agent/index.ts';
export { networkProbe } from './agent/probe.ts';
export { RELEASE_FINALIZER } from './allocator/claim-status.ts';
export { startNetwork } from './allocator/index.ts';
export { addressAnnotations, CLAIM_ANNOTATION, DRIVERS, type Driver } from './claims/driver.ts';

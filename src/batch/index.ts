export { serveExec } from './ansible/exec-server.ts';
export { ansibleInventory, type Inventory, inventoryName } from './ansible/inventory.ts';
export {
  BatchBook,
  type JobState,
  type KeptJob,
  type KeptResult,
  labelOf,
  OUTCOMES,
  type OutcomeKind,
} from './book.ts';
export { dangerOf } from './danger.ts';
export { BatchDesk, type BatchDeskOptions, type BatchPreview, type BatchWish } from './desk.ts';
export { defaultMostFailures, exitCodeOf, Job, type JobCounts, type JobReport, type TargetResult } from './job.ts';
export { minimal, oneLine, resultData } from './print.ts';
export { masked, maskText } from './secrets.ts';
export { hostTarget, podTarget, type SelectOptions, selectTargets } from './select.ts';

export { serfTransport } from './serf/serf-transport.ts';
export { stagesOf } from './stages.ts';
export type { Outcome, Target, Transport } from './target.ts';
export { podExecTransport } from './transports/pod-exec.ts';
export { sshTransport } from './transports/ssh.ts';
export { upload } from './upload.ts';

/** Where Ansible finds the connection plugin. */
export const CONNECTION_PLUGINS: string = new URL('ansible/', import.meta.url).pathname;

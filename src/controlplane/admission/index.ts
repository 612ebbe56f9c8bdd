import { Admission, type AdmissionPlugin } from './admission.ts';
import { defaultTolerations } from './default-tolerations.ts';
import { limitRanger } from './limit-ranger.ts';
import { namespaceLifecycle } from './namespace-lifecycle.ts';
import { nodeRestriction } from './node-restriction.ts';
import { validatingPolicies } from './policies/index.ts';
import { priority } from './priority.ts';
import { resourceQuota } from './resource-quota.ts';
import { serviceAccount } from './service-account.ts';
import { serviceAddresses } from './service-addresses.ts';
import { defaultStorageClass } from './storage-class.ts';

export { Admission, type AdmissionRequest } from './admission.ts';
export { escalationCheck } from './escalation.ts';
export { API_SERVICE_IP } from './service-addresses.ts';

/** The plugins that a cluster has by default, in the order in which they act. */
const PLUGINS: readonly AdmissionPlugin[] = [
  namespaceLifecycle,
  limitRanger,
  serviceAccount,
  priority,
  defaultTolerations,
  defaultStorageClass,
  serviceAddresses,
  nodeRestriction,
  validatingPolicies,
];

export function defaultAdmission(): Admission {
  // Quotas come last, since they write: what was refused must not be charged.
  return new Admission(PLUGINS, resourceQuota);
}

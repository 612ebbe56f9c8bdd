import { Admission, type AdmissionPlugin } from './admission.ts';
import { namespaceLifecycle } from './namespace-lifecycle.ts';

export { Admission, type AdmissionPlugin, type AdmissionRequest } from './admission.ts';

/** The plugins that a cluster has by default, in the order in which they act. */
export function defaultAdmission(more: readonly AdmissionPlugin[] = []): Admission {
  return new Admission([namespaceLifecycle, ...more]);
}

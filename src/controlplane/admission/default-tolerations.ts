/** Pods bear a host that is not ready or not reachable for five minutes, unless they say otherwise. */
import type { Json } from '../registry/definition.ts';
import { type AdmissionPlugin, isNew } from './admission.ts';

const TAINTS = ['node.kubernetes.io/not-ready', 'node.kubernetes.io/unreachable'];
const TOLERATION_SECONDS = 300;

export const defaultTolerations: AdmissionPlugin = {
  name: 'DefaultTolerationSeconds',
  mutate(request) {
    if (!isNew(request, '', 'pods')) return;
    const { spec } = request.object;
    const present: Json[] = spec.tolerations ?? [];
    const missing = TAINTS.filter((key) => !present.some((t) => tolerates(t, key)));
    if (missing.length === 0) return;
    const added = missing.map((key) => ({
      key,
      operator: 'Exists',
      effect: 'NoExecute',
      tolerationSeconds: TOLERATION_SECONDS,
    }));
    spec.tolerations = [...present, ...added];
  },
};

function tolerates({ key, effect }: Json, taint: string): boolean {
  return (!key || key === taint) && (!effect || effect === 'NoExecute');
}

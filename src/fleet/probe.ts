/** When a probe's verdict falls: kubelets first wait, then ask every period, and believe after a number of answers. */
import type { core } from '../kube/index.ts';

/** From the container's start to the first pass, or from then on to the failure that counts. */
export function probeMs(probe: core.Probe | undefined, verdict: 'pass' | 'fail'): number {
  if (!probe) return 0;
  const period = (probe.periodSeconds ?? 10) * 1000;
  const initial = (probe.initialDelaySeconds ?? 0) * 1000;
  if (verdict === 'pass') return initial + FIRST_ASK_MS + ((probe.successThreshold ?? 1) - 1) * period;
  return FIRST_ASK_MS + ((probe.failureThreshold ?? 3) - 1) * period;
}

const FIRST_ASK_MS = 100;

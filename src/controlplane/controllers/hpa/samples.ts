/** Measurements of Pods as the metrics API gives them, by Pod. */
import { type KubeObject, milli, resourceType } from '../../../kube/index.ts';

export interface PodMetrics extends KubeObject {
  timestamp: string;
  window: string;
  containers: { name: string; usage: Record<string, string> }[];
}

export const POD_METRICS = resourceType<PodMetrics>('metrics.k8s.io/v1beta1', 'PodMetrics', 'pods');

/** Amounts are thousandths of the resource's unit. */
export interface Sample {
  readonly value: number;
  /** When the measurement ended, in ms. */
  readonly at: number;
  readonly windowMs: number;
}

/** Of one container where that is named, else of whole Pods; Pods that lack the resource are left out. */
export function samplesOf(
  metrics: readonly PodMetrics[],
  resource: string,
  container: string | undefined,
): Map<string, Sample> {
  const samples = new Map<string, Sample>();
  for (const { metadata, containers, timestamp, window } of metrics) {
    const measured = container === undefined ? containers : containers.filter((c) => c.name === container);
    const usages = measured.map((c) => c.usage[resource]);
    if (usages.length === 0 || usages.includes(undefined)) continue;
    const value = usages.reduce((sum, usage) => sum + milli(usage!), 0);
    samples.set(metadata.name, { value, at: Date.parse(timestamp), windowMs: durationMs(window) });
  }
  return samples;
}

const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };

/** `1m15.5s` as Go prints durations; 0 for what is none. */
export function durationMs(text: string): number {
  let ms = 0;
  for (const [, amount, unit] of text.matchAll(/([\d.]+)(ms|s|m|h)/g)) ms += Number(amount) * UNITS[unit!]!;
  return ms;
}

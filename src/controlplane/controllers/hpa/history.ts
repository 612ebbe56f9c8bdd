/** What one autoscaler remembers: earlier recommendations and its own steps. Lost at a restart, as upstream. */
import { type Behavior, DOWNSCALE_WINDOW_MS, type ScalingRules } from './autoscaler.ts';

export interface History {
  /** What metrics asked for, before any limit. */
  readonly recommendations: readonly Dated[];
  /** By how many replicas the target grew and shrank. */
  readonly ups: readonly Dated[];
  readonly downs: readonly Dated[];
}

export interface Dated {
  readonly replicas: number;
  /** In ms. */
  readonly at: number;
}

/** A target that is met for the first time counts as well sized until now. */
export function newHistory(currentReplicas: number, now: number): History {
  return { recommendations: [{ replicas: currentReplicas, at: now }], ups: [], downs: [] };
}

export function withRecommendation(history: History, replicas: number, now: number, behavior?: Behavior): History {
  const kept = history.recommendations.filter(({ at }) => at >= now - longestWindow(behavior));
  return { ...history, recommendations: [...kept, { replicas, at: now }] };
}

/** Steps count only where a behavior limits them. */
export function withStep(history: History, from: number, to: number, now: number, behavior?: Behavior): History {
  if (!behavior || from === to) return history;
  const recent = ({ at }: Dated) => at > now - longestPeriod(behavior);
  const step = { replicas: Math.abs(to - from), at: now };
  return {
    ...history,
    ups: [...history.ups.filter(recent), ...(to > from ? [step] : [])],
    downs: [...history.downs.filter(recent), ...(to < from ? [step] : [])],
  };
}

/** Replicas as they were when the period began. */
export function atPeriodStart({ ups, downs }: History, current: number, periodSeconds: number, now: number): number {
  const changed = (steps: readonly Dated[]) =>
    steps.filter(({ at }) => at > now - periodSeconds * 1000).reduce((sum, { replicas }) => sum + replicas, 0);
  return current - changed(ups) + changed(downs);
}

export function windowMs(rules: ScalingRules | undefined, usualMs: number): number {
  return rules?.stabilizationWindowSeconds === undefined || rules.stabilizationWindowSeconds === null
    ? usualMs
    : rules.stabilizationWindowSeconds * 1000;
}

function longestWindow(behavior: Behavior | undefined): number {
  if (!behavior) return DOWNSCALE_WINDOW_MS;
  return Math.max(windowMs(behavior.scaleUp, 0), windowMs(behavior.scaleDown, DOWNSCALE_WINDOW_MS));
}

function longestPeriod({ scaleUp, scaleDown }: Behavior): number {
  const policies = [...(scaleUp?.policies ?? []), ...(scaleDown?.policies ?? [])];
  return Math.max(0, ...policies.map(({ periodSeconds }) => periodSeconds * 1000));
}

/** What becomes of an autoscaler's target: pure, of what was measured and what is remembered. */
import { type Autoscaler, type Behavior, type MetricStatus, type Verdict, verdict } from './autoscaler.ts';
import type { Failure, Proposal } from './evaluation.ts';
import { type History, withStep } from './history.ts';
import { limit } from './limits.ts';

export interface DecisionInput {
  readonly spec: Autoscaler['spec'];
  readonly currentReplicas: number;
  /** One for each metric; asked for only where {@link needsMetrics}. */
  readonly evaluations: readonly (Proposal | Failure)[];
  readonly history: History;
  readonly now: number;
}

export interface Decision {
  readonly replicas: number;
  /** Is the target to be scaled, even to what it has? */
  readonly rescale: boolean;
  /** Why, for the event. */
  readonly reason: string;
  readonly verdicts: readonly Verdict[];
  readonly metrics: readonly MetricStatus[] | null;
  /** To be kept when the target has been scaled, or is not to be. */
  readonly history: History;
  /** Metrics failed, and so much that nothing is done if `blocked`. */
  readonly fault?: string;
  readonly blocked?: true;
}

/** Metrics count only for a target that runs within its bounds. */
export function needsMetrics(spec: Autoscaler['spec'], currentReplicas: number): boolean {
  const min = minOf(spec);
  if (currentReplicas === 0 && min !== 0) return false;
  return currentReplicas <= spec.maxReplicas && currentReplicas >= min;
}

export function decide(input: DecisionInput): Decision {
  const { spec, currentReplicas } = input;
  if (!needsMetrics(spec, currentReplicas)) return byBounds(input);
  const combined = combine(input);
  return 'wanted' in combined ? byMetrics(input, combined) : combined;
}

function minOf({ minReplicas }: Autoscaler['spec']): number {
  return minReplicas ?? 1;
}

function byBounds({ spec, currentReplicas, history, now }: DecisionInput): Decision {
  const base = { metrics: null, verdicts: [] };
  if (currentReplicas === 0) {
    const message = 'scaling is disabled since the replica count of the target is zero';
    const verdicts = [verdict('ScalingActive', false, 'ScalingDisabled', message)];
    return { ...base, replicas: 0, rescale: false, reason: '', verdicts, history };
  }
  const above = currentReplicas > spec.maxReplicas;
  const replicas = above ? spec.maxReplicas : minOf(spec);
  const reason = `Current number of replicas ${above ? 'above Spec.MaxReplicas' : 'below Spec.MinReplicas'}`;
  const kept = withStep(history, currentReplicas, replicas, now, spec.behavior as Behavior);
  return { ...base, replicas, rescale: true, reason, history: kept };
}

interface Combined {
  readonly wanted: number;
  readonly name: string;
  readonly metrics: readonly MetricStatus[];
  readonly fault?: string;
}

/** The metric that asks for most. Where one failed, fewer replicas than now are out of the question. */
function combine({ evaluations, currentReplicas, history }: DecisionInput): Combined | Decision {
  const failures = evaluations.filter((e) => e.kind === 'failure');
  const proposals = evaluations.filter((e) => e.kind === 'proposal');
  const metrics = evaluations.map((e) => (e.kind === 'proposal' ? e.status : { type: '' }));
  const most = proposals.reduce<Proposal | undefined>(
    (best, next) => (best && best.replicas !== 0 && best.replicas >= next.replicas ? best : next),
    undefined,
  );
  const fault = summary(failures, evaluations.length);
  if (!most || (failures.length > 0 && most.replicas < currentReplicas)) {
    const message = `the HPA was unable to compute the replica count: ${failures[0]?.fault ?? ''}`;
    const verdicts = [verdict('ScalingActive', false, failures[0]?.reason ?? '', message)];
    const replicas = currentReplicas;
    return { replicas, rescale: false, reason: '', verdicts, metrics, history, blocked: true, ...fault };
  }
  return { wanted: most.replicas, name: most.name, metrics, ...fault };
}

function summary(failures: readonly Failure[], of: number): { fault?: string } {
  if (failures.length === 0) return {};
  const { summary } = failures[0]!;
  return { fault: `invalid metrics (${failures.length} invalid out of ${of}), first error is: ${summary}` };
}

function byMetrics({ spec, currentReplicas, history, now }: DecisionInput, combined: Combined): Decision {
  const { wanted, name, metrics, fault } = combined;
  const behavior = (spec.behavior ?? undefined) as Behavior | undefined;
  const limited = limit({
    current: currentReplicas,
    wanted,
    min: minOf(spec),
    max: spec.maxReplicas,
    ...(behavior && { behavior }),
    history,
    now,
  });
  const found = `the HPA was able to successfully calculate a replica count from ${name}`;
  const { replicas } = limited;
  return {
    replicas,
    rescale: replicas !== currentReplicas,
    reason:
      wanted > currentReplicas ? `${name} above target` : wanted < currentReplicas ? 'All metrics below target' : '',
    verdicts: [verdict('ScalingActive', true, 'ValidMetricFound', found), ...limited.verdicts],
    metrics,
    history: withStep(limited.history, currentReplicas, replicas, now, behavior),
    ...(fault !== undefined && { fault }),
  };
}

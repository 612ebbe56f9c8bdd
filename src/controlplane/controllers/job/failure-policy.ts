/** What a Job's podFailurePolicy makes of a failed Pod. */
import type { batch, core, Job, Pod } from '../../../kube/index.ts';

export type FailureAction = 'Count' | 'Ignore' | 'FailIndex' | 'FailJob';

export interface FailureVerdict {
  readonly action: FailureAction;
  /** Why, for the condition of a Job that fails by it. */
  readonly message?: string;
}

/** The first rule that fits decides; with none the failure counts. Only Pods that have ended are judged. */
export function judgeFailure(job: Job, pod: Pod): FailureVerdict {
  if (pod.status?.phase !== 'Failed') return { action: 'Count' };
  for (const [index, rule] of (job.spec.podFailurePolicy?.rules ?? []).entries()) {
    const why = exitCodeMatch(rule.onExitCodes, pod) ?? conditionMatch(rule.onPodConditions, pod);
    if (why)
      return { action: rule.action as FailureAction, message: `${why} matching ${rule.action} rule at index ${index}` };
  }
  return { action: 'Count' };
}

function exitCodeMatch(rule: batch.PodFailurePolicyOnExitCodesRequirement | undefined, pod: Pod): string | undefined {
  if (!rule) return undefined;
  const statuses = [...(pod.status?.containerStatuses ?? []), ...(pod.status?.initContainerStatuses ?? [])];
  const failed = statuses
    .filter(({ name }) => rule.containerName == null || name === rule.containerName)
    .find((status) => fits(rule, status));
  if (!failed) return undefined;
  const where = `${pod.metadata.namespace}/${pod.metadata.name}`;
  return `Container ${failed.name} for pod ${where} failed with exit code ${failed.state?.terminated?.exitCode}`;
}

function fits(
  { operator, values }: batch.PodFailurePolicyOnExitCodesRequirement,
  { state }: core.ContainerStatus,
): boolean {
  const code = state?.terminated?.exitCode;
  if (code === undefined || code === 0) return false;
  return values.includes(code) === (operator === 'In');
}

function conditionMatch(
  rules: readonly batch.PodFailurePolicyOnPodConditionsPattern[] | undefined,
  pod: Pod,
): string | undefined {
  const found = pod.status?.conditions?.find((condition) =>
    rules?.some(({ type, status = 'True' }) => type === condition.type && status === condition.status),
  );
  return found && `Pod ${pod.metadata.namespace}/${pod.metadata.name} has condition ${found.type}`;
}

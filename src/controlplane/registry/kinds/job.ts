import type { Json, ResourceDefinition } from '../definition.ts';
import { validateJob, validateJobUpdate } from '../validation/job.ts';
import { templateWarnings } from '../validation/workload.ts';
import { ageColumn, containerColumns, nameColumn, selectorColumn, text } from './columns.ts';
import { fill } from './fill.ts';
import { humanDuration } from './human-duration.ts';
import { defaultPodTemplate } from './pod-defaults.ts';
import { separateStatus } from './status-strategy.ts';

export const jobs: ResourceDefinition = {
  group: 'batch',
  version: 'v1',
  plural: 'jobs',
  singular: 'job',
  kind: 'Job',
  categories: ['all'],
  namespaced: true,
  orphansByDefault: true,
  status: true,
  selectableFields: { 'status.successful': (o) => String(o.status?.succeeded ?? 0) },
  columns: [
    nameColumn,
    text('Status', statusText),
    text('Completions', completionsText),
    text('Duration', durationText),
    ageColumn,
    ...containerColumns((o) => o.spec.template),
    selectorColumn,
  ],
  strategy: {
    default: (job) => defaultJobSpec(fill(job, 'spec', {})),
    prepareForCreate,
    prepareForUpdate: separateStatus().prepareForUpdate,
    validate: validateJob,
    warnings: templateWarnings,
    validateUpdate: validateJobUpdate,
  },
};

const NO_LIMIT = 2 ** 31 - 1;

/** Also for the Jobs that a CronJob describes. */
export function defaultJobSpec(spec: Json): void {
  if (isMissing(spec.completions) && isMissing(spec.parallelism)) spec.completions = 1;
  fill(spec, 'parallelism', 1);
  fill(spec, 'backoffLimit', isMissing(spec.backoffLimitPerIndex) ? 6 : NO_LIMIT);
  fill(spec, 'completionMode', 'NonIndexed');
  fill(spec, 'suspend', false);
  fill(spec, 'manualSelector', false);
  fill(spec, 'podReplacementPolicy', spec.podFailurePolicy ? 'Failed' : 'TerminatingOrFailed');
  for (const rule of spec.podFailurePolicy?.rules ?? []) {
    for (const pattern of rule.onPodConditions ?? []) fill(pattern, 'status', 'True');
  }
  defaultPodTemplate(spec.template);
}

function isMissing(value: Json): boolean {
  return value === undefined || value === null;
}

function prepareForCreate(job: Json): void {
  job.status = {};
  if (!job.spec.manualSelector) generateSelector(job);
  const { labels } = job.spec.template?.metadata ?? {};
  if (Object.keys(job.metadata.labels ?? {}).length === 0 && labels) job.metadata.labels = { ...labels };
}

/** Pods of a Job are found by its uid, under the label's new and its old name. */
function generateSelector({ metadata, spec }: Json): void {
  const { name, uid } = metadata;
  const labels = fill(fill(fill(spec, 'template', {}), 'metadata', {}), 'labels', {});
  for (const prefix of ['', 'batch.kubernetes.io/']) {
    if (name) labels[`${prefix}job-name`] ??= name;
    labels[`${prefix}controller-uid`] ??= uid;
  }
  const selector = fill(fill(spec, 'selector', {}), 'matchLabels', {});
  selector['batch.kubernetes.io/controller-uid'] ??= uid;
}

/** In the order in which one hides the other. */
const CONDITIONS = ['Suspended', 'FailureTarget', 'SuccessCriteriaMet'];

function statusText(job: Json): string {
  const holds = (type: string) =>
    (job.status?.conditions ?? []).some((c: Json) => c.type === type && c.status === 'True');
  if (holds('Complete')) return 'Complete';
  if (holds('Failed')) return 'Failed';
  if (job.metadata.deletionTimestamp) return 'Terminating';
  return CONDITIONS.find(holds) ?? 'Running';
}

function completionsText({ spec, status = {} }: Json): string {
  const done = status.succeeded ?? 0;
  if (!isMissing(spec.completions)) return `${done}/${spec.completions}`;
  return spec.parallelism > 1 ? `${done}/1 of ${spec.parallelism}` : `${done}/1`;
}

function durationText({ status = {} }: Json, now: number): string {
  if (!status.startTime) return '';
  const end = status.completionTime ? Date.parse(status.completionTime) : now;
  return humanDuration(end - Date.parse(status.startTime));
}

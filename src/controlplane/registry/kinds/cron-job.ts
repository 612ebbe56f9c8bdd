import type { FieldError, Json, ResourceDefinition } from '../definition.ts';
import { scheduleFaults } from '../validation/cron.ts';
import { invalid, invalids, oneOf, required } from '../validation/field-error.ts';
import { validateJobSpec } from '../validation/job.ts';
import { nonNegative } from '../validation/numbers.ts';
import { ageColumn, containerColumns, integer, labelSelectorText, nameColumn, text, wide } from './columns.ts';
import { fill } from './fill.ts';
import { since } from './human-duration.ts';
import { defaultJobSpec } from './job.ts';
import { separateStatus } from './status-strategy.ts';

export const cronJobs: ResourceDefinition = {
  group: 'batch',
  version: 'v1',
  plural: 'cronjobs',
  singular: 'cronjob',
  kind: 'CronJob',
  shortNames: ['cj'],
  categories: ['all'],
  namespaced: true,
  status: true,
  columns: [
    nameColumn,
    text('Schedule', (o) => o.spec.schedule ?? ''),
    text('Timezone', (o) => o.spec.timeZone ?? '<none>'),
    text('Suspend', (o) => suspendText(o.spec.suspend), { type: 'boolean' }),
    integer('Active', (o) => (o.status?.active ?? []).length),
    text('Last Schedule', (o, now) => (o.status?.lastScheduleTime ? since(o.status.lastScheduleTime, now) : '<none>')),
    ageColumn,
    ...containerColumns((o) => o.spec.jobTemplate?.spec?.template),
    wide('Selector', (o) => labelSelectorText(o.spec.jobTemplate?.spec?.selector)),
  ],
  strategy: { default: setDefaults, ...separateStatus(), validate },
};

const MAX_NAME = 52;

function setDefaults(job: Json): void {
  const spec = fill(job, 'spec', {});
  fill(spec, 'concurrencyPolicy', 'Allow');
  fill(spec, 'suspend', false);
  fill(spec, 'successfulJobsHistoryLimit', 3);
  fill(spec, 'failedJobsHistoryLimit', 1);
  const template = fill(spec, 'jobTemplate', {});
  fill(template, 'metadata', {});
  defaultTemplate(fill(template, 'spec', {}));
}

/** Jobs get the rest of their defaults when they are made; the template keeps only what its Pods need. */
function defaultTemplate(jobSpec: Json): void {
  const full = structuredClone(jobSpec);
  defaultJobSpec(full);
  jobSpec.template = full.template;
}

function validate({ metadata, spec }: Json): FieldError[] {
  const jobSpec = structuredClone(spec.jobTemplate.spec);
  defaultJobSpec(jobSpec);
  return [
    ...(metadata.name?.length > MAX_NAME
      ? [invalid('metadata.name', metadata.name, `must be no more than ${MAX_NAME} characters`)]
      : []),
    ...(spec.schedule
      ? invalids('spec.schedule', spec.schedule, scheduleFaults(spec.schedule, spec.timeZone !== undefined))
      : [required('spec.schedule')]),
    ...zoneErrors(spec.timeZone),
    ...nonNegative('spec.startingDeadlineSeconds', spec.startingDeadlineSeconds),
    ...oneOf('spec.concurrencyPolicy', spec.concurrencyPolicy, ['Allow', 'Forbid', 'Replace']),
    ...(spec.jobTemplate.spec.selector
      ? [invalid('spec.jobTemplate.spec.selector', spec.jobTemplate.spec.selector, '`selector` will be auto-generated')]
      : []),
    ...(spec.jobTemplate.spec.manualSelector
      ? [{ ...invalid('spec.jobTemplate.spec.manualSelector', true, ''), ...unsupportedManual }]
      : []),
    ...validateJobSpec(jobSpec, 'spec.jobTemplate.spec'),
    ...nonNegative('spec.successfulJobsHistoryLimit', spec.successfulJobsHistoryLimit),
    ...nonNegative('spec.failedJobsHistoryLimit', spec.failedJobsHistoryLimit),
  ];
}

const unsupportedManual = {
  reason: 'FieldValueNotSupported',
  message: 'Unsupported value: true: supported values: "nil", "false"',
};

function zoneErrors(zone: string | null | undefined): FieldError[] {
  if (zone === undefined || zone === null) return [];
  const field = 'spec.timeZone';
  if (zone === '') return [invalid(field, zone, 'timeZone must be nil or non-empty string')];
  if (zone.toLowerCase() === 'local') return [invalid(field, zone, 'timeZone must be an explicit time zone')];
  return isZone(zone) ? [] : [invalid(field, zone, `unknown time zone ${zone}`)];
}

function isZone(zone: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone });
    return true;
  } catch {
    return false;
  }
}

function suspendText(suspend: boolean | null | undefined): string {
  if (suspend === undefined || suspend === null) return '<unset>';
  return suspend ? 'True' : 'False';
}

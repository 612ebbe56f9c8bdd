/** Jobs: Pods that end. */
import { selectorOf } from '../../../kube/index.ts';
import type { FieldError, Json } from '../definition.ts';
import { invalid, invalids, notSupported, oneOf, optionalOneOf, required } from './field-error.ts';
import { immutable, same } from './immutable.ts';
import { validateLabelSelector } from './labels.ts';
import { dnsLabel } from './names.ts';
import { nonNegative } from './numbers.ts';
import { validatePodTemplate } from './workload.ts';

const MODES = ['NonIndexed', 'Indexed'];
const COUNTS = ['parallelism', 'completions', 'activeDeadlineSeconds', 'backoffLimit', 'ttlSecondsAfterFinished'];
const RESTARTS = ['OnFailure', 'Never'];
const MAX_NAME = 63;

export function validateJob(job: Json): FieldError[] {
  const { spec } = job;
  return [...selectorErrors(job), ...validateJobSpec(spec, 'spec'), ...indexedNameErrors(job)];
}

/** The spec alone, without its selector: what a CronJob's template must satisfy, too. */
export function validateJobSpec(spec: Json, at: string): FieldError[] {
  return [
    ...COUNTS.flatMap((field) => nonNegative(`${at}.${field}`, spec[field])),
    ...oneOf(`${at}.completionMode`, spec.completionMode, MODES),
    ...modeErrors(spec, at),
    ...optionalOneOf(`${at}.podReplacementPolicy`, spec.podReplacementPolicy, ['Failed', 'TerminatingOrFailed']),
    ...validatePodTemplate(spec.template, `${at}.template`),
    ...restartErrors(spec, at),
  ];
}

function modeErrors(spec: Json, at: string): FieldError[] {
  if (spec.completionMode === 'Indexed') {
    if (spec.completions === undefined || spec.completions === null) {
      return [required(`${at}.completions`, 'when completion mode is Indexed')];
    }
    const tooMany = spec.completions > 100_000 && spec.parallelism > 10_000;
    const detail = 'must be less than or equal to 10000 when completion mode is Indexed and completions > 100000';
    return tooMany ? [invalid(`${at}.parallelism`, spec.parallelism, detail)] : [];
  }
  const only = ['backoffLimitPerIndex', 'maxFailedIndexes'].filter((f) => spec[f] !== undefined && spec[f] !== null);
  return only.map((field) => invalid(`${at}.${field}`, spec[field], 'requires indexed completion mode'));
}

function restartErrors(spec: Json, at: string): FieldError[] {
  const policy = spec.template?.spec?.restartPolicy;
  const field = `${at}.template.spec.restartPolicy`;
  if (!policy || policy === 'Always') return [required(field, 'valid values: "OnFailure", "Never"')];
  if (!RESTARTS.includes(policy)) return [notSupported(field, policy, RESTARTS)];
  return spec.podFailurePolicy && policy !== 'Never'
    ? [invalid(field, policy, 'only "Never" is supported when podFailurePolicy is specified')]
    : [];
}

function selectorErrors({ metadata, spec }: Json): FieldError[] {
  const labels = spec.template?.metadata?.labels;
  const mismatch = selectorOf(spec.selector).matches(labels)
    ? []
    : [invalid('spec.template.metadata.labels', labels ?? {}, '`selector` does not match template `labels`')];
  if (!spec.selector) return [required('spec.selector'), ...mismatch];
  const faults = validateLabelSelector(spec.selector, 'spec.selector');
  if (faults.length > 0) return faults;
  return [...generatedErrors(spec, metadata.uid), ...mismatch];
}

/** A Job that does not bring its own selector has the generated one and nothing else. */
function generatedErrors({ manualSelector, selector }: Json, uid: string): FieldError[] {
  const generated = { matchLabels: { 'batch.kubernetes.io/controller-uid': uid } };
  const older = { matchLabels: { 'controller-uid': uid } };
  if (manualSelector || same(selector, generated) || same(selector, older)) return [];
  return [invalid('spec.selector', selector, '`selector` not auto-generated')];
}

/** An indexed Job's name and its greatest index together are a host name. */
function indexedNameErrors({ metadata, spec }: Json): FieldError[] {
  if (spec.completionMode !== 'Indexed' || !(spec.completions > 0) || !metadata.name) return [];
  const hostname = `${metadata.name}-${spec.completions - 1}`;
  if (hostname.length <= MAX_NAME && dnsLabel(hostname).length === 0) return [];
  return invalids('metadata.name', metadata.name, [`will not able to create pod with invalid DNS label: ${hostname}`]);
}

export function validateJobUpdate(job: Json, old: Json, subresource: string | undefined): FieldError[] {
  if (subresource === 'status') return [];
  const [spec, before] = [job.spec, old.spec];
  return [
    ...completionsErrors(spec, before),
    ...immutable('spec.selector', spec.selector, before.selector),
    ...templateErrors(job, old),
    ...immutable('spec.completionMode', spec.completionMode, before.completionMode),
    ...immutable('spec.podFailurePolicy', spec.podFailurePolicy, before.podFailurePolicy),
    ...immutable('spec.backoffLimitPerIndex', spec.backoffLimitPerIndex, before.backoffLimitPerIndex),
    ...immutable('spec.managedBy', spec.managedBy, before.managedBy),
    ...immutable('spec.successPolicy', spec.successPolicy, before.successPolicy),
  ];
}

/** An indexed Job may grow and shrink as long as it runs all its indexes at once. */
function completionsErrors(spec: Json, before: Json): FieldError[] {
  if (spec.completionMode !== 'Indexed') {
    return immutable('spec.completions', spec.completions, before.completions);
  }
  if (spec.completions === before.completions || spec.completions === spec.parallelism) return [];
  const detail = `can only be modified in tandem with spec.parallelism`;
  return [invalid('spec.completions', spec.completions, detail)];
}

/** A suspended Job that never started may still be told where to run. */
function templateErrors(job: Json, old: Json): FieldError[] {
  const idle = old.spec.suspend === true && !old.status?.startTime;
  const now = idle ? withPlacement(job.spec.template, old.spec.template) : job.spec.template;
  if (same(now, old.spec.template)) return [];
  return [invalid('spec.template', job.spec.template, 'field is immutable')];
}

const PLACEMENT = ['nodeSelector', 'affinity', 'tolerations', 'schedulingGates'];

function withPlacement(template: Json, old: Json): Json {
  const kept = Object.fromEntries(PLACEMENT.map((field) => [field, old.spec[field]]));
  const { labels, annotations } = old.metadata ?? {};
  return {
    ...template,
    metadata: { ...template.metadata, labels, annotations },
    spec: { ...template.spec, ...kept },
  };
}

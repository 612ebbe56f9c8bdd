import type { FieldError, Json, ResourceDefinition } from '../definition.ts';
import { autoscalingBehaviorErrors } from '../validation/autoscaling-behavior.ts';
import { autoscalingMetricErrors, METRIC_SOURCES } from '../validation/autoscaling-metric.ts';
import { forbidden, invalid, required } from '../validation/field-error.ts';
import { ageColumn, nameColumn, text } from './columns.ts';
import { fill } from './fill.ts';
import { separateStatus } from './status-strategy.ts';

export const horizontalPodAutoscalers: ResourceDefinition = {
  group: 'autoscaling',
  version: 'v2',
  plural: 'horizontalpodautoscalers',
  singular: 'horizontalpodautoscaler',
  kind: 'HorizontalPodAutoscaler',
  shortNames: ['hpa'],
  categories: ['all'],
  namespaced: true,
  status: true,
  generation: false,
  columns: [
    nameColumn,
    text('Reference', (o) => `${o.spec.scaleTargetRef?.kind}/${o.spec.scaleTargetRef?.name}`),
    text('Targets', targetsText),
    text('MinPods', (o) => String(o.spec.minReplicas ?? '<unset>')),
    text('MaxPods', (o) => o.spec.maxReplicas ?? 0),
    text('Replicas', (o) => o.status?.currentReplicas ?? 0),
    ageColumn,
  ],
  strategy: {
    default: setDefaults,
    ...separateStatus({ initial: () => ({ currentMetrics: null, desiredReplicas: 0 }) }),
    validate,
  },
};

const USUAL_CPU_PERCENT = 80;

function setDefaults(scaler: Json): void {
  const spec = fill(scaler, 'spec', {});
  fill(spec, 'minReplicas', 1);
  if (!spec.metrics?.length) {
    const target = { type: 'Utilization', averageUtilization: USUAL_CPU_PERCENT };
    spec.metrics = [{ type: 'Resource', resource: { name: 'cpu', target } }];
  }
  if (!spec.behavior) return;
  defaultBehavior(fill(spec.behavior, 'scaleUp', {}), 0, [
    { type: 'Pods', value: 4, periodSeconds: 15 },
    { type: 'Percent', value: 100, periodSeconds: 15 },
  ]);
  defaultBehavior(fill(spec.behavior, 'scaleDown', {}), undefined, [
    { type: 'Percent', value: 100, periodSeconds: 15 },
  ]);
}

function defaultBehavior(rules: Json, window: number | undefined, policies: Json[]): void {
  fill(rules, 'selectPolicy', 'Max');
  if (window !== undefined) fill(rules, 'stabilizationWindowSeconds', window);
  fill(rules, 'policies', policies);
}

function validate({ spec }: Json): FieldError[] {
  const { minReplicas, maxReplicas = 0, scaleTargetRef = {} } = spec;
  return [
    ...(minReplicas < 1 ? [invalid('spec.minReplicas', minReplicas, 'must be greater than or equal to 1')] : []),
    ...(maxReplicas < 1 ? [invalid('spec.maxReplicas', maxReplicas, 'must be greater than 0')] : []),
    ...(maxReplicas < minReplicas
      ? [invalid('spec.maxReplicas', maxReplicas, 'must be greater than or equal to `minReplicas`')]
      : []),
    ...['kind', 'name'].filter((f) => !scaleTargetRef[f]).map((f) => required(`spec.scaleTargetRef.${f}`)),
    ...(scaleTargetRef.apiVersion?.includes('/') || scaleTargetRef.kind === 'ReplicationController'
      ? []
      : [
          invalid(
            'spec.scaleTargetRef.apiVersion',
            scaleTargetRef.apiVersion ?? '',
            'apiVersion must specify API group',
          ),
        ]),
    ...spec.metrics.flatMap((metric: Json, i: number) => autoscalingMetricErrors(metric, `spec.metrics[${i}]`)),
    ...(minReplicas === 0 && !spec.metrics.some(({ type }: Json) => type === 'Object' || type === 'External')
      ? [forbidden('spec.metrics', TO_ZERO)]
      : []),
    ...autoscalingBehaviorErrors(spec.behavior, 'spec.behavior'),
  ];
}

const TO_ZERO = 'must specify at least one Object or External metric to support scaling to zero replicas';

const SHOWN = 2;

function targetsText({ spec, status = {} }: Json): string {
  const metrics: Json[] = spec.metrics ?? [];
  if (metrics.length === 0) return '<none>';
  const texts = metrics.slice(0, SHOWN).map((metric, i) => metricText(metric, status.currentMetrics?.[i] ?? {}));
  const more = metrics.length - SHOWN;
  return more > 0 ? `${texts.join(', ')} + ${more} more...` : texts.join(', ');
}

function metricText(metric: Json, status: Json): string {
  const field = METRIC_SOURCES[metric.type];
  if (!field) return '<unknown type>';
  const { target = {}, name } = metric[field] ?? {};
  const current = status[field]?.current ?? {};
  switch (metric.type) {
    case 'Resource':
    case 'ContainerResource':
      return `${name}: ${resourceText(target, current)}`;
    case 'Pods':
      return `${current.averageValue ?? '<unknown>'}/${target.averageValue}`;
    default:
      return target.averageValue !== undefined
        ? `${current.averageValue ?? '<unknown>'}/${target.averageValue} (avg)`
        : `${current.value ?? '<unknown>'}/${target.value}`;
  }
}

function resourceText(target: Json, current: Json): string {
  if (target.averageValue !== undefined) return `${current.averageValue ?? '<unknown>'}/${target.averageValue}`;
  const percent = (value: number | undefined, none: string) => (value === undefined ? none : `${value}%`);
  return `${percent(current.averageUtilization, '<unknown>')}/${percent(target.averageUtilization, '<auto>')}`;
}

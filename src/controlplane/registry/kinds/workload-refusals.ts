/** For tests: refusals of workloads, worded as kube-apiserver words them. */
import { job, podSpec, template, workload } from './fixture.ts';
import { label, labelValue, namePart } from './name-sentences.ts';
import type { Refusal } from './refusal-cases.ts';

export const workloadRefusals: readonly Refusal[] = [
  [
    'Deployment',
    { spec: { template: template() } },
    '[spec.selector: Required value, spec.template.metadata.labels: Invalid value: {"app":"web"}: `selector` does not match template `labels`]',
  ],
  [
    'Deployment',
    workload({ selector: {} }),
    'spec.selector: Invalid value: {}: empty selector is invalid for deployment',
  ],
  [
    'Deployment',
    workload({ template: template({ app: 'other' }) }),
    'spec.template.metadata.labels: Invalid value: {"app":"other"}: `selector` does not match template `labels`',
  ],
  ['Deployment', workload({ replicas: -1 }), 'spec.replicas: Invalid value: -1: must be greater than or equal to 0'],
  [
    'Deployment',
    workload({ template: template({ app: 'web' }, { ...podSpec, restartPolicy: 'Never' }) }),
    'spec.template.spec.restartPolicy: Unsupported value: "Never": supported values: "Always"',
  ],
  [
    'Deployment',
    workload({ strategy: { type: 'Recreate', rollingUpdate: {} } }),
    "spec.strategy.rollingUpdate: Forbidden: may not be specified when strategy `type` is 'Recreate'",
  ],
  [
    'Deployment',
    workload({ strategy: { rollingUpdate: { maxUnavailable: 0, maxSurge: '0%' } } }),
    'spec.strategy.rollingUpdate.maxUnavailable: Invalid value: 0: may not be 0 when `maxSurge` is 0',
  ],
  [
    'Deployment',
    workload({ strategy: { rollingUpdate: { maxUnavailable: '110%' } } }),
    'spec.strategy.rollingUpdate.maxUnavailable: Invalid value: "110%": must not be greater than 100%',
  ],
  [
    'Deployment',
    workload({ minReadySeconds: 700 }),
    'spec.progressDeadlineSeconds: Invalid value: 600: must be greater than minReadySeconds',
  ],
  [
    'Deployment',
    workload({ selector: { matchExpressions: [{ key: 'a', operator: 'In' }] } }),
    `[spec.selector.matchExpressions[0].values: Required value: must be specified when \`operator\` is 'In' or 'NotIn', spec.selector: Invalid value: {"matchExpressions":[{"key":"a","operator":"In"}]}: invalid label selector]`,
  ],
  [
    'StatefulSet',
    workload({ updateStrategy: { type: 'Later' } }),
    `spec.updateStrategy: Invalid value: {"Type":"Later","RollingUpdate":null}: must be 'RollingUpdate' or 'OnDelete'`,
  ],
  [
    'DaemonSet',
    workload({ updateStrategy: { rollingUpdate: { maxUnavailable: 0 } } }),
    'spec.updateStrategy.rollingUpdate.maxUnavailable: Required value: cannot be 0 when maxSurge is 0',
  ],
  [
    'Job',
    { spec: { template: template({}) } },
    'spec.template.spec.restartPolicy: Required value: valid values: "OnFailure", "Never"',
  ],
  [
    'Job',
    job({ completionMode: 'Indexed', parallelism: 1 }),
    'spec.completions: Required value: when completion mode is Indexed',
  ],
  ['Job', job({ backoffLimit: -1 }), 'spec.backoffLimit: Invalid value: -1: must be greater than or equal to 0'],
  [
    'CronJob',
    { spec: { schedule: '61 * * * *', jobTemplate: job() } },
    'spec.schedule: Invalid value: "61 * * * *": end of range (61) above maximum (59): 61',
  ],
  [
    'CronJob',
    { spec: { schedule: '* * *', jobTemplate: job() } },
    'spec.schedule: Invalid value: "* * *": expected exactly 5 fields, found 3: [* * *]',
  ],
  [
    'CronJob',
    { spec: { schedule: '@daily', timeZone: 'Moon/Base', jobTemplate: job() } },
    'spec.timeZone: Invalid value: "Moon/Base": unknown time zone Moon/Base',
  ],
  [
    'PodDisruptionBudget',
    { spec: { minAvailable: 1, maxUnavailable: 1 } },
    'spec: Invalid value: {"MinAvailable":1,"Selector":null,"MaxUnavailable":1,"UnhealthyPodEvictionPolicy":null}: minAvailable and maxUnavailable cannot be both set',
  ],
  [
    'HorizontalPodAutoscaler',
    {
      spec: {
        scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'w' },
        minReplicas: 5,
        maxReplicas: 2,
      },
    },
    'spec.maxReplicas: Invalid value: 2: must be greater than or equal to `minReplicas`',
  ],
  [
    'ReplicaSet',
    { spec: { template: template() } },
    '[spec.selector: Required value, spec.template.metadata.labels: Invalid value: {"app":"web"}: `selector` does not match template `labels`]',
  ],
  [
    'StatefulSet',
    { spec: { template: template() } },
    '[spec.selector: Required value, spec.template.metadata.labels: Invalid value: {"app":"web"}: `selector` does not match template `labels`]',
  ],
  [
    'DaemonSet',
    { spec: { template: template() } },
    'spec.template.metadata.labels: Invalid value: {"app":"web"}: `selector` does not match template `labels`',
  ],
  [
    'ReplicaSet',
    workload({ selector: {} }),
    'spec.selector: Invalid value: {}: empty selector is invalid for deployment',
  ],
  [
    'StatefulSet',
    workload({ selector: {} }),
    'spec.selector: Invalid value: {}: empty selector is invalid for statefulset',
  ],
  [
    'DaemonSet',
    workload({ selector: {} }),
    'spec.selector: Invalid value: {}: empty selector is invalid for daemonset',
  ],
  [
    'ReplicaSet',
    workload({ template: template({ app: 'b' }) }),
    'spec.template.metadata.labels: Invalid value: {"app":"b"}: `selector` does not match template `labels`',
  ],
  [
    'StatefulSet',
    workload({ template: template({ app: 'b' }) }),
    'spec.template.metadata.labels: Invalid value: {"app":"b"}: `selector` does not match template `labels`',
  ],
  [
    'DaemonSet',
    workload({ template: template({ app: 'b' }) }),
    'spec.template.metadata.labels: Invalid value: {"app":"b"}: `selector` does not match template `labels`',
  ],
  [
    'ReplicaSet',
    workload({ selector: { matchExpressions: [{ key: 'a', operator: 'In' }] } }),
    `[spec.selector.matchExpressions[0].values: Required value: must be specified when \`operator\` is 'In' or 'NotIn', spec.selector: Invalid value: {"matchExpressions":[{"key":"a","operator":"In"}]}: invalid label selector]`,
  ],
  [
    'StatefulSet',
    workload({ selector: { matchExpressions: [{ key: 'a', operator: 'In' }] } }),
    `[spec.selector.matchExpressions[0].values: Required value: must be specified when \`operator\` is 'In' or 'NotIn', spec.selector: Invalid value: {"matchExpressions":[{"key":"a","operator":"In"}]}]`,
  ],
  [
    'DaemonSet',
    workload({ selector: { matchExpressions: [{ key: 'a', operator: 'In' }] } }),
    `spec.selector.matchExpressions[0].values: Required value: must be specified when \`operator\` is 'In' or 'NotIn'`,
  ],
  [
    'StatefulSet',
    workload({ template: template({ app: 'web' }, { ...podSpec, restartPolicy: 'Never', activeDeadlineSeconds: 5 }) }),
    '[spec.template.spec.restartPolicy: Unsupported value: "Never": supported values: "Always", spec.template.spec.activeDeadlineSeconds: Forbidden: activeDeadlineSeconds in StatefulSet is not Supported]',
  ],
  [
    'DaemonSet',
    workload({ template: template({ app: 'web' }, { ...podSpec, restartPolicy: 'Never', activeDeadlineSeconds: 5 }) }),
    '[spec.template.spec.restartPolicy: Unsupported value: "Never": supported values: "Always", spec.template.spec.activeDeadlineSeconds: Forbidden: activeDeadlineSeconds in DaemonSet is not Supported]',
  ],
  [
    'ReplicaSet',
    workload({ template: template({ app: 'web' }, { ...podSpec, restartPolicy: 'Never', activeDeadlineSeconds: 5 }) }),
    '[spec.template.spec.restartPolicy: Unsupported value: "Never": supported values: "Always", spec.template.spec.activeDeadlineSeconds: Forbidden: activeDeadlineSeconds in ReplicaSet is not Supported]',
  ],
  [
    'Deployment',
    workload({ template: template({ app: 'web' }, { containers: [] }) }),
    'spec.template.spec.containers: Required value',
  ],
  [
    'Deployment',
    workload({ template: undefined }),
    '[spec.template.metadata.labels: Invalid value: null: `selector` does not match template `labels`, spec.template.spec.containers: Required value]',
  ],
  [
    'Deployment',
    { spec: {} },
    '[spec.selector: Required value, spec.template.metadata.labels: Invalid value: null: `selector` does not match template `labels`, spec.template.spec.containers: Required value]',
  ],
  [
    'Deployment',
    {},
    '[spec.selector: Required value, spec.template.metadata.labels: Invalid value: null: `selector` does not match template `labels`, spec.template.spec.containers: Required value]',
  ],
  [
    'Deployment',
    workload({ strategy: { type: 'Magic' } }),
    'spec.strategy: Unsupported value: {"Type":"Magic","RollingUpdate":null}: supported values: "Recreate", "RollingUpdate"',
  ],
  [
    'Deployment',
    workload({ strategy: { rollingUpdate: { maxSurge: 'x%' } } }),
    `spec.strategy.rollingUpdate.maxSurge: Invalid value: "x%": a valid percent string must be a numeric string followed by an ending '%' (e.g. '1%',  or '93%', regex used for validation is '[0-9]+%')`,
  ],
  [
    'Deployment',
    workload({ strategy: { rollingUpdate: { maxSurge: -1 } } }),
    'spec.strategy.rollingUpdate.maxSurge: Invalid value: -1: must be greater than or equal to 0',
  ],
  [
    'Deployment',
    workload({ template: { ...template(), metadata: { labels: { app: 'web', 'a b': 'c d' } } } }),
    `[spec.template.labels: Invalid value: "a b": ${namePart}, spec.template.labels: Invalid value: "c d": ${labelValue}]`,
  ],
  [
    'StatefulSet',
    workload({ podManagementPolicy: 'x' }),
    `spec.podManagementPolicy: Invalid value: "x": must be 'OrderedReady' or 'Parallel'`,
  ],
  [
    'StatefulSet',
    workload({ persistentVolumeClaimRetentionPolicy: { whenDeleted: 'x' } }),
    'spec.persistentVolumeClaimRetentionPolicy.whenDeleted: Unsupported value: "x": supported values: "Retain", "Delete"',
  ],
  [
    'StatefulSet',
    workload({ updateStrategy: { type: 'OnDelete', rollingUpdate: { partition: 1 } } }),
    `spec.updateStrategy.rollingUpdate: Invalid value: {"Partition":1,"MaxUnavailable":null}: only allowed for updateStrategy 'RollingUpdate'`,
  ],
  [
    'StatefulSet',
    workload({ updateStrategy: { rollingUpdate: { partition: -1 } } }),
    'spec.updateStrategy.rollingUpdate.partition: Invalid value: -1: must be greater than or equal to 0',
  ],
  ['StatefulSet', workload({ serviceName: 'A B' }), `spec.serviceName: Invalid value: "A B": ${label}`],
  [
    'DaemonSet',
    workload({ updateStrategy: { type: 'x' } }),
    'spec.updateStrategy: Unsupported value: {"Type":"x","RollingUpdate":null}: supported values: "RollingUpdate", "OnDelete"',
  ],
  [
    'DaemonSet',
    workload({ updateStrategy: { rollingUpdate: { maxSurge: 1 } } }),
    'spec.updateStrategy.rollingUpdate.maxSurge: Invalid value: 1: may not be set when maxUnavailable is non-zero',
  ],
  ['ReplicationController', { spec: {} }, '[spec.selector: Required value, spec.template: Required value]'],
  [
    'ReplicationController',
    { spec: { selector: { a: 'b' }, template: template() } },
    'spec.template.metadata.labels: Invalid value: {"app":"web"}: `selector` does not match template `labels`',
  ],
  [
    'ReplicationController',
    { spec: { replicas: -1, template: template() } },
    'spec.replicas: Invalid value: -1: must be greater than or equal to 0',
  ],
  [
    'Job',
    {},
    '[spec.template.spec.containers: Required value, spec.template.spec.restartPolicy: Required value: valid values: "OnFailure", "Never"]',
  ],
  [
    'Job',
    job({ completionMode: 'x' }),
    'spec.completionMode: Unsupported value: "x": supported values: "NonIndexed", "Indexed"',
  ],
  [
    'Job',
    job({ parallelism: -1, completions: -1, activeDeadlineSeconds: -1, ttlSecondsAfterFinished: -1 }),
    '[spec.parallelism: Invalid value: -1: must be greater than or equal to 0, spec.completions: Invalid value: -1: must be greater than or equal to 0, spec.activeDeadlineSeconds: Invalid value: -1: must be greater than or equal to 0, spec.ttlSecondsAfterFinished: Invalid value: -1: must be greater than or equal to 0]',
  ],
  [
    'Job',
    job({ manualSelector: true }),
    '[spec.selector: Required value, spec.template.metadata.labels: Invalid value: {}: `selector` does not match template `labels`]',
  ],
  [
    'Job',
    job({ podReplacementPolicy: 'x' }),
    'spec.podReplacementPolicy: Unsupported value: "x": supported values: "Failed", "TerminatingOrFailed"',
  ],
  [
    'Job',
    job({ backoffLimitPerIndex: 1 }),
    'spec.backoffLimitPerIndex: Invalid value: 1: requires indexed completion mode',
  ],
  [
    'Job',
    { spec: { template: template({}, { ...podSpec, restartPolicy: 'x' }) } },
    '[spec.template.spec.restartPolicy: Unsupported value: "x": supported values: "Always", "OnFailure", "Never", spec.template.spec.restartPolicy: Unsupported value: "x": supported values: "OnFailure", "Never"]',
  ],
  ['CronJob', { spec: { jobTemplate: job() } }, 'spec.schedule: Required value'],
  [
    'CronJob',
    { spec: { schedule: '@daily', concurrencyPolicy: 'x', jobTemplate: job() } },
    'spec.concurrencyPolicy: Unsupported value: "x": supported values: "Allow", "Forbid", "Replace"',
  ],
  [
    'CronJob',
    { spec: { schedule: '@daily', jobTemplate: { spec: { template: template({}) } } } },
    'spec.jobTemplate.spec.template.spec.restartPolicy: Required value: valid values: "OnFailure", "Never"',
  ],
  [
    'CronJob',
    { spec: { schedule: '@daily', startingDeadlineSeconds: -1, successfulJobsHistoryLimit: -1, jobTemplate: job() } },
    '[spec.startingDeadlineSeconds: Invalid value: -1: must be greater than or equal to 0, spec.successfulJobsHistoryLimit: Invalid value: -1: must be greater than or equal to 0]',
  ],
  [
    'CronJob',
    { spec: { schedule: 'TZ=UTC * * * * *', jobTemplate: job() } },
    'spec.schedule: Invalid value: "TZ=UTC * * * * *": cannot use TZ or CRON_TZ in schedule, use timeZone field instead',
  ],
  [
    'CronJob',
    { metadata: { name: 'a'.repeat(53) }, spec: { schedule: '@daily', jobTemplate: job() } },
    'metadata.name: Invalid value: "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa": must be no more than 52 characters',
  ],
  [
    'PodDisruptionBudget',
    { spec: { minAvailable: -1 } },
    'spec.minAvailable: Invalid value: -1: must be greater than or equal to 0',
  ],
  [
    'PodDisruptionBudget',
    { spec: { maxUnavailable: '110%' } },
    'spec.maxUnavailable: Invalid value: "110%": must not be greater than 100%',
  ],
  [
    'PodDisruptionBudget',
    { spec: { maxUnavailable: 1, unhealthyPodEvictionPolicy: 'x' } },
    'spec.unhealthyPodEvictionPolicy: Unsupported value: "x": supported values: "AlwaysAllow", "IfHealthyBudget"',
  ],
  [
    'HorizontalPodAutoscaler',
    {},
    '[spec.maxReplicas: Invalid value: 0: must be greater than 0, spec.maxReplicas: Invalid value: 0: must be greater than or equal to `minReplicas`, spec.scaleTargetRef.kind: Required value, spec.scaleTargetRef.name: Required value, spec.scaleTargetRef.apiVersion: Invalid value: "": apiVersion must specify API group]',
  ],
  [
    'HorizontalPodAutoscaler',
    {
      spec: {
        maxReplicas: 1,
        scaleTargetRef: { apiVersion: 'apps/v1', kind: 'D', name: 'x' },
        metrics: [{}, { type: 'Resource' }, { type: 'Resource', resource: { name: 'cpu', target: {} } }],
      },
    },
    '[spec.metrics[0].type: Required value: must specify a metric source type, spec.metrics[0].type: Unsupported value: "": supported values: "ContainerResource", "External", "Object", "Pods", "Resource", spec.metrics[1].resource: Required value: must populate information for the given metric source, spec.metrics[2].resource.target.type: Required value: must specify a metric target type, spec.metrics[2].resource.target.type: Invalid value: "": must be either Utilization, Value, or AverageValue, spec.metrics[2].resource.target.averageUtilization: Required value: must set either a target raw value or a target utilization]',
  ],
  [
    'ControllerRevision',
    { revision: -1 },
    '[revision: Invalid value: -1: must be greater than or equal to 0, data: Required value: data is mandatory]',
  ],
];

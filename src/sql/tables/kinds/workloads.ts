/** Deployments and what else keeps Pods alive. */
import {
  CRON_JOBS,
  type CronJob,
  DAEMON_SETS,
  type DaemonSet,
  DEPLOYMENTS,
  type Deployment,
  JOBS,
  type Job,
  REPLICA_SETS,
  type ReplicaSet,
  STATEFUL_SETS,
  type StatefulSet,
} from '../../../kube/index.ts';
import { count, flag, list, text, time } from '../column.ts';
import { statusOf } from '../conditions.ts';
import { kindTable } from '../kind-table.ts';

interface Template {
  readonly spec?: { readonly containers?: readonly { readonly image?: string | undefined }[] | undefined } | undefined;
}

const images = (template: Template | undefined) => template?.spec?.containers?.map(({ image }) => image ?? '');

export const deployments = kindTable<Deployment>(DEPLOYMENTS, {
  doc: 'Deployments',
  columns: [
    count('replicas', 'Pods wished', (of) => of.spec.replicas),
    count('ready_replicas', 'Pods that are ready', (of) => of.status?.readyReplicas ?? 0),
    count('updated_replicas', 'Pods of the newest template', (of) => of.status?.updatedReplicas ?? 0),
    count('available_replicas', 'Pods ready for long enough', (of) => of.status?.availableReplicas ?? 0),
    flag('paused', 'whether its rollout rests', (of) => of.spec.paused ?? false),
    text('strategy', '`RollingUpdate` or `Recreate`', (of) => of.spec.strategy?.type),
    text('available', 'condition Available', (of) => statusOf(of.status?.conditions, 'Available')),
    text('progressing', 'condition Progressing', (of) => statusOf(of.status?.conditions, 'Progressing')),
    list('images', 'images of its template', (of) => images(of.spec.template)),
  ],
});

export const replicaSets = kindTable<ReplicaSet>(REPLICA_SETS, {
  doc: 'ReplicaSets',
  columns: [
    count('replicas', 'Pods wished', (of) => of.spec.replicas),
    count('current_replicas', 'Pods there', (of) => of.status?.replicas ?? 0),
    count('ready_replicas', 'Pods that are ready', (of) => of.status?.readyReplicas ?? 0),
    list('images', 'images of its template', (of) => images(of.spec.template)),
  ],
});

export const statefulSets = kindTable<StatefulSet>(STATEFUL_SETS, {
  doc: 'StatefulSets',
  columns: [
    count('replicas', 'Pods wished', (of) => of.spec.replicas),
    count('ready_replicas', 'Pods that are ready', (of) => of.status?.readyReplicas ?? 0),
    count('updated_replicas', 'Pods of the newest template', (of) => of.status?.updatedReplicas ?? 0),
    text('service_name', 'the Service that names its Pods', (of) => of.spec.serviceName),
    list('images', 'images of its template', (of) => images(of.spec.template)),
  ],
});

export const daemonSets = kindTable<DaemonSet>(DAEMON_SETS, {
  doc: 'DaemonSets',
  columns: [
    count('desired', 'hosts that should have its Pod', (of) => of.status?.desiredNumberScheduled),
    count('ready', 'hosts where it is ready', (of) => of.status?.numberReady),
    count('updated', 'hosts with the newest template', (of) => of.status?.updatedNumberScheduled ?? 0),
    count('misscheduled', 'hosts that should not have it', (of) => of.status?.numberMisscheduled),
    list('images', 'images of its template', (of) => images(of.spec.template)),
  ],
});

export const jobs = kindTable<Job>(JOBS, {
  doc: 'Jobs',
  columns: [
    count('completions', 'successes wished', (of) => of.spec.completions),
    count('parallelism', 'Pods at a time', (of) => of.spec.parallelism),
    count('active', 'Pods at work', (of) => of.status?.active ?? 0),
    count('succeeded', 'Pods that succeeded', (of) => of.status?.succeeded ?? 0),
    count('failed', 'Pods that failed', (of) => of.status?.failed ?? 0),
    flag('suspended', 'whether it rests', (of) => of.spec.suspend ?? false),
    text('complete', 'condition Complete', (of) => statusOf(of.status?.conditions, 'Complete')),
    time('started_at', 'when it began', (of) => of.status?.startTime),
    time('completed_at', 'when it was done', (of) => of.status?.completionTime),
  ],
});

export const cronJobs = kindTable<CronJob>(CRON_JOBS, {
  doc: 'CronJobs',
  columns: [
    text('schedule', 'when it runs', (of) => of.spec.schedule),
    text('time_zone', 'in which zone that is meant', (of) => of.spec.timeZone),
    flag('suspended', 'whether it rests', (of) => of.spec.suspend ?? false),
    count('active', 'Jobs at work', (of) => of.status?.active?.length ?? 0),
    time('last_scheduled_at', 'when it ran last', (of) => of.status?.lastScheduleTime),
    time('last_succeeded_at', 'when it last succeeded', (of) => of.status?.lastSuccessfulTime),
  ],
});

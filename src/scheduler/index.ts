export * from './core/index.ts';
export { type ExplainPodOptions, explainPod } from './kube/explain-pod.ts';
export { type RunningScheduler, type SchedulerOptions, startScheduler } from './kube/scheduler.ts';

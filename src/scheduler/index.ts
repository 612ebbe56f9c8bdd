export * from './core/index.ts';
export { type RunningScheduler, type SchedulerOptions, startScheduler } from './kube/scheduler.ts';

export { type Budget, budgetsFrom, budgetsOf } from './budgets.ts';
export { Drain, type DrainState, type PodHindrance } from './drain.ts';
export { type Consent, type PodClass, type PodPlan, planPod } from './pod-class.ts';

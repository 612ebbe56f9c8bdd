/** What the server tells of what steers inspection: the very types of its answers. */
export type {
  CheckName,
  Exemption,
  ExemptionReach,
  Plan,
  PlanSpec,
} from '../../../src/server/contract/inspection-plan.ts';

/** What the server tells of what steers inspection: checks, plans, exemptions, and how the fleet fared from run to run. */
import type { Level, Run } from './inspection.ts';

export interface CheckName {
  readonly id: string;
  readonly name: string;
}

export interface PlanSpec {
  readonly schedule: string;
  readonly timezone?: string;
  readonly selector?: string;
  readonly hosts?: readonly string[];
  readonly checks?: readonly string[];
  readonly timeoutSeconds?: number;
  readonly keep?: number;
  readonly suspended?: boolean;
}

export interface Plan {
  readonly name: string;
  readonly spec: PlanSpec;
  readonly updatedAt: number;
  readonly nextAt: number | null;
}

export interface Exemption {
  readonly id: number;
  readonly check: string;
  readonly name: string;
  readonly host?: string;
  readonly selector?: string;
  readonly reason: string;
  readonly by: string;
  readonly createdAt: number;
  readonly expiresAt: number;
  readonly inForce: boolean;
}

export interface ExemptionReach {
  readonly run?: number;
  readonly hosts: number;
  readonly failing: number;
  readonly names: readonly string[];
}

export interface TrendPoint {
  readonly run: Run;
  readonly counts: Readonly<Record<Level, number>>;
  readonly score: number;
  readonly grade: string;
}

export const CHANGES = ['new', 'worse', 'better', 'fixed'] as const;
export type ChangeKind = (typeof CHANGES)[number];

export interface DiffPage {
  readonly counts: Readonly<Record<ChangeKind, number>>;
  readonly items: readonly {
    readonly check: string;
    readonly name: string;
    readonly host: string;
    readonly from?: Level;
    readonly to?: Level;
  }[];
}

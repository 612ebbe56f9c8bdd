/** What a step of an operation is given, and how it answers. */
import type { Clock, KubeClient } from '../../kube/index.ts';
import type { HostBook } from '../../nodes/index.ts';
import type { Drain } from '../drain/index.ts';
import type { Ledger } from '../ledger.ts';
import type { Notifier } from '../mail/notifier.ts';
import type { Blockade, Operation } from '../operation.ts';
import type { HostLock } from '../rails/host-lock.ts';
import type { RepairShop } from '../repair.ts';

/** Something that an inspection of the host has found; `level` as in the brief. */
export interface Finding {
  readonly check: string;
  readonly level: 'error' | 'alarm' | 'warn' | 'info' | 'unknown';
  readonly message: string;
}

export type InspectHost = (host: string, signal: AbortSignal) => Promise<readonly Finding[]>;

/** Whether a machine has power, by its management controller: the only proof that nothing runs on it any more. */
export type HostPower = (host: string, signal: AbortSignal) => Promise<'on' | 'off' | 'unknown'>;

export interface StepTools {
  readonly client: KubeClient;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly ledger: Ledger;
  readonly book: HostBook;
  readonly lock: HostLock;
  readonly inspect: InspectHost;
  readonly shop: RepairShop;
  readonly power: HostPower | undefined;
  readonly notifier: Notifier | undefined;
  readonly times: Times;
  /** Drains under way, by operation: what they remember saves requests and nothing else. */
  readonly drains: Map<string, Drain>;
}

export interface Times {
  /** Between two inspections that must both find nothing. @default 5_000 */
  readonly verifyGapMs: number;
  /** How long verification may take until the host counts as faulty. @default 600_000 */
  readonly verifyMs: number;
  /** How soon a step that waits is looked at again. @default 1_000 */
  readonly tickMs: number;
  /** A process that has died lets others take its operations over after so long. @default 15_000 */
  readonly claimMs: number;
}

export const DEFAULT_TIMES: Times = { verifyGapMs: 5_000, verifyMs: 600_000, tickMs: 1_000, claimMs: 15_000 };

export type StepAnswer =
  | { readonly kind: 'done' | 'skipped'; readonly detail?: string; readonly changes?: Partial<Operation> }
  | { readonly kind: 'wait'; readonly changes?: Partial<Operation> }
  /** People must choose; it is looked at again all the same, as the hindrance may go away. */
  | { readonly kind: 'blocked'; readonly blockade: Blockade; readonly changes?: Partial<Operation> }
  /** Go back to an earlier step. */
  | { readonly kind: 'again'; readonly step: 'repair'; readonly detail: string; readonly changes?: Partial<Operation> }
  | { readonly kind: 'failed'; readonly detail: string; readonly changes?: Partial<Operation> };

/** May be begun anew at any moment: it looks at what is before it does anything. */
export type Step = (operation: Operation, tools: StepTools) => Promise<StepAnswer>;

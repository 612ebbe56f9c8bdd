/**
 * Carries operations out: takes them from the records, one step after another, each step again until it is done. It may
 * be killed at any moment; whoever runs next goes on from the records.
 */
import { hostname } from 'node:os';
import process from 'node:process';
import { type Clock, isStatus, type KubeClient, sleep, systemClock } from '../kube/index.ts';
import { HostBook } from '../nodes/index.ts';
import type { Records } from '../records/index.ts';
import { Ledger } from './ledger.ts';
import type { Notifier } from './mail/notifier.ts';
import {
  currentRecord,
  isOpen,
  type Operation,
  STEPS,
  type StepName,
  type StepRecord,
  stepAfter,
  withStep,
} from './operation.ts';
import type { BudgetRules } from './rails/budget.ts';
import { budgetRules } from './rails/budget-left.ts';
import { HostLock } from './rails/host-lock.ts';
import { isKilled } from './rails/kill-switch.ts';
import type { RepairShop } from './repair.ts';
import { cordon, drain, enter, lock, notify } from './steps/enter-steps.ts';
import { close, giveBack, repair, report, restore, verify } from './steps/leave-steps.ts';
import {
  DEFAULT_TIMES,
  type HostPower,
  type InspectHost,
  type Step,
  type StepAnswer,
  type StepTools,
  type Times,
} from './steps/step.ts';

export interface MaintenanceOptions {
  readonly client: KubeClient;
  readonly records: Records;
  readonly signal: AbortSignal;
  readonly inspect: InspectHost;
  readonly shop: RepairShop;
  readonly notifier?: Notifier;
  readonly power?: HostPower;
  readonly clock?: Clock;
  /** @default as they are set in the records */
  readonly budgets?: BudgetRules;
  readonly times?: Partial<Times>;
  /** Told before each change of an operation, so that a test can end the process there. */
  readonly onStep?: (operation: Operation) => void;
  readonly onError?: (error: unknown, operation: string) => void;
}

const RENEW_MS = 10_000;
/** So often in a row a lease may be found lost. */
const MOST_LEASE_ERRORS = 3;
const STEP_TABLE: Readonly<Record<StepName, Step>> = {
  lock,
  notify,
  cordon,
  drain,
  enter,
  repair,
  verify,
  restore,
  report,
  close,
};

/** Ends with the signal; resolves when the last step under way has ended. */
export async function runMaintenance(options: MaintenanceOptions): Promise<void> {
  const runner = new Runner(options);
  await runner.run(options.signal);
}

class Runner {
  readonly #o: MaintenanceOptions;
  readonly #clock: Clock;
  readonly #times: Times;
  readonly #tools: StepTools;
  readonly #ledger: Ledger;
  readonly #me = `${hostname()}/${process.pid}/${Math.random().toString(36).slice(2, 8)}`;
  readonly #working = new Map<string, Promise<void>>();
  readonly #renewedAt = new Map<string, number>();

  constructor(options: MaintenanceOptions) {
    const { client, records, signal, inspect, shop, notifier, power, budgets } = options;
    this.#o = options;
    const clock = options.clock ?? systemClock;
    this.#clock = clock;
    this.#times = { ...DEFAULT_TIMES, ...options.times };
    this.#ledger = new Ledger(records, clock);
    const hostLock = new HostLock({
      client,
      clock,
      signal,
      budgets: async () => budgets ?? budgetRules(this.#ledger),
    });
    const common = { client, clock, signal, inspect, shop, notifier, power, times: this.#times };
    this.#tools = {
      ...common,
      ledger: this.#ledger,
      book: new HostBook(records, clock),
      lock: hostLock,
      drains: new Map(),
    };
  }

  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      try {
        for (const operation of await this.#ledger.open()) this.#take(operation);
      } catch (error) {
        if (!signal.aborted) this.#o.onError?.(error, '');
      }
      await sleep(this.#clock, this.#times.tickMs, signal).catch(() => undefined);
    }
    await Promise.all(this.#working.values());
  }

  #take({ id, state }: Operation): void {
    if (state === 'awaiting-approval' || this.#working.has(id)) return;
    const work = this.#carryOut(id)
      .catch((error: unknown) => {
        // Lost races are no news: the next round sees what is there then.
        if (!this.#o.signal.aborted && !isStatus(error, 'Conflict')) this.#o.onError?.(error, id);
      })
      .finally(() => this.#working.delete(id));
    this.#working.set(id, work);
  }

  /** As many steps as can be taken now. */
  async #carryOut(id: string): Promise<void> {
    if (!(await this.#ledger.claim(id, this.#me, this.#times.claimMs))) return;
    const renewal = this.#keepClaim(id);
    try {
      while (!this.#o.signal.aborted && (await this.#advance(id))) {
        if (!(await this.#ledger.claim(id, this.#me, this.#times.claimMs))) return;
      }
    } finally {
      renewal();
      await this.#ledger.release(id, this.#me).catch(() => undefined);
    }
  }

  /** A step may take longer than a claim lasts. */
  #keepClaim(id: string): () => void {
    let cancel = () => {};
    const again = () => {
      cancel = this.#clock.after(this.#times.claimMs / 3, () => {
        void this.#ledger.claim(id, this.#me, this.#times.claimMs).catch(() => undefined);
        again();
      });
    };
    again();
    return () => cancel();
  }

  /** True when there is more to do at once. */
  async #advance(id: string): Promise<boolean> {
    const operation = await this.#ledger.get(id);
    if (!isOpen(operation) || operation.state === 'awaiting-approval') return false;
    if (operation.abort || operation.state === 'aborting') return this.#abort(operation);
    if (!(await this.#keepLease(operation))) return true;
    // Between two steps, and between two rounds of a drain, it is safe to stand still.
    if (await isKilled(this.#ledger)) return false;
    const begun = await this.#begin(operation);
    const answer = await STEP_TABLE[begun.step](begun, this.#tools);
    return this.#apply(begun, answer);
  }

  async #begin(operation: Operation): Promise<Operation> {
    if (currentRecord(operation)) return operation;
    const now = this.#clock.now();
    this.#o.onStep?.(operation);
    const begun = await this.#ledger.update(operation.id, ({ steps, step, startedAt }) => ({
      steps: withStep(steps, { step, startedAt: now }),
      startedAt: startedAt ?? now,
    }));
    await this.#ledger.log(operation.id, operation.step, 'begins');
    return begun;
  }

  async #apply(operation: Operation, answer: StepAnswer): Promise<boolean> {
    const { id, step } = operation;
    switch (answer.kind) {
      case 'done':
      case 'skipped':
        return this.#finish(operation, answer);
      case 'wait':
        await this.#ledger.update(id, (now) => ({ ...changed(now, answer.changes), ...resumed(now) }));
        return false;
      case 'blocked': {
        const { blockade } = answer;
        if (operation.blockade?.reason !== blockade.reason)
          await this.#ledger.log(id, step, `blocked: ${blockade.reason}`);
        await this.#ledger.update(id, (now) => changed(now, { ...answer.changes, blockade, state: 'blocked' }));
        return false;
      }
      case 'again':
        await this.#ledger.log(id, step, `${answer.detail}; ${answer.step} again`);
        await this.#ledger.update(id, (now) => ({
          ...answer.changes,
          ...ended(now, this.#clock.now(), 'failed', answer.detail),
          step: answer.step,
        }));
        return true;
      case 'failed':
        return this.#fail(operation, answer.detail, answer.changes);
    }
  }

  async #finish(operation: Operation, answer: StepAnswer & { kind: 'done' | 'skipped' }): Promise<boolean> {
    const { id, step } = operation;
    const now = this.#clock.now();
    this.#o.onStep?.(operation);
    const last = step === STEPS.at(-1);
    await this.#ledger.update(id, (newest) => ({
      ...answer.changes,
      ...ended(newest, now, answer.kind, answer.detail),
      ...resumed(newest),
      step: stepAfter(step),
      ...(last && { state: 'succeeded' as const, endedAt: now, result: 'the host is given back' }),
    }));
    await this.#ledger.log(id, step, answer.detail ? `${answer.kind}: ${answer.detail}` : answer.kind);
    return !last;
  }

  /** A host that could not be healed stays out of service for a person to look at; one that was never taken is let be. */
  async #fail(operation: Operation, detail: string, changes: Partial<Operation> | undefined): Promise<boolean> {
    const { id, step } = operation;
    const touched = STEPS.indexOf(step) > STEPS.indexOf('enter');
    await giveBack(operation, touched && operation.drain ? 'faulty' : 'prior', this.#tools);
    const now = this.#clock.now();
    await this.#ledger.update(id, (newest) => ({
      ...changes,
      ...ended(newest, now, 'failed', detail),
      state: 'failed',
      endedAt: now,
      result: detail,
    }));
    await this.#ledger.log(id, step, `failed: ${detail}`);
    return false;
  }

  async #abort(operation: Operation): Promise<boolean> {
    const { id, step, steps, abort } = operation;
    const why = abort ? `${abort.actor}: ${abort.reason}` : 'aborted';
    if (operation.state !== 'aborting') {
      await this.#ledger.update(id, () => ({ state: 'aborting' }));
      await this.#ledger.log(id, step, `aborting: ${why}`, abort?.actor);
    }
    this.#o.onStep?.(operation);
    await giveBack(operation, 'prior', this.#tools);
    const now = this.#clock.now();
    const state = operation.leaseErrors >= MOST_LEASE_ERRORS ? 'failed' : 'aborted';
    await this.#ledger.update(id, (newest) => ({
      ...ended(newest, now, 'aborted', why),
      state,
      endedAt: now,
      result: why,
    }));
    await this.#ledger.log(id, step, 'the host is as it was before');
    if (steps.some((record) => record.step === 'notify' && record.outcome === 'done')) {
      const told = await this.#tools.notifier?.send(await this.#ledger.get(id), 'recovery');
      if (told) await this.#ledger.log(id, step, `recovery mail: ${told.kind}`);
    }
    return false;
  }

  /** Three times lost in a row, the operation gives the host back. False when it has just decided so. */
  async #keepLease(operation: Operation): Promise<boolean> {
    const { id, host, step } = operation;
    if (step === 'lock') return true;
    const now = this.#clock.now();
    if (now - (this.#renewedAt.get(id) ?? 0) < (operation.leaseErrors > 0 ? this.#times.tickMs : RENEW_MS)) return true;
    this.#renewedAt.set(id, now);
    const held = await this.#tools.lock.renew(host, id);
    if (held && operation.leaseErrors === 0) return true;
    const leaseErrors = held ? 0 : operation.leaseErrors + 1;
    const lost = leaseErrors >= MOST_LEASE_ERRORS;
    const reason = `the lease of ${host} was lost ${leaseErrors} times`;
    await this.#ledger.update(id, () => ({ leaseErrors, ...(lost && { abort: { actor: 'jdos', reason } }) }));
    if (!held) await this.#ledger.log(id, step, reason);
    return !lost;
  }
}

function ended(operation: Operation, now: number, outcome: StepRecord['outcome'], detail: string | undefined) {
  const record = currentRecord(operation);
  if (!record) return {};
  const closed = { ...record, endedAt: now, ...(outcome && { outcome }), ...(detail !== undefined && { detail }) };
  return { steps: withStep(operation.steps, closed) };
}

/** Only what differs, so that waiting writes nothing. */
function changed(now: Operation, changes: Partial<Operation> = {}): Partial<Operation> {
  const entries = Object.entries(changes);
  return Object.fromEntries(
    entries.filter(([key, value]) => JSON.stringify(now[key as keyof Operation]) !== JSON.stringify(value)),
  );
}

function resumed({ state }: Operation): Partial<Operation> {
  return state === 'blocked' ? { state: 'running', blockade: undefined } : {};
}

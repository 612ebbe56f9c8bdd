/** Where people ask: previews, requests, and what may be said to an operation under way. It writes records only. */
import { JdosError } from '../errors/index.ts';
import { type Clock, type KubeClient, rfc3339, systemClock } from '../kube/index.ts';
import { HostBook, type HostStatus } from '../nodes/index.ts';
import { appendAudit, type Records } from '../records/index.ts';
import { approvalsFor } from './approval.ts';
import type { Consent } from './drain/index.ts';
import { type Impact, impactOf } from './impact/impact.ts';
import { readScene, type Scene } from './impact/scene.ts';
import { Ledger, refusal } from './ledger.ts';
import type { Operation, OperationKind } from './operation.ts';
import type { BudgetRules } from './rails/budget.ts';
import { budgetRules } from './rails/budget-left.ts';
import { HostLock } from './rails/host-lock.ts';
import { killSwitch } from './rails/kill-switch.ts';
import { rackCause } from './rails/rack-cause.ts';
import { isRepair, repairNamed } from './repair.ts';

export interface DeskOptions {
  readonly client: KubeClient;
  readonly records: Records;
  readonly clock?: Clock;
  /** @default as they are set in the records */
  readonly budgets?: BudgetRules;
  readonly random?: () => number;
  /** Where the scene comes from, if not from the API. */
  readonly scene?: (host: string) => Promise<Scene>;
}

export interface MaintenanceRequest {
  readonly host: string;
  readonly address: string;
  readonly kind: OperationKind;
  readonly reason: string;
  readonly repair?: string;
  /** Default: what the repair needs; without a repair the host is emptied. */
  readonly drain?: boolean;
  readonly consent?: Consent;
  readonly drainTimeoutMs?: number;
  readonly healthyDelayMs?: number;
  readonly actor: string;
}

export interface Preview {
  readonly drain: boolean;
  readonly impact: Impact;
  /** Why it cannot be started, in words; empty when it can. */
  readonly refusals: readonly string[];
  /** Why a second person must agree. */
  readonly approvals: readonly string[];
}

const DRAIN_MS = 15 * 60_000;
const HEALTHY_MS = 10 * 60_000;
const FROM: readonly HostStatus[] = ['ready', 'suspect', 'faulty'];

export class MaintenanceDesk {
  readonly ledger: Ledger;
  readonly #o: DeskOptions;
  readonly #clock: Clock;

  constructor(options: DeskOptions) {
    this.#o = options;
    this.#clock = options.clock ?? systemClock;
    this.ledger = new Ledger(options.records, this.#clock);
  }

  /** Nothing is changed. */
  async preview(request: MaintenanceRequest): Promise<Preview> {
    const { host, consent = {} } = request;
    const scene = await (this.#o.scene?.(host) ?? readScene(this.#o.client, host));
    const repair = isRepair(request.repair) ? repairNamed(request.repair) : undefined;
    const drain = request.drain ?? repair?.drain ?? true;
    const impact = impactOf(drain ? scene : { ...scene, pods: [] }, consent);
    return {
      drain,
      impact,
      refusals: [...(await this.#refusals(host)), ...this.#sceneRefusals(scene, impact, drain)],
      approvals: approvalsFor(impact, consent, repair),
    };
  }

  /** @throws JdosError JDOS_ERR_MAINTENANCE_REFUSED with every reason there is */
  async request(request: MaintenanceRequest, preview: Preview): Promise<Operation> {
    const { host, address, kind, reason, repair, consent = {}, actor } = request;
    if (repair !== undefined && !isRepair(repair)) throw refusal(host, `${repair} is no repair of the list`);
    if (preview.refusals.length > 0) throw refusal(host, preview.refusals.join('; '));
    const { drainTimeoutMs = DRAIN_MS, healthyDelayMs = HEALTHY_MS } = request;
    const wish = {
      host,
      address,
      kind,
      reason,
      ...(repair && { repair }),
      drain: preview.drain,
      consent,
      drainTimeoutMs,
      healthyDelayMs,
    };
    const { approvals, impact } = preview;
    const operation = await this.ledger.create(
      { ...wish, requestedBy: actor, approvals, impact: impact.applications },
      this.#newId(),
    );
    await this.ledger.log(operation.id, 'lock', `asked for: ${reason}`, actor);
    return operation;
  }

  /** @throws JdosError JDOS_ERR_MAINTENANCE_STATE when it waits for nobody, or for somebody else than the one who asked */
  approve(id: string, actor: string): Promise<Operation> {
    return this.#change(id, actor, 'approve', (operation) => {
      this.#require(operation, operation.state === 'awaiting-approval', 'awaiting-approval');
      this.#require(operation, operation.requestedBy !== actor, `another person than ${actor}, who asked for it`);
      return { state: 'running', approvedBy: actor };
    });
  }

  abort(id: string, actor: string, reason: string): Promise<Operation> {
    return this.#change(id, actor, 'abort', (operation) => {
      if (operation.state === 'awaiting-approval') {
        return {
          state: 'aborted',
          abort: { actor, reason },
          endedAt: this.#clock.now(),
          result: `${actor}: ${reason}`,
        };
      }
      this.#requireOpen(operation);
      return operation.abort ? {} : { abort: { actor, reason } };
    });
  }

  /** A person has repaired the host. */
  done(id: string, actor: string, note: string): Promise<Operation> {
    return this.#change(id, actor, 'done', (operation) => {
      this.#requireOpen(operation);
      this.#require(
        operation,
        operation.step === 'repair' && operation.repair === undefined,
        'waiting for a repair by hand',
      );
      return { repaired: { actor, note } };
    });
  }

  /** The drain gets as much time again. */
  wait(id: string, actor: string): Promise<Operation> {
    return this.#change(id, actor, 'wait', (operation) => {
      this.#requireOpen(operation);
      const { drainProgress, drainTimeoutMs } = operation;
      return drainProgress ? { drainProgress: { ...drainProgress, deadline: this.#clock.now() + drainTimeoutMs } } : {};
    });
  }

  /**
   * More may go, or less. What loses data or breaks a budget needs a second person: the operation stands still until
   * one has agreed.
   */
  consent(id: string, actor: string, more: Consent, reason: string): Promise<Operation> {
    return this.#change(id, actor, `consent ${JSON.stringify(more)}: ${reason}`, (operation) => {
      this.#requireOpen(operation);
      const before = operation.consent;
      const skip = [...(before.skip ?? []), ...(more.skip ?? [])];
      const override = [...(before.override ?? []), ...(more.override ?? [])];
      const force = [...(before.force ?? []), ...(more.force ?? [])];
      const consent = { ...before, ...more, skip, override, force };
      const grave = more.emptyDir || more.bare || more.localVolume || more.override?.length || more.force?.length;
      const approvals = grave ? [...operation.approvals, `${actor} gave more consent: ${reason}`] : operation.approvals;
      return { consent, approvals, ...(grave && { state: 'awaiting-approval' as const, requestedBy: actor }) };
    });
  }

  async #refusals(host: string): Promise<string[]> {
    const stopped = await killSwitch(this.ledger);
    const open = (await this.ledger.open()).find((operation) => operation.host === host);
    const state = await new HostBook(this.#o.records, this.#clock).state(host);
    const lock = new HostLock({
      client: this.#o.client,
      clock: this.#clock,
      budgets: async () => this.#o.budgets ?? budgetRules(this.ledger),
    });
    return [
      ...(stopped ? [`all maintenance is stopped by ${stopped.actor}: ${stopped.reason}`] : []),
      ...(open ? [`operation ${open.id} of ${open.requestedBy} holds it (${open.state}, at ${open.step})`] : []),
      ...(state && !open && !FROM.includes(state.status)
        ? [`its status is ${state.status}; expected one of ${FROM.join(', ')}`]
        : []),
      ...(open ? [] : await lock.refusals(host)),
    ];
  }

  #sceneRefusals(scene: Scene, impact: Impact, drain: boolean): string[] {
    if (!drain) return [];
    const cause = rackCause(scene.node, scene.nodes);
    const many = impact.homeless.length;
    return [
      ...(cause
        ? [
            `the cause is the rack: ${cause.silent} of ${cause.hosts} hosts of ${cause.rack} are silent; draining one does not help`,
          ]
        : []),
      ...(many > 0
        ? [`the rest of zone ${impact.zone} has no room for ${many} of its Pods: ${some(impact.homeless)}`]
        : []),
    ];
  }

  async #change(
    id: string,
    actor: string,
    action: string,
    change: (operation: Operation) => Partial<Operation>,
  ): Promise<Operation> {
    const after = await this.ledger.update(id, change);
    await this.ledger.log(id, after.step, action, actor);
    const [verb] = action.split(' ');
    const object = `maintenance/${id}`;
    await appendAudit(this.#o.records, {
      at: this.#clock.now(),
      actor,
      action: `maintenance.${verb}`,
      object,
      detail: { action },
    });
    return after;
  }

  #requireOpen(operation: Operation): void {
    const open =
      operation.state === 'running' || operation.state === 'blocked' || operation.state === 'awaiting-approval';
    this.#require(operation, open, 'running or blocked');
  }

  #require({ id, state }: Operation, holds: boolean, expected: string): void {
    if (!holds) throw new JdosError('JDOS_ERR_MAINTENANCE_STATE', { id, state, expected });
  }

  /** Sorts by time: `m20260101-120000-3f2a`. */
  #newId(): string {
    const stamp = rfc3339(this.#clock.now()).replace(/[-:Z]/g, '').replace('T', '-');
    const random = Math.floor((this.#o.random ?? Math.random)() * 0x10000);
    return `m${stamp}-${random.toString(16).padStart(4, '0')}`;
  }
}

const SHOWN = 5;

function some(names: readonly string[]): string {
  return names.length <= SHOWN
    ? names.join(', ')
    : `${names.slice(0, SHOWN).join(', ')} and ${names.length - SHOWN} more`;
}

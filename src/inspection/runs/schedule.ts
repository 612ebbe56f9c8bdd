/**
 * Carries out plans, and takes up runs that their workers have left. It looks again and again at what is due and what is
 * there; a run of a plan is written with the moment it was due, so of several that look only one makes it.
 */
import { type Clock, type KubeClient, sleep, systemClock } from '../../kube/index.ts';
import type { Records } from '../../records/index.ts';
import { type Reach, reachOf } from '../reach.ts';
import { clusterScope } from '../scope.ts';
import type { Settings } from '../settings.ts';
import type { Subject } from '../subject.ts';
import { dueBefore, KEEP, listPlans, type Plan, TIMEOUT_SECONDS } from './plan.ts';
import { createRun, keepRuns, latestDue, orphanedRuns, type Run } from './run.ts';
import { work } from './runner.ts';

export interface InspectionOptions {
  readonly client: KubeClient;
  readonly records: Records;
  readonly signal: AbortSignal;
  /** A name that no other process has. */
  readonly worker: string;
  /** Read anew for every run. */
  readonly settings: () => Settings;
  readonly clock?: Clock;
  /** Told of what did not work; it is tried again. */
  readonly onError?: (key: string, error: unknown) => void;
  /** In place of the cluster's hosts and the usual ways to them. */
  readonly scope?: (plan: Plan) => Promise<Subject[]>;
  readonly reach?: (run: Run) => Reach;
}

/** How often it looks. */
const LOOK_MS = 10_000;
/** Whoever was away for longer makes up for nothing: the next run is soon enough. */
const LATEST_MS = 3_600_000;

/** Begins at once; the signal ends it. The answer resolves when all has ended. */
export function startInspection(options: InspectionOptions): { readonly ended: Promise<void> } {
  return { ended: new Schedule(options).live() };
}

class Schedule {
  readonly #o: InspectionOptions;
  readonly #clock: Clock;
  readonly #working = new Map<number, Promise<void>>();

  constructor(options: InspectionOptions) {
    this.#o = options;
    this.#clock = options.clock ?? systemClock;
  }

  async live(): Promise<void> {
    const { signal } = this.#o;
    while (!signal.aborted) {
      await this.#guarded('plans', () => this.#look());
      await sleep(this.#clock, LOOK_MS, signal).catch(() => undefined);
    }
    await Promise.all(this.#working.values());
  }

  async #look(): Promise<void> {
    const { records } = this.#o;
    for (const run of await orphanedRuns(records, this.#clock.now())) this.#take(run);
    for (const plan of await listPlans(records)) {
      if (!plan.spec.suspended) await this.#guarded(`plan ${plan.name}`, () => this.#begin(plan));
    }
  }

  async #begin(plan: Plan): Promise<void> {
    const { records, client } = this.#o;
    const now = this.#clock.now();
    const due = dueBefore(plan.spec, now);
    if (due === undefined || due <= plan.updatedAt || now - due > LATEST_MS) return;
    if (((await latestDue(records, plan.name)) ?? 0) >= due) return;
    const { selector, hosts, checks, way, timeoutSeconds = TIMEOUT_SECONDS, keep = KEEP } = plan.spec;
    const narrow = { ...(selector !== undefined && { selector }), ...(hosts && { hosts }) };
    const scope = await (this.#o.scope?.(plan) ?? clusterScope(client, { ...narrow, clock: this.#clock }));
    const spec = { ...narrow, ...(checks && { checks }), ...(way && { way }) };
    const timeoutMs = timeoutSeconds * 1000;
    const run = await createRun(records, { plan: plan.name, dueAt: due, by: 'plan', now, timeoutMs, spec }, scope);
    if (run) this.#take(run);
    await keepRuns(records, plan.name, keep);
  }

  #take(run: Run): void {
    if (this.#working.has(run.id)) return;
    const ended = this.#guarded(`run ${run.id}`, () => this.#work(run)).finally(() => this.#working.delete(run.id));
    this.#working.set(run.id, ended);
  }

  async #work(run: Run): Promise<void> {
    const { client, records, signal, worker } = this.#o;
    const settings = this.#o.settings();
    const way = run.spec.way;
    const reach =
      this.#o.reach?.(run) ?? reachOf({ client, settings, ...(way === 'exec' || way === 'node' ? { way } : {}) });
    await work(run, { records, settings, signal, worker, reach, clock: this.#clock });
  }

  async #guarded(key: string, act: () => Promise<void>): Promise<void> {
    try {
      await act();
    } catch (error) {
      if (!this.#o.signal.aborted) this.#o.onError?.(key, error);
    }
  }
}

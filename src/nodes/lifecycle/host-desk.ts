/** Where people ask for another status of a host: which may follow, what each would mean, and then the change itself. */
import { JdosError } from '../../errors/index.ts';
import { type Clock, type KubeClient, NODES, type Node, PODS, systemClock } from '../../kube/index.ts';
import type { Records } from '../../records/index.ts';
import { applyHost } from './apply-host.ts';
import { HostBook, type HostState } from './host-book.ts';
import { STATUS } from './host-labels.ts';
import { type HostStatus, isHostStatus, mayFollow, nextStatuses } from './host-status.ts';
import { type InventoryHost, readInventory } from './inventory.ts';
import { nodePatch } from './node-wish.ts';
import { type HostFacts, missingFor, type TransitionRules } from './transition.ts';

export interface HostDeskOptions {
  readonly client: KubeClient;
  readonly records: Records;
  readonly clock?: Clock;
  readonly rules?: TransitionRules;
  /** Errors and Alarms of the host's last inspection; undefined while there was none. */
  readonly findings?: (host: string) => Promise<readonly string[] | undefined>;
}

/** One status that may follow, and what it would mean. */
export interface HostMove {
  readonly to: HostStatus;
  /** In words, what is not there yet; a person may say that it need not be. */
  readonly missing: readonly string[];
  /** The table leads straight back from there. */
  readonly undo: boolean;
  readonly effects: MoveEffects;
}

/** What would change on the Node. */
export interface MoveEffects {
  readonly unschedulable: boolean;
  readonly addedTaints: readonly string[];
  readonly removedTaints: readonly string[];
}

export interface HostPage {
  readonly state: HostState;
  /** Whether the book knows the host, or this is only what it would begin with. */
  readonly known: boolean;
  /** Nothing while an operation holds it. */
  readonly moves: readonly HostMove[];
}

export interface MoveWish {
  readonly actor: string;
  readonly reason: string;
  /** What is missing need not be there; the table holds all the same. */
  readonly force?: boolean;
  /** Of the host's state as the person saw it: whoever saw an older one is refused. */
  readonly version?: number;
}

export class HostDesk {
  readonly book: HostBook;
  readonly #o: HostDeskOptions;
  readonly #clock: Clock;

  constructor(options: HostDeskOptions) {
    this.#o = options;
    this.#clock = options.clock ?? systemClock;
    this.book = new HostBook(options.records, this.#clock);
  }

  /** Nothing is changed. */
  async look(host: string): Promise<HostPage> {
    const { node, state, known, facts, inventory } = await this.#scene(host);
    if (state.operation) return { state, known, moves: [] };
    const moves = nextStatuses(state.status).map((to) => ({
      to,
      missing: missingFor(facts, state.status, to, this.#o.rules),
      undo: mayFollow(to, state.status),
      effects: effectsOf(node, { ...state, status: to }, inventory),
    }));
    return { state, known, moves };
  }

  /**
   * Writes the change into the book and makes the Node look like it.
   * @throws JdosError JDOS_ERR_HOST_TRANSITION, JDOS_ERR_HOST_GUARD, JDOS_ERR_HOST_CHANGED, JDOS_ERR_MAINTENANCE_REFUSED
   */
  async move(host: string, to: HostStatus, wish: MoveWish): Promise<{ before: HostState; after: HostState }> {
    const { actor, reason, force = false, version } = wish;
    const { state, known, facts, inventory } = await this.#scene(host);
    if (state.operation)
      throw new JdosError('JDOS_ERR_MAINTENANCE_REFUSED', { host, reason: `operation ${state.operation} holds it` });
    if (version !== undefined && version !== state.version)
      throw new JdosError('JDOS_ERR_HOST_CHANGED', { host, status: state.status });
    const before = known ? state : await this.book.adopt(host, state.status, actor, 'taken over by hand');
    const change = { to, actor, reason, ...(force && { force }) };
    const after = await this.book.change(before, change, facts, this.#o.rules);
    await applyHost(host, { client: this.#o.client, book: this.book, clock: this.#clock, inventory });
    return { before, after };
  }

  async #scene(host: string): Promise<Scene> {
    const { client, records, findings } = this.#o;
    const [node, kept, inventory, pods, found] = await Promise.all([
      client.get(NODES, host),
      this.book.state(host),
      readInventory(records),
      podsOn(client, host),
      findings?.(host),
    ]);
    const label = node.metadata.labels?.[STATUS];
    const status = isHostStatus(label) ? label : 'registered';
    const state = kept ?? { host, status, version: 0, since: this.#clock.now(), actor: '', reason: '', pinned: false };
    const sinceMs = this.#clock.now() - state.since;
    const facts = { host, labels: { ...node.metadata.labels }, sinceMs, pods, findings: found };
    return { node, state, known: kept !== undefined, facts, inventory: inventory.get(host) };
  }
}

interface Scene {
  readonly node: Node;
  readonly state: HostState;
  readonly known: boolean;
  readonly facts: HostFacts;
  readonly inventory: InventoryHost | undefined;
}

/** DaemonSets' and static Pods stay with their host whatever becomes of it. */
async function podsOn(client: KubeClient, host: string): Promise<number> {
  const pods = await Array.fromAsync(client.listAll(PODS, { fieldSelector: `spec.nodeName=${host}` }));
  const own = pods.filter(
    ({ metadata }) => !metadata.ownerReferences?.some(({ kind }) => kind === 'DaemonSet' || kind === 'Node'),
  );
  return own.length;
}

function effectsOf(node: Node, state: HostState, inventory: InventoryHost | undefined): MoveEffects {
  const spec: Node['spec'] = { ...node.spec, ...nodePatch(node, state, inventory)?.spec };
  const keys = (taints: Node['spec']['taints']) => new Set(taints?.map(({ key }) => key));
  const [before, after] = [keys(node.spec.taints), keys(spec.taints)];
  return {
    unschedulable: spec.unschedulable === true,
    addedTaints: [...after.difference(before)],
    removedTaints: [...before.difference(after)],
  };
}

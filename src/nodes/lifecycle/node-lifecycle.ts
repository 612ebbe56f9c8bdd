/** Keeps every Node as its host's status and the inventory say, and takes the steps that nobody needs to ask for. */
import {
  type Clock,
  Controller,
  exponentialLimiter,
  Informer,
  ifFound,
  isConditionTrue,
  type KubeClient,
  NODES,
  type Node,
  sleep,
  systemClock,
} from '../../kube/index.ts';
import { appendAudit, type Records } from '../../records/index.ts';
import { applyHost, FIELD_MANAGER } from './apply-host.ts';
import type { UserOf } from './audit-editor.ts';
import { automaticStep } from './automatic.ts';
import { HostBook, type HostState } from './host-book.ts';
import { STATUS } from './host-labels.ts';
import { type HostStatus, isHostStatus } from './host-status.ts';
import { type InventoryHost, readInventory } from './inventory.ts';
import { nodeConditions, nodePatch } from './node-wish.ts';
import { mayTurnStorm, type Storm, stormsIn } from './storm.ts';
import { DEFAULT_RULES, type TransitionRules } from './transition.ts';

export interface NodeLifecycleOptions {
  readonly client: KubeClient;
  readonly records: Records;
  readonly signal: AbortSignal;
  readonly clock?: Clock;
  readonly rules?: TransitionRules;
  /** Errors and Alarms of the host's last inspection; undefined while there was none. */
  readonly findings?: (host: string) => Promise<readonly string[] | undefined>;
  /** Why the host may be unwell, in words. */
  readonly doubt?: (host: string) => string | undefined;
  /** Why nothing may happen by itself at the moment, in words. */
  readonly frozen?: () => string | undefined;
  /** Told once when nothing happens by itself any more, with the reason, and once when that is over. */
  readonly onFreeze?: (reason: string | undefined) => void;
  /** Who is behind an edit that a program has made; without an answer the program is named. */
  readonly userOf?: UserOf;
  /** How often the book is looked at for what other processes have written. @default 2_000 */
  readonly pollMs?: number;
  readonly onError?: (error: unknown, host: string) => void;
}

export interface NodeLifecycle {
  /** Zones in which nothing is decided by itself at the moment. */
  storms(): readonly Storm[];
  /** Look at this host again; for who has news of it. */
  look(host: string): void;
}

const ACTOR = 'jdos';

/** Resolves when all Nodes have been seen; ends with the signal. */
export async function startNodeLifecycle(options: NodeLifecycleOptions): Promise<NodeLifecycle> {
  const lifecycle = new Lifecycle(options);
  await lifecycle.start();
  return lifecycle;
}

class Lifecycle implements NodeLifecycle {
  readonly #o: NodeLifecycleOptions;
  readonly #clock: Clock;
  readonly #rules: TransitionRules;
  readonly #book: HostBook;
  readonly #nodes: Informer<Node>;
  readonly #controller: Controller;
  #states = new Map<string, HostState>();
  #inventory = new Map<string, InventoryHost>();
  #storms: readonly Storm[] | undefined;
  #mark = '';
  #froze = false;

  constructor(options: NodeLifecycleOptions) {
    this.#o = options;
    this.#clock = options.clock ?? systemClock;
    this.#rules = options.rules ?? DEFAULT_RULES;
    this.#book = new HostBook(options.records, this.#clock);
    const onError = (error: unknown) => options.onError?.(error, '');
    this.#nodes = new Informer(options.client, NODES, { clock: this.#clock, onError, transform: slim });
    this.#controller = new Controller({
      name: 'node-lifecycle',
      clock: this.#clock,
      concurrency: 8,
      limiter: exponentialLimiter(50, 60_000),
      reconcile: async (host) => this.#reconcile(host),
      onError: (error, host) => options.onError?.(error, host),
    });
  }

  storms(): readonly Storm[] {
    this.#storms ??= stormsIn(this.#nodes.list());
    return this.#storms;
  }

  look(host: string): void {
    this.#controller.enqueue(host);
  }

  async start(): Promise<void> {
    const { signal } = this.#o;
    this.#nodes.start(signal);
    await this.#nodes.synced(signal);
    await this.#readBook();
    const changed = (node: Node, old?: Node) => {
      if (!old || mayTurnStorm(node, old)) this.#storms = undefined;
      this.#controller.enqueue(node.metadata.name);
    };
    this.#nodes.onChange({ add: changed, update: changed, delete: changed });
    void this.#controller.start(signal);
    void this.#poll(signal);
  }

  async #poll(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await sleep(this.#clock, this.#o.pollMs ?? 2_000, signal).catch(() => undefined);
      if (signal.aborted) return;
      await this.#readBook().catch((error: unknown) => this.#o.onError?.(error, ''));
      await this.#tellFreeze().catch((error: unknown) => this.#o.onError?.(error, ''));
    }
  }

  /** Why nothing may be decided by itself, in words. */
  #freeze(): string | undefined {
    const [storm] = this.storms();
    if (!storm) return this.#o.frozen?.();
    return `the network of ${storm.down} of ${storm.hosts} hosts of zone ${storm.zone} is down`;
  }

  /** People must know that nobody watches over the hosts but them. */
  async #tellFreeze(): Promise<void> {
    const reason = this.#freeze();
    const freezes = reason !== undefined;
    if (freezes === this.#froze) return;
    const what = freezes ? { action: 'hosts.frozen', detail: { reason } } : { action: 'hosts.resumed', detail: {} };
    await appendAudit(this.#o.records, { at: this.#clock.now(), actor: ACTOR, object: 'hosts', ...what });
    this.#froze = freezes;
    this.#o.onFreeze?.(reason);
    // What was left undone meanwhile.
    if (!freezes) for (const { metadata } of this.#nodes.list()) this.#controller.enqueue(metadata.name);
  }

  /** Reads only when something has changed, and looks at those hosts that it concerns. */
  async #readBook(): Promise<void> {
    const mark = await this.#currentMark();
    if (mark === this.#mark) return;
    const [states, inventory] = [await this.#book.states(), await readInventory(this.#o.records)];
    for (const state of states) {
      if (this.#states.get(state.host)?.version !== state.version) this.#controller.enqueue(state.host);
    }
    for (const [host, entry] of inventory) {
      if (this.#inventory.get(host)?.updatedAt !== entry.updatedAt) this.#controller.enqueue(host);
    }
    this.#states = new Map(states.map((state) => [state.host, state]));
    this.#inventory = inventory;
    this.#mark = mark;
  }

  async #currentMark(): Promise<string> {
    const { db } = this.#o.records;
    const states = await db
      .selectFrom('host_state')
      .select(({ fn }) => [fn.countAll<number>().as('n'), fn.sum<number>('version').as('sum')])
      .executeTakeFirst();
    const inventory = await db
      .selectFrom('host_inventory')
      .select(({ fn }) => [fn.countAll<number>().as('n'), fn.max('updated_at').as('last')])
      .executeTakeFirst();
    return JSON.stringify([states, inventory]);
  }

  async #reconcile(host: string): Promise<{ requeueAfterMs: number } | undefined> {
    const node = this.#nodes.get(host);
    if (!node) return undefined;
    const inventory = this.#inventory.get(host);
    const adopted = this.#states.get(host) ?? (await this.#adopt(node, inventory));
    if (!adopted) return undefined;
    const state = await this.#step(node, adopted);
    if ((this.#states.get(host)?.version ?? 0) < state.version) this.#states.set(host, state);
    const again = state.status === 'testing' ? { requeueAfterMs: this.#rules.burnInMs / 10 } : undefined;
    await this.#noticeEdit(node, state);
    if (!nodePatch(node, state, inventory) && nodeConditions(node, state, this.#clock).length === 0) return again;
    const { client, signal } = this.#o;
    await applyHost(host, { client, book: this.#book, clock: this.#clock, inventory, node, signal });
    return again;
  }

  /**
   * A host with a status is taken over with it. One that only the inventory knows begins its life here, unless it was
   * at work before it was written down. All others are not ours.
   */
  async #adopt(node: Node, inventory: InventoryHost | undefined): Promise<HostState | undefined> {
    const { name, labels, creationTimestamp } = node.metadata;
    const known = await this.#book.state(name);
    if (known) return known;
    const label = labels?.[STATUS];
    if (isHostStatus(label)) return this.#book.adopt(name, label, ACTOR, 'taken over with its label');
    if (!inventory) return undefined;
    const atWork = isConditionTrue(node, 'Ready') && Date.parse(creationTimestamp) < (inventory.updatedAt ?? 0);
    const status: HostStatus = atWork ? 'ready' : 'registered';
    return this.#book.adopt(name, status, ACTOR, atWork ? 'was at work before it was written down' : 'is new');
  }

  async #step(node: Node, state: HostState): Promise<HostState> {
    if (this.#freeze() !== undefined) return state;
    const { name, labels = {} } = node.metadata;
    const sinceMs = this.#clock.now() - state.since;
    const findings = state.status === 'testing' ? await this.#o.findings?.(name) : undefined;
    const facts = { host: name, labels: { ...labels }, findings, sinceMs, pods: 0 };
    const step = automaticStep(state, facts, this.#o.doubt?.(name), this.#rules);
    if (!step) return state;
    const fresh = await this.#book.state(name);
    if (fresh && fresh.version !== state.version) return fresh;
    return this.#book.change(state, { ...step, actor: ACTOR, automatic: true }, facts, this.#rules);
  }

  /** Whoever has changed the label by hand is named in the audit; that it is put right follows anyway. */
  async #noticeEdit(seen: Node, state: HostState): Promise<void> {
    const label = seen.metadata.labels?.[STATUS];
    if (label === undefined || label === state.status) return;
    const { name } = seen.metadata;
    const node = await ifFound(this.#o.client.get(NODES, name));
    const edit = node && editOf(node, STATUS);
    const fresh = await this.#book.state(name);
    if (fresh?.version !== state.version) return;
    if (!edit || edit.manager === FIELD_MANAGER || node.metadata.labels?.[STATUS] === state.status) return;
    const { manager } = edit;
    const user = await this.#o.userOf?.({ host: name, ...edit }, this.#o.signal);
    const detail = { label: STATUS, found: label, restored: state.status, ...(user !== undefined && { by: manager }) };
    await appendAudit(this.#o.records, {
      at: this.#clock.now(),
      actor: user ?? manager,
      action: 'host.label-edited',
      object: `host/${name}`,
      detail,
    });
  }
}

interface ManagedFields {
  readonly manager?: string;
  readonly time?: string;
  readonly fieldsV1?: { readonly 'f:metadata'?: { readonly 'f:labels'?: Readonly<Record<string, unknown>> } };
}

/** The program that a label is by, and when it wrote last, as the API server has noted it. */
function editOf(node: Node, label: string): { manager: string; at: number } | undefined {
  const entries = (node.metadata.managedFields ?? []) as readonly ManagedFields[];
  const entry = entries.findLast((one) => one.fieldsV1?.['f:metadata']?.['f:labels']?.[`f:${label}`]);
  return entry?.manager === undefined ? undefined : { manager: entry.manager, at: Date.parse(entry.time ?? '') };
}

function slim(node: Node): Node {
  const { metadata, spec, status } = node;
  metadata.managedFields = undefined;
  return {
    metadata,
    spec: { taints: spec.taints, unschedulable: spec.unschedulable },
    status: { conditions: status?.conditions },
  } as Node;
}

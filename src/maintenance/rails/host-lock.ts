/**
 * One Lease a host says which operation holds it; a gate (one ConfigMap) is replaced with each that is taken, so that of
 * two who judge the budgets at the same time one has to judge anew, whichever process and whichever records they use.
 */
import {
  type Clock,
  CONFIG_MAPS,
  type ConfigMap,
  isStatus,
  type KubeClient,
  LEASES,
  type Lease,
  NAMESPACES,
  NODES,
  type Node,
  rfc3339Micro,
} from '../../kube/index.ts';
import { refusal } from '../ledger.ts';
import { type BudgetRules, budgetRefusals } from './budget.ts';

export const LOCK_NAMESPACE = 'jdos-system';
const HELD = 'jdos.jd.com/maintenance';
const GATE = 'maintenance-gate';
/** A lease that nobody has renewed for so long counts for nothing. */
export const LEASE_SECONDS = 3600;

export interface HostLockOptions {
  readonly client: KubeClient;
  readonly clock: Clock;
  /** Read anew whenever they are needed. @default the usual ones */
  readonly budgets?: () => Promise<BudgetRules>;
  readonly signal?: AbortSignal;
}

export class HostLock {
  readonly #o: HostLockOptions;

  constructor(options: HostLockOptions) {
    this.#o = options;
  }

  /**
   * Takes the host for the operation, or finds that it is taken by it already.
   * @throws JdosError JDOS_ERR_MAINTENANCE_REFUSED naming every budget that is full, or the holder
   */
  async take(host: string, operation: string): Promise<void> {
    await this.#ensureNamespace();
    for (;;) {
      const gate = await this.#gate();
      const { held, nodes } = await this.#scene();
      if (held.get(host) === operation) return;
      await this.#judge(host, nodes, held);
      await this.#write(host, operation);
      if (await this.#pass(gate, host)) return;
      await this.release(host, operation);
    }
  }

  /** Hosts that are held now, and by which operation. */
  async held(): Promise<Map<string, string>> {
    const leases = await Array.fromAsync(
      this.#o.client.listAll(LEASES, { namespace: LOCK_NAMESPACE, labelSelector: HELD, ...this.#signal() }),
    );
    return new Map(leases.filter((lease) => this.#isAlive(lease)).map((lease) => [hostOf(lease), holderOf(lease)]));
  }

  /** False when the lease is no longer the operation's. */
  async renew(host: string, operation: string): Promise<boolean> {
    try {
      const lease = await this.#o.client.get(LEASES, nameOf(host), { namespace: LOCK_NAMESPACE, ...this.#signal() });
      if (holderOf(lease) !== operation) return false;
      const spec = { ...lease.spec, renewTime: this.#now() };
      await this.#o.client.replace(LEASES, { ...lease, spec }, this.#signal());
      return true;
    } catch (error) {
      if (isStatus(error, 'NotFound', 'Conflict')) return false;
      throw error;
    }
  }

  /** Gives the host free if the operation holds it. */
  async release(host: string, operation: string): Promise<void> {
    try {
      const lease = await this.#o.client.get(LEASES, nameOf(host), { namespace: LOCK_NAMESPACE, ...this.#signal() });
      if (holderOf(lease) !== operation) return;
      const { uid, resourceVersion } = lease.metadata;
      const preconditions = { uid, resourceVersion };
      await this.#o.client.delete(LEASES, nameOf(host), {
        namespace: LOCK_NAMESPACE,
        preconditions,
        ...this.#signal(),
      });
    } catch (error) {
      if (!isStatus(error, 'NotFound', 'Conflict')) throw error;
    }
  }

  /** Why the host could not be taken now; nothing when it could. For previews. */
  async refusals(host: string): Promise<string[]> {
    const { held, nodes } = await this.#scene();
    const node = nodes.find(({ metadata }) => metadata.name === host);
    const holder = held.get(host);
    if (holder !== undefined) return [`operation ${holder} holds it`];
    return node
      ? budgetRefusals(node, nodes, new Set(held.keys()), await this.#o.budgets?.())
      : [`there is no Node ${host}`];
  }

  async #judge(host: string, nodes: readonly Node[], held: ReadonlyMap<string, string>): Promise<void> {
    const holder = held.get(host);
    if (holder !== undefined) throw refusal(host, `operation ${holder} holds it`);
    const node = nodes.find(({ metadata }) => metadata.name === host);
    if (!node) throw refusal(host, 'there is no such Node');
    const refusals = budgetRefusals(node, nodes, new Set(held.keys()), await this.#o.budgets?.());
    if (refusals.length > 0) throw refusal(host, refusals.join('; '));
  }

  async #scene(): Promise<{ held: Map<string, string>; nodes: Node[] }> {
    const [held, nodes] = await Promise.all([
      this.held(),
      Array.fromAsync(this.#o.client.listAll(NODES, this.#signal())),
    ]);
    return { held, nodes };
  }

  /** A lease of another that has lapsed is taken over. */
  async #write(host: string, operation: string): Promise<void> {
    const spec = {
      holderIdentity: operation,
      leaseDurationSeconds: LEASE_SECONDS,
      acquireTime: this.#now(),
      renewTime: this.#now(),
    };
    const metadata = { namespace: LOCK_NAMESPACE, name: nameOf(host), labels: { [HELD]: 'true' } };
    try {
      await this.#o.client.create(LEASES, { metadata, spec }, this.#signal());
    } catch (error) {
      if (!isStatus(error, 'AlreadyExists')) throw error;
      const lapsed = await this.#o.client.get(LEASES, nameOf(host), { namespace: LOCK_NAMESPACE, ...this.#signal() });
      if (holderOf(lapsed) === operation) return;
      if (this.#isAlive(lapsed)) throw refusal(host, `operation ${holderOf(lapsed)} holds it`, { cause: error });
      await this.#o.client.replace(LEASES, { ...lapsed, spec }, this.#signal());
    }
  }

  #isAlive({ spec }: Lease): boolean {
    const renewed = Date.parse(spec.renewTime ?? '');
    return Boolean(spec.holderIdentity) && this.#o.clock.now() < renewed + (spec.leaseDurationSeconds ?? 0) * 1000;
  }

  async #gate(): Promise<ConfigMap> {
    const draft = { metadata: { namespace: LOCK_NAMESPACE, name: GATE }, data: {} };
    try {
      return await this.#o.client.get(CONFIG_MAPS, GATE, { namespace: LOCK_NAMESPACE, ...this.#signal() });
    } catch (error) {
      if (!isStatus(error, 'NotFound')) throw error;
    }
    try {
      return await this.#o.client.create(CONFIG_MAPS, draft, this.#signal());
    } catch (error) {
      if (!isStatus(error, 'AlreadyExists')) throw error;
      return this.#gate();
    }
  }

  /** False when somebody else has passed since `gate` was read. */
  async #pass(gate: ConfigMap, host: string): Promise<boolean> {
    try {
      const data = { 'last-host': host, 'last-time': this.#now() };
      await this.#o.client.replace(CONFIG_MAPS, { ...gate, data }, this.#signal());
      return true;
    } catch (error) {
      if (isStatus(error, 'Conflict', 'NotFound')) return false;
      throw error;
    }
  }

  async #ensureNamespace(): Promise<void> {
    try {
      await this.#o.client.create(NAMESPACES, { metadata: { name: LOCK_NAMESPACE }, spec: {} }, this.#signal());
    } catch (error) {
      if (!isStatus(error, 'AlreadyExists')) throw error;
    }
  }

  #signal(): { signal?: AbortSignal } {
    return this.#o.signal ? { signal: this.#o.signal } : {};
  }

  #now(): string {
    return rfc3339Micro(this.#o.clock.now());
  }
}

function nameOf(host: string): string {
  return `maintenance-${host}`;
}

function hostOf({ metadata }: Lease): string {
  return metadata.name.slice('maintenance-'.length);
}

function holderOf({ spec }: Lease): string {
  return spec.holderIdentity ?? '';
}

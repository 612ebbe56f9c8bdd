/** Keeps the views of the scopes that are in use, and takes away those that nobody has used for long. */
import type { Engine } from '../../engine/index.ts';
import type { Clock } from '../../kube/index.ts';
import { type Scope, scopeStatements } from './scope.ts';

/** Scopes that are kept. */
const MANY = 64;

/** A scope that has views, and for whom. */
export interface ScopeUse {
  readonly scope: Scope;
  readonly users: Set<string>;
  askedAt: number;
}

export class ScopeViews {
  readonly #engine: Engine;
  readonly #clock: Clock;
  #made = new Map<string, Promise<void>>();
  readonly #uses = new Map<string, ScopeUse>();

  constructor(engine: Engine, clock: Clock) {
    this.#engine = engine;
    this.#clock = clock;
  }

  /** Scopes that are kept, those of longest ago first. */
  get uses(): readonly ScopeUse[] {
    return [...this.#uses.values()];
  }

  /** The engine has forgotten everything. */
  reset(): void {
    this.#made.clear();
    this.#uses.clear();
  }

  /** Resolves when the scope's views are there for this user. */
  async ready(scope: Scope, user: string): Promise<void> {
    this.#note(scope, user);
    const known = this.#made.get(scope.id);
    const made = known ?? this.#make(scope);
    this.#made.delete(scope.id);
    this.#made.set(scope.id, made);
    await made;
    if (!known) await this.#tidy();
  }

  #note(scope: Scope, user: string): void {
    const use = this.#uses.get(scope.id) ?? { scope, users: new Set(), askedAt: 0 };
    use.users.add(user);
    use.askedAt = this.#clock.now();
    this.#uses.delete(scope.id);
    this.#uses.set(scope.id, use);
  }

  async #make(scope: Scope): Promise<void> {
    try {
      await this.#engine.write({ appends: [], statements: [`ATTACH IF NOT EXISTS ':memory:' AS scope_${scope.id}`] });
      await this.#engine.write({ appends: [], statements: scopeStatements(scope) });
    } catch (error) {
      this.#made.delete(scope.id);
      throw error;
    }
  }

  async #tidy(): Promise<void> {
    while (this.#made.size > MANY) {
      const [oldest] = this.#made.keys();
      this.#made.delete(oldest!);
      this.#uses.delete(oldest!);
      await this.#engine
        .write({ appends: [], statements: [`DETACH DATABASE IF EXISTS scope_${oldest}`] })
        .catch(() => undefined);
    }
  }
}

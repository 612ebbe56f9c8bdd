/** Keeps the views of the scopes that are in use, and takes away those that nobody has used for long. */
import type { Engine } from '../../engine/index.ts';
import { type Scope, scopeStatements } from './scope.ts';

/** Scopes that are kept. */
const MANY = 64;

export class ScopeViews {
  readonly #engine: Engine;
  #made = new Map<string, Promise<void>>();

  constructor(engine: Engine) {
    this.#engine = engine;
  }

  /** The engine has forgotten everything. */
  reset(): void {
    this.#made.clear();
  }

  /** Resolves when the scope's views are there. */
  async ready(scope: Scope): Promise<void> {
    const known = this.#made.get(scope.id);
    const made = known ?? this.#make(scope);
    this.#made.delete(scope.id);
    this.#made.set(scope.id, made);
    await made;
    if (!known) await this.#tidy();
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
      await this.#engine
        .write({ appends: [], statements: [`DETACH DATABASE IF EXISTS scope_${oldest}`] })
        .catch(() => undefined);
    }
  }
}

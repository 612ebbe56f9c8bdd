/** How a part of Kubernetes' CEL functions is added to an environment. */
import type { Environment } from '@marcbachmann/cel-js';

// biome-ignore lint/suspicious/noExplicitAny: the checker has proved the arguments' types by the signature
export type Arguments = any[];

export type Functions = Readonly<Record<string, (...args: Arguments) => unknown>>;

export interface Library {
  /** Opaque types: name and class. */
  readonly types?: Readonly<Record<string, new (...args: Arguments) => object>>;
  /** Names before a dot, as in `sets.contains(…)`: the name and its type, which must be one of `types`. */
  readonly namespaces?: Readonly<Record<string, string>>;
  /** By signature, as in `list<int>.sum(): int`. */
  readonly functions: Functions;
  /** Equality of opaque types. */
  readonly equal?: Readonly<Record<string, (a: Arguments[0], b: Arguments[0]) => boolean>>;
}

export function addLibrary(
  environment: Environment,
  { types = {}, namespaces = {}, functions, equal = {} }: Library,
): void {
  for (const [name, ctor] of Object.entries(types)) environment.registerType(name, { ctor, fields: {} });
  for (const [name, type] of Object.entries(namespaces)) environment.registerConstant(name, type, new types[type]!());
  for (const [signature, handler] of Object.entries(functions)) environment.registerFunction(signature, handler);
  for (const [type, handler] of Object.entries(equal)) environment.registerOperator(`${type} == ${type}`, handler);
}

/** What cel-js gives to macros, which it does not declare: the call as parsed, the checker, the evaluator, scopes. */
import type { TypeDeclaration } from '@marcbachmann/cel-js';

export interface Scope {
  forkWithVariable(name: string, type: TypeDeclaration): Fork;
}

export interface Fork extends Scope {
  reuse(parent: Scope): Fork;
  setIterValue(value: unknown, evaluator: Evaluator): Fork;
}

export interface Checker {
  check(node: Node, scope: Scope): TypeDeclaration;
  getType(name: string): TypeDeclaration;
  createError(code: string, message: string, node: Node): Error;
}

export interface Evaluator {
  run(node: Node, scope: Scope): unknown;
  /** The type of a value; `fieldLazy` gives undefined for a field that is not there. */
  debugType(value: unknown): {
    fieldLazy(value: unknown, name: string, node: Node, evaluator: Evaluator): unknown;
  };
}

export interface Node {
  readonly op: string;
  readonly args: unknown;
}

export interface Call {
  readonly receiver: Node;
  readonly args: readonly Node[];
}

export interface Macro {
  typeCheck(checker: Checker, macro: Macro, scope: Scope): TypeDeclaration;
  evaluate(evaluator: Evaluator, macro: Macro, scope: Scope): unknown;
}

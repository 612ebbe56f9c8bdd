/** `has(a.b)` for any `a`; the package's own macro knows only rows of names. */
import type { Environment } from '@marcbachmann/cel-js';
import type { Call, Checker, Evaluator, Macro, Node, Scope } from './macro.ts';

/** As long as `has`, so that places in the text stay. */
const NAME = 'haz';

/** The expression as the environment of {@link addPresence} takes it. */
export function withPresence(expression: string): string {
  return expression.replace(TOKENS, (token) => (token.startsWith('has') ? `${NAME}${token.slice(3)}` : token));
}

/** Strings are left alone: raw ones, triple ones, plain ones; then the word itself. */
const TOKENS =
  /[rR]?[bB]?"""[\s\S]*?"""|[rR]?[bB]?'''[\s\S]*?'''|[rR]"[^"]*"|[rR]'[^']*'|"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|(?<![\w.])has(?=\s*\()/g;

export function addPresence(environment: Environment): void {
  environment.registerFunction(`${NAME}(ast): bool`, ({ args }: Call) => presence(args[0]!));
}

function presence(field: Node): Macro {
  return {
    typeCheck(checker: Checker, _macro, scope: Scope) {
      if (field.op !== '.' && field.op !== '.?') {
        throw checker.createError('invalid_macro_argument', 'invalid argument to has() macro', field);
      }
      checker.check(field, scope);
      return checker.getType('bool');
    },
    evaluate(evaluator: Evaluator, _macro, scope: Scope) {
      const [operand, name] = field.args as [Node, string];
      const found: unknown = evaluator.run(operand, scope);
      return evaluator.debugType(found).fieldLazy(found, name, field, evaluator) !== undefined;
    },
  };
}

/** Comprehensions over index and value, or key and value: `list.all(i, v, …)`, `map.exists(k, v, …)`. */
import type { Environment, TypeDeclaration } from '@marcbachmann/cel-js';
import type { Call, Checker, Fork, Macro, Node } from './macro.ts';

type Pair = readonly [unknown, unknown];
/** Sees each pair with a way to evaluate the bodies at it, and gives the result. */
type Fold = (pairs: readonly Pair[], at: (pair: Pair, body: number) => unknown) => unknown;

const MACROS: readonly (readonly [string, string, Fold])[] = [
  ['all(ast, ast, ast)', 'bool', (pairs, at) => pairs.every((pair) => at(pair, 0))],
  ['exists(ast, ast, ast)', 'bool', (pairs, at) => pairs.some((pair) => at(pair, 0))],
  ['existsOne(ast, ast, ast)', 'bool', (pairs, at) => pairs.filter((pair) => at(pair, 0)).length === 1],
  ['transformList(ast, ast, ast)', 'list<dyn>', (pairs, at) => pairs.map((pair) => at(pair, 0))],
  [
    'transformList(ast, ast, ast, ast)',
    'list<dyn>',
    (pairs, at) => pairs.filter((pair) => at(pair, 0)).map((pair) => at(pair, 1)),
  ],
  ['transformMap(ast, ast, ast)', 'map<dyn, dyn>', (pairs, at) => new Map(pairs.map((pair) => [pair[0], at(pair, 0)]))],
  [
    'transformMap(ast, ast, ast, ast)',
    'map<dyn, dyn>',
    (pairs, at) => new Map(pairs.filter((pair) => at(pair, 0)).map((pair) => [pair[0], at(pair, 1)])),
  ],
];

export function addPairMacros(environment: Environment): void {
  for (const [form, type, fold] of MACROS) {
    for (const receiver of ['list', 'map']) {
      environment.registerFunction(`${receiver}.${form}: ${type}`, (call: Call) => macroOf(call, type, fold));
    }
  }
}

function macroOf({ receiver, args }: Call, type: string, fold: Fold): Macro {
  const [key, value, ...bodies] = args as [Node, Node, ...Node[]];
  let outer: Fork | undefined;
  let inner: Fork | undefined;
  return {
    typeCheck(checker, _macro, scope) {
      const [keyType, valueType] = pairTypes(checker, checker.check(receiver, scope));
      outer = scope.forkWithVariable(nameOf(checker, key), keyType);
      inner = outer.forkWithVariable(nameOf(checker, value), valueType);
      for (const body of bodies) checker.check(body, inner);
      return checker.getType(type);
    },
    evaluate(evaluator, _macro, scope) {
      const at = ([k, v]: Pair, body: number) => {
        const place = outer!.reuse(scope).setIterValue(k, evaluator);
        return evaluator.run(bodies[body]!, inner!.reuse(place).setIterValue(v, evaluator));
      };
      return fold(pairsOf(evaluator.run(receiver, scope)), at);
    },
  };
}

function pairTypes(checker: Checker, range: TypeDeclaration): [TypeDeclaration, TypeDeclaration] {
  const dyn = checker.getType('dyn');
  if (range.kind === 'list') return [checker.getType('int'), range.valueType ?? dyn];
  return range.kind === 'map' ? [range.keyType ?? dyn, range.valueType ?? dyn] : [dyn, dyn];
}

function nameOf(checker: Checker, node: Node): string {
  if (node.op !== 'id') throw checker.createError('invalid_macro_argument', 'argument must be a simple name', node);
  return node.args as string;
}

function pairsOf(range: unknown): Pair[] {
  if (Array.isArray(range)) return range.map((value, i) => [BigInt(i), value]);
  return range instanceof Map ? [...range] : Object.entries(range as object);
}

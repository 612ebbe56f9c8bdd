/** The most that an expression can cost, counted as Kubernetes counts: about one for each step and tenth of text read. */
import type { ASTNode } from '@marcbachmann/cel-js';
import { type Extent, extent, SINGLE, UNBOUNDED } from './extent.ts';

/** What the variables of an expression hold. */
export type Scope = ReadonlyMap<string, Extent>;

interface Estimate {
  readonly cost: number;
  readonly extent: Extent;
}

const TEXT = 0.1;
const REGEX = 0.25;
const NEW_LIST = 10;
const NEW_MAP = 30;
/** Size by which named formats are judged, as they hide a regular expression. */
const FORMAT_SIZE = 32;

type Node = { readonly op: string; readonly args: unknown };

/** @param ast as parsed, before it is checked or run: the macros are still calls */
export function costOf(ast: ASTNode, scope: Scope): number {
  return estimate(ast as Node, scope).cost;
}

function estimate(node: Node, scope: Scope): Estimate {
  const args = node.args as Node[];
  switch (node.op) {
    case 'value':
      return { cost: 0, extent: extent(typeof node.args === 'string' ? Math.max(1, Buffer.byteLength(node.args)) : 1) };
    case 'id':
      return { cost: 1, extent: scope.get(node.args as unknown as string) ?? UNBOUNDED };
    case '.':
    case '.?':
      return select(args as unknown as [Node, string], scope);
    case '[]':
    case '[?]':
      return index(args, scope);
    case 'call':
      return call(node.args as [string, Node[]], scope);
    case 'rcall':
      return method(node.args as [string, Node, Node[]], scope);
    case 'list':
      return literal(args, NEW_LIST, scope);
    case 'map':
      return literal((node.args as [Node, Node][]).flat(), NEW_MAP, scope);
    case '?:':
      return choice(args, scope);
    default:
      return operator(node.op, Array.isArray(args) ? args : [args], scope);
  }
}

function select([operand, name]: [Node, string], scope: Scope): Estimate {
  const { cost, extent: inner } = estimate(operand, scope);
  return { cost: cost + 1, extent: inner.field(name) };
}

function index([operand, key]: Node[], scope: Scope): Estimate {
  const [left, right] = [estimate(operand!, scope), estimate(key!, scope)];
  return { cost: left.cost + right.cost + 1, extent: left.extent.items };
}

function literal(parts: readonly Node[], own: number, scope: Scope): Estimate {
  const inner = parts.map((part) => estimate(part, scope));
  const largest = inner.reduce((most, each) => (each.extent.size > most.size ? each.extent : most), SINGLE);
  return { cost: own + costs(inner), extent: extent(Math.max(1, parts.length), largest) };
}

function choice([condition, yes, no]: Node[], scope: Scope): Estimate {
  const [left, right] = [estimate(yes!, scope), estimate(no!, scope)];
  const larger = left.extent.size >= right.extent.size ? left.extent : right.extent;
  return { cost: estimate(condition!, scope).cost + Math.max(left.cost, right.cost), extent: larger };
}

function operator(op: string, operands: readonly Node[], scope: Scope): Estimate {
  const inner = operands.map((each) => estimate(each, scope));
  const before = costs(inner);
  const [left = SINGLE, right = SINGLE] = inner.map((each) => each.extent);
  switch (op) {
    case '&&':
    case '||':
      return { cost: before, extent: SINGLE };
    case '==':
    case '!=':
    case '<':
    case '<=':
    case '>':
    case '>=':
      return { cost: before + part(Math.min(left.size, right.size)), extent: SINGLE };
    case '+':
      return { cost: before + part(left.size + right.size), extent: extent(left.size + right.size, left.items) };
    case 'in':
      return { cost: before + (right.isMap ? 1 : right.size), extent: SINGLE };
    default:
      return { cost: before + 1, extent: SINGLE };
  }
}

/** Functions that read all of their text. */
const READERS = new Set(['url', 'ip', 'isIP', 'cidr', 'isCIDR', 'quantity', 'isQuantity', 'semver', 'isSemver']);

/** Functions: `size(x)`, `has(x.y)`, `string(x)`, `quantity(x)`. */
function call([name, args]: [string, Node[]], scope: Scope): Estimate {
  if (name === 'has') return { cost: estimate(args[0]!, scope).cost - 1, extent: SINGLE };
  const inner = args.map((each) => estimate(each, scope));
  const before = costs(inner);
  const target = inner[0]?.extent ?? SINGLE;
  if (name === 'dyn') return { cost: before + 1, extent: target };
  if (READERS.has(name)) return { cost: before + part(target.size), extent: target };
  return { cost: before + 1, extent: name === 'string' || name === 'bytes' ? UNBOUNDED : SINGLE };
}

/** Per element: what the loop itself costs beside its body. */
const LOOPS: Readonly<Record<string, number>> = {
  all: 3,
  exists: 4,
  exists_one: 2,
  existsOne: 2,
  filter: 13,
  map: 12,
  transformList: 12,
  transformMap: 32,
};

function method([name, receiver, args]: [string, Node, Node[]], scope: Scope): Estimate {
  const overhead = LOOPS[name];
  if (overhead !== undefined && args.length >= 2 && args[0]!.op === 'id') {
    return loop(name, overhead, receiver, args, scope);
  }
  const target = estimate(receiver, scope);
  const inner = args.map((each) => estimate(each, scope));
  const before = target.cost + costs(inner);
  if (receiver.op === 'id' && String(receiver.args) === 'sets') return setsCost(inner);
  const own = methodCost(name, target.extent, inner[0]?.extent ?? SINGLE);
  return { cost: before + own, extent: resultOf(name, target.extent, inner[0]?.extent ?? SINGLE) };
}

/** `sets.contains(a, b)` compares each with each. */
function setsCost(inner: readonly Estimate[]): Estimate {
  const [a = SINGLE, b = SINGLE] = inner.map((each) => each.extent);
  return { cost: costs(inner) + a.size * b.size, extent: SINGLE };
}

function loop(name: string, overhead: number, receiver: Node, args: readonly Node[], scope: Scope): Estimate {
  const range = estimate(receiver, scope);
  const variables = new Map(scope);
  const pair = args.length >= 3 && args[1]!.op === 'id' && (name !== 'map' || args.length > 3);
  const element = range.extent.isMap && !pair ? range.extent.keys : range.extent.items;
  variables.set(String(args[0]!.args), pair ? SINGLE : element);
  if (pair) variables.set(String(args[1]!.args), range.extent.items);
  const bodies = args.slice(pair ? 2 : 1).map((body) => estimate(body, variables));
  const cost = range.cost + range.extent.size * (overhead + costs(bodies)) + 1;
  const made = name === 'filter' ? element : (bodies.at(-1)?.extent ?? SINGLE);
  const isList = name === 'map' || name === 'filter' || name.startsWith('transform');
  return { cost, extent: isList ? extent(range.extent.size, made) : SINGLE };
}

function methodCost(name: string, target: Extent, argument: Extent): number {
  switch (name) {
    case 'matches':
    case 'find':
    case 'findAll':
      return part(target.size + 1) * Math.ceil(argument.size * REGEX);
    case 'contains':
      return part(target.size) * part(argument.size);
    case 'startsWith':
    case 'endsWith':
      return part(argument.size);
    case 'validate':
      return Math.ceil(part(argument.size) * FORMAT_SIZE);
    case 'isSorted':
    case 'sum':
    case 'min':
    case 'max':
      return target.size;
    case 'indexOf':
    case 'lastIndexOf':
      return target.isList ? target.size * part(argument.size) : part(target.size);
    case 'replace':
    case 'split':
      return part(2 * target.size);
    case 'substring':
    case 'lowerAscii':
    case 'upperAscii':
    case 'trim':
    case 'format':
      return part(target.size);
    case 'containsIP':
    case 'containsCIDR':
      return 4 + part(argument.size);
    case 'join':
      return part(target.size * (target.items.size + argument.size));
    default:
      return 1;
  }
}

function resultOf(name: string, target: Extent, argument: Extent): Extent {
  switch (name) {
    case 'split':
    case 'findAll':
      return extent(target.size, extent(target.size));
    case 'replace':
      return extent(target.size * Math.max(1, argument.size));
    case 'format':
      return UNBOUNDED;
    case 'join':
      return extent(target.size * (target.items.size + argument.size));
    case 'find':
    case 'substring':
    case 'lowerAscii':
    case 'upperAscii':
    case 'trim':
    case 'orValue':
    case 'value':
      return target;
    default:
      return SINGLE;
  }
}

function part(size: number): number {
  return Math.ceil(size * TEXT);
}

function costs(estimates: readonly Estimate[]): number {
  return estimates.reduce((sum, each) => sum + each.cost, 0);
}

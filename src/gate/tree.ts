/**
 * Walks a statement's tree, as DuckDB's own parser gives it, and lets nothing by that is not on a list: kinds of nodes,
 * tables, functions. What it does not know it refuses.
 */
import { ALLOWED_FUNCTIONS, ALLOWED_TABLE_FUNCTIONS } from './functions.ts';
import { forbidden } from './refusal.ts';

type Node = Readonly<Record<string, unknown>>;

export interface TableName {
  readonly schema: string;
  readonly name: string;
  /** In bytes from the text's beginning. */
  readonly at: number | undefined;
}

export interface Findings {
  /** Tables that the statement reads, other than those it defines itself. */
  readonly tables: readonly TableName[];
  readonly functions: readonly Node[];
}

const QUERIES = new Set(['SELECT_NODE', 'SET_OPERATION_NODE', 'RECURSIVE_CTE_NODE', 'CTE_NODE']);
const SOURCES = new Set(['BASE_TABLE', 'JOIN', 'SUBQUERY', 'EMPTY', 'EXPRESSION_LIST', 'TABLE_FUNCTION', 'PIVOT']);
const EXPRESSIONS = new Set([
  'BETWEEN',
  'CASE',
  'CAST',
  'COLLATE',
  'COLUMN_REF',
  'COMPARISON',
  'CONJUNCTION',
  'CONSTANT',
  'FUNCTION',
  'LAMBDA',
  'LAMBDA_REF',
  'OPERATOR',
  'PARAMETER',
  'POSITIONAL_REFERENCE',
  'STAR',
  'SUBQUERY',
  'TYPE',
  'WINDOW',
]);
/** Names under which the engine tells of itself; a query may not define its own of that name, to hide behind. */
const SYSTEM = /^(duckdb_|pragma_|sqlite_|pg_|information_schema$)/;
/** A list longer than that is made by nobody who means well. */
const LONGEST_RANGE = 1_000_000;

/** @throws EngineError for what is not allowed */
export function inspect(tree: unknown): Findings {
  const walk = new Walk();
  walk.visit(tree, new Set());
  return walk;
}

class Walk implements Findings {
  readonly tables: TableName[] = [];
  readonly functions: Node[] = [];

  visit(value: unknown, defined: ReadonlySet<string>): void {
    if (Array.isArray(value)) for (const part of value) this.visit(part, defined);
    else if (isNode(value)) this.#visitNode(value, defined);
  }

  #visitNode(node: Node, outer: ReadonlySet<string>): void {
    const defined = this.#definitions(node, outer);
    if ('class' in node) this.#expression(node);
    else if (typeof node.type === 'string' && node.type.endsWith('_NODE')) known(QUERIES, node.type, 'query');
    else if (isSource(node)) this.#source(node, defined);
    for (const [key, part] of Object.entries(node)) if (key !== 'cte_map') this.visit(part, defined);
  }

  /** A definition sees those before it, and itself if it is recursive; what follows sees all. */
  #definitions(node: Node, outer: ReadonlySet<string>): ReadonlySet<string> {
    const map = isNode(node.cte_map) && Array.isArray(node.cte_map.map) ? (node.cte_map.map as readonly Node[]) : [];
    const defined = new Set(outer);
    for (const { key, value } of map) {
      const name = String(key).toLowerCase();
      if (SYSTEM.test(name)) throw forbidden(`a query may not define a table named "${name}"`);
      const recursive = JSON.stringify(value).includes('"RECURSIVE_CTE_NODE"');
      this.visit(value, recursive ? new Set([...defined, name]) : defined);
      defined.add(name);
    }
    return defined;
  }

  #source(node: Node, defined: ReadonlySet<string>): void {
    const type = String(node.type);
    known(SOURCES, type, 'source of rows');
    if (type === 'TABLE_FUNCTION') this.#tableFunction(node);
    if (type !== 'BASE_TABLE') return;
    const [catalog, schema, name] = [node.catalog_name, node.schema_name, node.table_name].map((part) =>
      String(part ?? ''),
    );
    if (catalog)
      throw forbidden(`"${catalog}" is not among what you may read; a table is named by itself or with its schema`);
    if (node.at_clause) throw forbidden('AT is refused: tables are read as they are now');
    if (!schema && defined.has(name!.toLowerCase())) return;
    this.tables.push({ schema: schema!, name: name!, at: placeOf(node) });
  }

  #tableFunction(node: Node): void {
    const call = isNode(node.function) ? node.function : {};
    const name = String(call.function_name ?? '').toLowerCase();
    if (!ALLOWED_TABLE_FUNCTIONS.has(name) || call.schema || call.catalog) {
      throw forbidden(`function "${name}" is not among those that may give rows`, { position: placeOf(node) });
    }
    const series = name === 'range' || name === 'generate_series';
    if (series && !bounded(call.children)) {
      throw forbidden(`${name} needs constant bounds of at most ${LONGEST_RANGE} here`, { position: placeOf(node) });
    }
  }

  #expression(node: Node): void {
    const kind = String(node.class);
    known(EXPRESSIONS, kind, 'expression');
    if (kind !== 'FUNCTION' && kind !== 'WINDOW') return;
    const name = String(node.function_name ?? '').toLowerCase();
    const plain =
      (!node.schema || node.schema === 'main' || node.schema === 'pg_catalog') &&
      (!node.catalog || node.catalog === 'system');
    if (!plain || !(ALLOWED_FUNCTIONS.has(name) || ALLOWED_TABLE_FUNCTIONS.has(name))) {
      throw forbidden(`function "${name}" is not among those that may be called`, { position: placeOf(node) });
    }
    this.functions.push(node);
  }
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** References to tables carry a sample and an alias; nothing else carries both. */
function isSource(node: Node): boolean {
  return 'sample' in node && 'alias' in node && 'type' in node;
}

function known(list: ReadonlySet<string>, name: string, what: string): void {
  if (!list.has(name)) throw forbidden(`this ${what} (${name}) is not among those that are answered`);
}

/** Times as bounds have no size to speak of; a time that is a column has none at all. */
function bounded(children: unknown): boolean {
  if (!Array.isArray(children)) return false;
  const numbers = children.map(constantOf);
  if (numbers.some((number) => number === undefined)) return children.every(constantTime);
  const [from, to, step] = numbers.length === 1 ? [0, numbers[0]!, 1] : [numbers[0]!, numbers[1]!, numbers[2] ?? 1];
  return step !== 0 && Math.abs((to - from) / step) <= LONGEST_RANGE;
}

function constantOf(node: unknown): number | undefined {
  if (!isNode(node)) return undefined;
  if (node.class === 'CONSTANT' && isNode(node.value)) {
    const { value } = node.value;
    return typeof value === 'number' ? value : undefined;
  }
  const minus = node.class === 'FUNCTION' && node.function_name === '-' && Array.isArray(node.children);
  const inner =
    minus && (node.children as readonly unknown[]).length === 1
      ? constantOf((node.children as unknown[])[0])
      : undefined;
  return inner === undefined ? undefined : -inner;
}

/** Nothing but constants and casts: DuckDB itself bounds what a series of times may be. */
function constantTime(node: unknown): boolean {
  const text = JSON.stringify(node);
  return !text.includes('"COLUMN_REF"') && !text.includes('"SUBQUERY"') && text.includes('"CAST"');
}

function placeOf(node: Node): number | undefined {
  const at = node.query_location;
  return typeof at === 'number' && at < 2 ** 32 ? at : undefined;
}

/** What the columns of a result are called: an expression by its function, as PostgreSQL does, not by its text. */

type Node = Readonly<Record<string, unknown>>;

/** For each expression of the select list; undefined where the engine's own name is right, and from the first `*` on. */
export function resultNames(tree: unknown): readonly (string | undefined)[] {
  const list = selectList(isNode(tree) ? tree.node : undefined);
  const star = list.findIndex((node) => node.class === 'STAR' || isUnnest(node));
  return (star < 0 ? list : list.slice(0, star)).map(nameOf);
}

function selectList(node: unknown): readonly Node[] {
  if (!isNode(node)) return [];
  if (node.type === 'SET_OPERATION_NODE')
    return selectList(node.left ?? (Array.isArray(node.children) && node.children[0]));
  return Array.isArray(node.select_list) ? (node.select_list as Node[]) : [];
}

function nameOf(node: Node): string | undefined {
  if (node.alias) return undefined;
  switch (node.class) {
    case 'COLUMN_REF':
      return undefined;
    case 'FUNCTION':
      return node.is_operator || !/^\w+$/.test(String(node.function_name)) ? '?column?' : functionName(node);
    case 'WINDOW':
      return functionName(node);
    case 'CAST':
      return isNode(node.child) ? castName(node.child) : undefined;
    case 'CASE':
      return 'case';
    default:
      return '?column?';
  }
}

function castName(child: Node): string | undefined {
  if (child.class === 'COLUMN_REF' && Array.isArray(child.column_names)) return String(child.column_names.at(-1));
  return nameOf(child);
}

const NAMES: Readonly<Record<string, string>> = {
  count_star: 'count',
  array_extract: '?column?',
  struct_extract: '?column?',
};

function functionName({ function_name: name }: Node): string {
  const text = String(name);
  return NAMES[text] ?? text;
}

/** `COLUMNS(…)` and the like give as many columns as they please. */
function isUnnest(node: Node): boolean {
  return node.class === 'FUNCTION' && node.function_name === 'unnest';
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

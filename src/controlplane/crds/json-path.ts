/** The JSONPath of printer columns: `.spec.a`, `['a.b']`, `[0]`, `[*]`, `[?(@.type=="Ready")].status`. */
import type { Json } from '../registry/definition.ts';

type Step = (values: Json[]) => Json[];

/** All values at the path. A path that cannot be read gives a function that finds nothing. */
export function compileJsonPath(path: string): (object: Json) => Json[] {
  const steps = parse(path.replace(/^\{(.*)\}$/, '$1').replace(/^\$/, ''));
  if (!steps) return () => [];
  return (object) =>
    steps.reduce((values, step) => step(values), [object] as Json[]).filter((v) => v !== undefined && v !== null);
}

const TOKEN =
  /\.([A-Za-z_][\w-]*)(?=[.[]|$)|\['((?:[^'\\]|\\.)*)'\]|\[(-?\d+)\]|\[(\*)\]|\.(\*)|\[\?\(@((?:\.[\w-]+)+)\s*(==|!=)\s*(?:"([^"]*)"|'([^']*)'|([\w.-]+))\)\]|\.((?:\\.|[^.[\]\\])+)/y;

function parse(path: string): Step[] | undefined {
  const steps: Step[] = [];
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < path.length) {
    const match = TOKEN.exec(path);
    if (!match) return undefined;
    steps.push(stepOf(match));
  }
  return steps;
}

function stepOf(match: RegExpExecArray): Step {
  const [, name, quoted, index, star, dotStar, filterPath, operator, double, single, bare, escaped] = match;
  const field = name ?? quoted ?? escaped?.replace(/\\(.)/g, '$1');
  if (field !== undefined) return (values) => values.map((v) => v?.[field]);
  if (index !== undefined) return (values) => values.map((v) => (Array.isArray(v) ? v.at(Number(index)) : undefined));
  if (star || dotStar)
    return (values) =>
      values.flatMap((v) => (Array.isArray(v) ? v : v && typeof v === 'object' ? Object.values(v) : []));
  const wanted = double ?? single ?? bare;
  const at = filterPath!.slice(1).split('.');
  const holds = (item: Json) => (String(at.reduce((v, f) => v?.[f], item) ?? '') === wanted) === (operator === '==');
  return (values) => values.flatMap((v) => (Array.isArray(v) ? v.filter(holds) : []));
}

/** Reads a value at a path as CustomResourceDefinitions write it: `.spec.replicas`, `.status.conditions[?(@.type=="Ready")].status`. */

type Step = (value: unknown) => unknown;

const STEP =
  /^(?:\.([A-Za-z0-9_$-]+(?:\\\.[A-Za-z0-9_$-]+)*)|\['([^']+)'\]|\[(\d+)\]|\[\?\(@\.([\w.-]+)\s*==\s*['"]([^'"]*)['"]\)\])/;

/** Undefined for a path that is not understood. */
export function jsonPath(path: string): Step | undefined {
  const steps: Step[] = [];
  let rest = path.replace(/^\{|\}$/g, '');
  while (rest) {
    const match = STEP.exec(rest);
    if (!match) return undefined;
    steps.push(stepOf(match));
    rest = rest.slice(match[0].length);
  }
  return (value) => steps.reduce((at, step) => step(at), value);
}

function stepOf([, field, quoted, index, key, wanted]: RegExpExecArray): Step {
  const name = field?.replaceAll('\\.', '.') ?? quoted;
  if (name !== undefined) return (value) => fieldOf(value, name);
  if (index !== undefined) return (value) => (Array.isArray(value) ? value[Number(index)] : undefined);
  return (value) => (Array.isArray(value) ? value.find((item) => fieldOf(item, key!) === wanted) : undefined);
}

function fieldOf(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined;
  return (value as Readonly<Record<string, unknown>>)[name];
}

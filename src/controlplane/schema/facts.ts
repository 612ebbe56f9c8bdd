/**
 * The facts of Kubernetes' own types as committed under facts/ (written by test/real/schema-facts.ts): one JSON file a
 * Go package, read when the first of its types is asked for.
 */
import { readFileSync } from 'node:fs';

/** One field of a struct. Absent flags mean false. */
export interface FieldFacts {
  /** `string`, `int32`, `Quantity`, `core.v1.Probe`, `[]core.v1.Container`, `map:string`. */
  readonly type: string;
  /** Number in protobuf; 0 for apiVersion and kind, which travel in the envelope. */
  readonly n: number;
  /** Number and name of the messages around it where Go embeds the field's struct. */
  readonly within?: readonly (readonly [number, string])[];
  readonly required?: true;
  /** A pointer in Go: absent and zero differ. */
  readonly pointer?: true;
  /** Left out of JSON when empty (`empty`: never a struct) or when zero (`zero`: structs too). */
  readonly omit?: 'empty' | 'zero';
  /** Go's name of the type where it does not follow from `type`. */
  readonly go?: string;
  readonly default?: unknown;
  readonly enum?: readonly string[];
  /** A list that protobuf wraps in a message with one field. */
  readonly wrapped?: true;
  readonly list?: ListType;
  readonly keys?: readonly string[];
  readonly mapType?: MapType;
  /** `merge`, `replace`, `retainKeys`, or two of them with a comma. */
  readonly patch?: string;
  readonly mergeKey?: string;
}

export type ListType = 'atomic' | 'set' | 'map';
export type MapType = 'atomic' | 'granular';

export interface TypeFacts {
  readonly fields: Readonly<Record<string, FieldFacts>>;
  readonly mapType?: MapType;
  readonly unions?: readonly unknown[];
}

interface Index {
  readonly version: string;
  /** Package name to prefix in OpenAPI: `core.v1` to `io.k8s.api.core.v1`. */
  readonly packages: Readonly<Record<string, string>>;
  /** `apps/v1/Deployment` to `apps.v1.Deployment`. */
  readonly kinds: Readonly<Record<string, string>>;
}

/** Kinds that belong to every group and version. */
const COMMON: ReadonlySet<string> = new Set([
  'CreateOptions',
  'DeleteOptions',
  'PatchOptions',
  'Status',
  'UpdateOptions',
  'WatchEvent',
]);

const packages = new Map<string, Readonly<Record<string, TypeFacts>>>();
let loadedIndex: Index | undefined;

/** The Kubernetes version that the facts describe: `v1.35.4`. */
export function factsVersion(): string {
  return index().version;
}

/** The type of a kind, `apps.v1.Deployment`; undefined for kinds that Kubernetes does not build in. */
export function typeOf(group: string, version: string, kind: string): string | undefined {
  const found = index().kinds[`${group ? `${group}/` : ''}${version}/${kind}`];
  return found ?? (COMMON.has(kind) ? `meta.v1.${kind}` : undefined);
}

/** Every built-in kind that has a type. */
export function builtInKinds(): { group: string; version: string; kind: string; type: string }[] {
  return Object.entries(index().kinds).map(([key, type]) => {
    const [kind, version, group = ''] = key.split('/').reverse() as [string, string, string?];
    return { group, version, kind, type };
  });
}

/** @throws if there is no such type: names come from facts or from {@link typeOf}. */
export function typeFacts(name: string): TypeFacts {
  const [packageName, short] = splitType(name);
  const facts = packageFacts(packageName)[short];
  if (!facts) throw new Error(`schema facts: no type ${name}`);
  return facts;
}

/** `core.v1.Pod` to `io.k8s.api.core.v1.Pod`, the name in OpenAPI documents. */
export function openApiName(name: string): string {
  const [packageName, short] = splitType(name);
  return `${index().packages[packageName]}.${short}`;
}

/** `core.v1.Pod` to `v1.Pod`, as Go prints it. */
export function goName(name: string): string {
  return name.slice(name.indexOf('.') + 1);
}

function splitType(name: string): [string, string] {
  const dot = name.lastIndexOf('.');
  return [name.slice(0, dot), name.slice(dot + 1)];
}

function index(): Index {
  loadedIndex ??= read('index') as Index;
  return loadedIndex;
}

function packageFacts(name: string): Readonly<Record<string, TypeFacts>> {
  let facts = packages.get(name);
  if (!facts) {
    if (!(name in index().packages)) throw new Error(`schema facts: no package ${name}`);
    facts = read(name) as Record<string, TypeFacts>;
    packages.set(name, facts);
  }
  return facts;
}

function read(name: string): unknown {
  return JSON.parse(readFileSync(new URL(`./facts/${name}.json`, import.meta.url), 'utf8'));
}

/**
 * What `kubectl explain` says about Kubernetes' own types, in our words: descriptions/ holds one JSON file a Go package,
 * named as in facts/ and read when an OpenAPI document first asks for one of its types. Facts decide what exists;
 * a type or field without a sentence is shown without one.
 */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';

export interface TypeDescription {
  /** What an object of the type is. */
  readonly is?: string;
  /** A type whose sentences hold for the fields of this one that have none of their own. */
  readonly like?: string;
  readonly fields?: Readonly<Record<string, string>>;
}

/** Words for the fields that every kind has. */
export const EVERY_KIND = {
  apiVersion: 'Group and version in which this object is written.',
  kind: 'What kind of object this is.',
  metadata: 'Name, namespace, labels and the like.',
  spec: 'What is wanted.',
  status: 'What was last observed; written by the system.',
  items: 'The objects of the list.',
} as const satisfies Readonly<Record<string, string>>;

const FOLDER = new URL('./descriptions/', import.meta.url);

const packages = new Map<string, Readonly<Record<string, TypeDescription>>>();
let known: readonly string[] | undefined;
let digest: string | undefined;

export function typeDescription(type: string): string | undefined {
  return described(type)?.is;
}

export function fieldDescription(type: string, field: string): string | undefined {
  const { fields = {}, like } = described(type) ?? {};
  if (Object.hasOwn(fields, field)) return fields[field];
  return like === undefined ? undefined : fieldDescription(like, field);
}

/** Go packages that have a file. */
export function describedPackages(): readonly string[] {
  known ??= readdirSync(FOLDER)
    .filter((file) => file.endsWith('.json'))
    .map((file) => file.slice(0, -'.json'.length))
    .sort();
  return known;
}

export function packageDescriptions(name: string): Readonly<Record<string, TypeDescription>> {
  let types = packages.get(name);
  if (!types) {
    types = describedPackages().includes(name) ? JSON.parse(read(name)) : {};
    packages.set(name, types!);
  }
  return types!;
}

/** Changes with any word. */
export function descriptionsDigest(): string {
  if (digest === undefined) {
    const hash = createHash('sha256').update(JSON.stringify(EVERY_KIND));
    for (const name of describedPackages()) hash.update(read(name));
    digest = hash.digest('hex');
  }
  return digest;
}

function described(type: string): TypeDescription | undefined {
  const dot = type.lastIndexOf('.');
  return packageDescriptions(type.slice(0, dot))[type.slice(dot + 1)];
}

function read(name: string): string {
  return readFileSync(new URL(`${name}.json`, FOLDER), 'utf8');
}

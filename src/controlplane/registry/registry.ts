/** All kinds served at this moment: the built-in ones and those of CustomResourceDefinitions. */
import { failure } from '../../kube/index.ts';
import type { ResourceDefinition } from './definition.ts';

export class Registry {
  readonly #byPath = new Map<string, ResourceDefinition>();
  /** Rises with every change, so that discovery knows when its answers are out of date. */
  generation = 0;

  constructor(definitions: Iterable<ResourceDefinition> = []) {
    for (const definition of definitions) this.add(definition);
  }

  add(definition: ResourceDefinition): void {
    this.#byPath.set(pathKey(definition.group, definition.version, definition.plural), definition);
    this.generation++;
  }

  remove(definition: Pick<ResourceDefinition, 'group' | 'version' | 'plural'>): void {
    this.#byPath.delete(pathKey(definition.group, definition.version, definition.plural));
    this.generation++;
  }

  find(group: string, version: string, plural: string): ResourceDefinition | undefined {
    return this.#byPath.get(pathKey(group, version, plural));
  }

  /** The definition, or the 404 that Kubernetes gives for a path nobody serves. */
  get(group: string, version: string, plural: string): ResourceDefinition {
    const definition = this.find(group, version, plural);
    if (!definition) throw notServed();
    return definition;
  }

  all(): IterableIterator<ResourceDefinition> {
    return this.#byPath.values();
  }

  ofKind(group: string, version: string, kind: string): ResourceDefinition | undefined {
    for (const d of this.#byPath.values()) if (d.kind === kind && d.group === group && d.version === version) return d;
    return undefined;
  }
}

export function notServed() {
  return failure('NotFound', 'the server could not find the requested resource', {});
}

function pathKey(group: string, version: string, plural: string): string {
  return `${group}/${version}/${plural}`;
}

/** `apps/v1`, or `v1` for the core group. */
export function groupVersion(definition: Pick<ResourceDefinition, 'group' | 'version'>): string {
  return definition.group === '' ? definition.version : `${definition.group}/${definition.version}`;
}

/** `deployments.apps`, or `pods`: how messages and RBAC name a resource. */
export function qualified(definition: Pick<ResourceDefinition, 'group' | 'plural'>): string {
  return definition.group === '' ? definition.plural : `${definition.plural}.${definition.group}`;
}

/** The store's collection: versions of one resource share it. */
export function collectionName(definition: Pick<ResourceDefinition, 'group' | 'plural' | 'storedAs'>): string {
  return (
    definition.storedAs ?? (definition.group === '' ? definition.plural : `${definition.group}/${definition.plural}`)
  );
}

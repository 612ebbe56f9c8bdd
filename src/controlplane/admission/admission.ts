/** Rules of the cluster, applied to a write after the kind's own defaults: some change the object, some refuse it. */
import type { Caller } from '../handlers/request.ts';
import type { Plane } from '../plane.ts';
import type { Json, ResourceDefinition } from '../registry/definition.ts';

export interface AdmissionRequest {
  readonly plane: Plane;
  readonly caller: Caller;
  readonly definition: ResourceDefinition;
  readonly operation: 'CREATE' | 'UPDATE' | 'DELETE';
  readonly subresource: string | undefined;
  readonly namespace: string | undefined;
  readonly name: string;
  /** The object to be; the one to go, for a deletion. */
  readonly object: Json;
  readonly old: Json | undefined;
  readonly dryRun: boolean;
  warn(message: string): void;
}

/** Plugins never wait: they see the store's newest state, staged writes included. Throw a StatusError to refuse. */
export interface AdmissionPlugin {
  readonly name: string;
  mutate?(request: AdmissionRequest): void;
  validate?(request: AdmissionRequest): void;
}

export class Admission {
  #plugins: readonly AdmissionPlugin[];

  /** With the plugins in the order in which they act, and the one that acts when none of them refused. */
  constructor(plugins: readonly AdmissionPlugin[], last: AdmissionPlugin) {
    this.#plugins = [...plugins, last];
  }

  /** Adds a plugin that acts after the others, but before the last. */
  add(plugin: AdmissionPlugin): void {
    this.#plugins = this.#plugins.toSpliced(-1, 0, plugin);
  }

  mutate(request: AdmissionRequest): void {
    for (const plugin of this.#plugins) plugin.mutate?.(request);
  }

  validate(request: AdmissionRequest): void {
    for (const plugin of this.#plugins) plugin.validate?.(request);
  }
}

/** Is this the creation of an object (not of a subresource) of that kind? */
export function isNew(
  { definition, operation, subresource }: AdmissionRequest,
  group: string,
  plural: string,
): boolean {
  return operation === 'CREATE' && !subresource && definition.group === group && definition.plural === plural;
}

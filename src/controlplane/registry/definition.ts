/** What the API server knows of one kind: the whole difference between Pods, Leases and a custom resource. */
import type { StatusCause } from '../../kube/index.ts';
import type { ApplySchema } from '../schema/apply-schema.ts';
import type { ReadOptions } from '../schema/structural/read-custom.ts';
import type { StructuralSchema } from '../schema/structural/structural-schema.ts';

/** JSON objects as stored; kinds look inside with care. */
// biome-ignore lint/suspicious/noExplicitAny: the shape is checked against the kind's schema before any rule reads it
export type Json = any;

/** One invalid field. `reason` is Kubernetes' cause type: FieldValueRequired, FieldValueInvalid, FieldValueForbidden, … */
export interface FieldError extends StatusCause {
  reason: string;
  message: string;
  field: string;
}

/** A column of `kubectl get`. Priority 0 is always shown, higher with `-o wide`. */
export interface Column {
  readonly name: string;
  readonly type: 'string' | 'integer' | 'number' | 'boolean' | 'date';
  readonly format?: string;
  readonly description?: string;
  readonly priority?: number;
  /** `now` in ms since the epoch; ages are printed by the server. */
  readonly cell: (object: Json, now: number) => string | number | boolean | null;
}

/** Rules of a kind, called in the order default -> prepare -> validate. They change `object` in place and never do I/O. */
export interface Strategy {
  /** Fills in what the user may leave out, as the kind's upstream defaulting does. */
  default?(object: Json): void;
  /** Clears and sets what users may not choose (status on create, spec on a status update, …). */
  prepareForCreate?(object: Json): void;
  prepareForUpdate?(object: Json, old: Json, subresource: string | undefined): void;
  validate?(object: Json): FieldError[];
  /** What only a new object may not be. */
  validateCreate?(object: Json): FieldError[];
  validateUpdate?(object: Json, old: Json, subresource: string | undefined): FieldError[];
  warnings?(object: Json): string[];
}

/** Where `scale` reads and writes: paths from the object's root, e.g. `['spec','replicas']`. */
export interface ScalePaths {
  readonly specReplicas: readonly string[];
  readonly statusReplicas: readonly string[];
  /** Path to a LabelSelector object, a label map or (custom resources) a serialized selector string. */
  readonly selector?: readonly string[];
}

/** What a CustomResourceDefinition says of the shape of its objects. */
export interface CustomKind {
  /** A body as an object of the kind, unknown fields dropped. Throws BadRequest. */
  read(body: Json, options: ReadOptions): Json;
  readonly applySchema: ApplySchema;
  /** For OpenAPI documents; undefined where the version has no schema. */
  readonly openApi: StructuralSchema | undefined;
}

export interface ResourceDefinition {
  readonly group: string;
  readonly version: string;
  readonly plural: string;
  readonly singular: string;
  readonly kind: string;
  readonly shortNames?: readonly string[];
  readonly categories?: readonly string[];
  readonly namespaced: boolean;
  /** Default: all of get, list, watch, create, update, patch, delete, deletecollection. */
  readonly verbs?: readonly string[];
  /** Has `/status`, with spec and status each written on its own path only. */
  readonly status?: boolean;
  readonly scale?: ScalePaths;
  /** Does a spec change raise metadata.generation? Default: true where the kind has a spec. */
  readonly generation?: boolean;
  /** Does a change of annotations raise it too (Deployments)? */
  readonly annotationsCount?: boolean;
  /** What becomes of dependants where a deletion does not say. @default Background */
  readonly orphansByDefault?: boolean;
  /** Field selectors beyond metadata.name and metadata.namespace. */
  readonly selectableFields?: Readonly<Record<string, (object: Json) => string>>;
  readonly columns?: readonly Column[];
  readonly strategy?: Strategy;
  /** Seconds after its last write that an object vanishes (events: 3600). */
  readonly ttlSeconds?: number;
  /** Do its writes wait a moment for others, to go to disk together? For what many write often and nobody waits for. */
  readonly patient?: boolean;
  /** Made by a CustomResourceDefinition: no strategic merge patch, status updates leave metadata alone. */
  readonly custom?: CustomKind;
  /** What every request for it is warned of: a version that will go. */
  readonly deprecation?: string;
  /** Does a PUT of a name that is not there create it (leases, endpoints, services, …)? */
  readonly createOnUpdate?: boolean;
  /** May a PUT leave out resourceVersion? Default: true. */
  readonly unconditionalUpdate?: boolean;
  /** Seconds that a deletion waits for the object's agent to end it; undefined: delete at once (Pods have a grace). */
  readonly graceSeconds?: (object: Json, asked: number | undefined) => number;
  /** Must a deleted object stay although no finalizer holds it (a Namespace with content)? */
  readonly isHeld?: (object: Json) => boolean;
  /** Notes in the object that its deletion begins. */
  readonly beginDeletion?: (object: Json) => void;
  /** Does DELETE answer the object instead of a Status? */
  readonly answersDeleted?: boolean;
  /** The schema of a kind that neither Kubernetes' own API nor a CustomResourceDefinition describes, for OpenAPI. */
  readonly openApi?: Readonly<Record<string, unknown>>;
  /** Another name of the store's collection, where two kinds are one (events.k8s.io/Event is core/Event). */
  readonly storedAs?: string;
  /**
   * Conversion where the stored version is another one. All rules and columns of the definition read the stored form;
   * clients see the other one. Both may change their argument.
   */
  readonly toStored?: (object: Json) => Json;
  readonly fromStored?: (object: Json) => Json;
}

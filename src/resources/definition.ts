/** A kind of JDOS, written once: from it come the TypeScript type, the CustomResourceDefinition, the checks and the page. */
import type { z } from 'zod';
import type { KubeObject, ResourceType } from '../kube/index.ts';

/** An object of a kind with these schemas, as a server answers it. */
export type Custom<Spec, Status> = KubeObject & { spec: Spec; status?: Status };

export interface Column {
  readonly name: string;
  readonly type: 'string' | 'integer' | 'date' | 'boolean';
  /** `.status.readyReplicas` */
  readonly path: string;
  readonly description?: string;
  /** Above 0 the column is shown with `-o wide` only. @default 0 */
  readonly priority?: number;
}

/** A rule in CEL over the whole object, `spec` or `status`; those of single fields stand in the schema. */
export interface Rule {
  readonly rule: string;
  readonly message: string;
  /** Below the schema that carries the rule: `.template.metadata.labels`. */
  readonly fieldPath?: string;
}

export interface KindDefinition {
  readonly type: ResourceType;
  readonly shortNames: readonly string[];
  readonly categories?: readonly string[];
  /** One sentence: what it is for. */
  readonly summary: string;
  /** Further paragraphs of its page, as Markdown. */
  readonly about?: string;
  readonly spec: z.ZodObject;
  readonly status?: z.ZodObject;
  /** Over the whole object: `self.metadata.name` may be used. */
  readonly rules?: readonly Rule[];
  readonly columns: readonly Column[];
  /** Where `kubectl scale` and autoscalers read and write. */
  readonly scale?: { readonly replicas: string; readonly observed: string; readonly selector: string };
  /** YAML of an object that works as it stands; the page shows it, a test checks it. */
  readonly example: string;
}

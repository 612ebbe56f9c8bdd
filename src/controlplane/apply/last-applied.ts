/** The bridge from client-side apply: kubectl keeps its last configuration in an annotation. */
import { isJsonObject, type JsonObject } from '../../kube/index.ts';
import type { ApplySchema } from '../schema/index.ts';
import { compare } from './comparison.ts';
import { difference, EMPTY, type FieldSet } from './field-set.ts';
import { goJson } from './go-json.ts';
import { mentionedFields } from './mentioned.ts';

const ANNOTATION = 'kubectl.kubernetes.io/last-applied-configuration';

/** Only applies by this manager heed and keep the annotation. */
export const KUBECTL = 'kubectl';

/** Fields that kubectl applied from the client's side and that are as it left them: its own, whoever is on record. */
export function lastAppliedFields(live: JsonObject, apiVersion: string, schema: ApplySchema): FieldSet {
  const last = parsed(annotationsOf(live)[ANNOTATION]);
  if (last?.apiVersion !== apiVersion) return EMPTY;
  const { added, modified, removed } = compare(last, live, schema);
  return [modified, added, removed].reduce(difference, mentionedFields(last, schema));
}

/** The object with its annotation, if it has one, brought up to what is applied. */
export function withLastApplied(object: JsonObject, applied: JsonObject): JsonObject {
  const annotations = annotationsOf(object);
  if (!annotations[ANNOTATION]) return object;
  const { [ANNOTATION]: _, ...others } = annotationsOf(applied);
  const metadata = { ...(applied.metadata as JsonObject) };
  if (metadata.annotations) metadata.annotations = others;
  const text = goJson({ ...applied, metadata });
  return {
    ...object,
    metadata: { ...(object.metadata as JsonObject), annotations: { ...annotations, [ANNOTATION]: `${text}\n` } },
  };
}

function annotationsOf({ metadata }: JsonObject): JsonObject {
  return isJsonObject(metadata) && isJsonObject(metadata.annotations) ? metadata.annotations : {};
}

function parsed(text: unknown): JsonObject | undefined {
  try {
    const value: unknown = typeof text === 'string' ? JSON.parse(text) : undefined;
    return isJsonObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** The `scale` subresource: an autoscaling/v1 Scale read from, and written into, any kind that has replicas. */
import { applyJsonPatch, applyMergePatch, failure, selectorOf } from '../../kube/index.ts';
import type { Json, ResourceDefinition, ScalePaths } from '../registry/definition.ts';
import { ageColumn, integer, nameColumn } from '../registry/kinds/columns.ts';
import { answerObject } from './answers.ts';
import { parseBody } from './decoding.ts';
import { conflict, invalid, notFound, STALE } from './refusals.ts';
import { type Answer, type ApiRequest, keyIn } from './request.ts';
import { shapeOf } from './shape.ts';
import { replaceObject } from './write.ts';

const SCALE = {
  group: 'autoscaling',
  version: 'v1',
  kind: 'Scale',
  plural: 'scales',
  singular: 'scale',
  namespaced: true,
  columns: [
    nameColumn,
    integer('Desired', (scale) => scale.spec.replicas ?? 0),
    integer('Available', (scale) => scale.status.replicas),
    ageColumn,
  ],
} satisfies ResourceDefinition;

export async function getScale(request: ApiRequest): Promise<Answer> {
  const { collection, definition, target } = request;
  const entry = collection.get(keyIn(definition, target.namespace, target.name!));
  if (!entry) throw notFound(definition, target.name!);
  return answerScale(request, entry.parse());
}

export async function updateScale(request: ApiRequest): Promise<Answer> {
  const wanted = parseBody(await request.bytes(), request.contentType);
  return writeScale(request, () => wanted);
}

export async function patchScale(request: ApiRequest): Promise<Answer> {
  const merge = !request.contentType.startsWith('application/json-patch+json');
  const body = parseBody(await request.bytes(), 'application/json');
  return writeScale(request, (scale) => (merge ? applyMergePatch(scale, body) : applyJsonPatch(scale, body)) as Json);
}

async function writeScale(request: ApiRequest, change: (scale: Json) => Json): Promise<Answer> {
  const paths = request.definition.scale!;
  const written = await replaceObject(request, {
    next: (copy) => {
      const current = copy();
      const scale = change(scaleOf(current, paths));
      checkScale(request, scale, current);
      set(current, paths.specReplicas, scale.spec?.replicas ?? 0);
      return current;
    },
  });
  return answerScale(request, written.object);
}

function answerScale(request: ApiRequest, object: Json): Answer {
  return answerObject(scaleOf(object, request.definition.scale!), shapeOf({ ...request, definition: SCALE }));
}

function checkScale({ definition, target }: ApiRequest, scale: Json, current: Json): void {
  if (scale === null || typeof scale !== 'object')
    throw failure('BadRequest', 'the body must be an autoscaling/v1 Scale');
  const version = scale.metadata?.resourceVersion;
  if (version && version !== current.metadata.resourceVersion) throw conflict(definition, target.name!, STALE);
  const replicas = scale.spec?.replicas ?? 0;
  if (Number.isInteger(replicas) && replicas >= 0) return;
  const message = `Invalid value: ${JSON.stringify(replicas)}: must be greater than or equal to 0`;
  throw invalid(SCALE, target.name!, [{ field: 'spec.replicas', reason: 'FieldValueInvalid', message }]);
}

function scaleOf(object: Json, paths: ScalePaths): Json {
  const { name, namespace, uid, resourceVersion, creationTimestamp } = object.metadata;
  const selector = paths.selector && get(object, paths.selector);
  const replicas = get(object, paths.specReplicas);
  const text = typeof selector === 'string' ? selector : selector ? selectorOf(selector).toString() : '';
  return {
    kind: SCALE.kind,
    apiVersion: 'autoscaling/v1',
    metadata: { name, namespace, uid, resourceVersion, creationTimestamp },
    // None is not said, as Go leaves it out.
    spec: replicas ? { replicas } : {},
    status: { replicas: get(object, paths.statusReplicas) ?? 0, ...(text && { selector: text }) },
  };
}

function get(object: Json, path: readonly string[]): Json {
  return path.reduce((value, field) => value?.[field], object);
}

function set(object: Json, path: readonly string[], value: unknown): void {
  let parent = object;
  for (const field of path.slice(0, -1)) {
    parent[field] ??= {};
    parent = parent[field];
  }
  parent[path.at(-1)!] = value;
}

/** PATCH of one object: JSON patch, merge patch, strategic merge patch. */
import { applyJsonPatch, applyMergePatch, applyStrategicMergePatch, failure } from '../../kube/index.ts';
import { decodeJson, decodeYaml } from '../http/body.ts';
import type { Json, ResourceDefinition } from '../registry/definition.ts';
import { patchSchemaOf } from '../schema/index.ts';
import { readAs } from './decoding.ts';
import type { Answer, ApiRequest } from './request.ts';
import { updateWith } from './write.ts';

type PatchFunction = (object: Json, patch: Json) => Json;

const APPLY = 'application/apply-patch+yaml';

export async function patch(request: ApiRequest): Promise<Answer> {
  const type = request.contentType.split(';', 1)[0]!.trim().toLowerCase();
  if (type === APPLY) return applyPatch(request);
  const change = patchFunction(request, type);
  const body = decodeJson(await request.bytes());
  return updateWith(request, { next: (current) => patched(request, current, change, body) });
}

function patched(request: ApiRequest, current: Json, change: PatchFunction, body: Json): Json {
  return readAs(request, change(current, body));
}

function patchFunction({ definition }: ApiRequest, type: string): PatchFunction {
  switch (type) {
    case 'application/json-patch+json':
      return applyJsonPatch;
    case 'application/merge-patch+json':
      return applyMergePatch;
    case 'application/strategic-merge-patch+json':
      if (definition.custom) break;
      return (object, body) => applyStrategicMergePatch(object, body, patchSchemaOf(definition));
  }
  const accepted = acceptedPatches(definition).join(', ');
  throw failure(
    'UnsupportedMediaType',
    `the body of the request was in an unknown format - accepted media types include: ${accepted}`,
  );
}

/** The patch types of a kind, as its OpenAPI and its refusals name them. */
export function acceptedPatches(definition: ResourceDefinition): string[] {
  const types = ['application/json-patch+json', 'application/merge-patch+json'];
  return definition.custom ? [...types, APPLY] : [...types, 'application/strategic-merge-patch+json', APPLY];
}

async function applyPatch(request: ApiRequest): Promise<Answer> {
  decodeYaml(await request.bytes());
  throw failure(
    'UnsupportedMediaType',
    `the body of the request was in an unknown format - accepted media types include: ${acceptedPatches(request.definition).slice(0, -1).join(', ')}`,
  );
}

/** PATCH of one object: JSON patch, merge patch, strategic merge patch, server-side apply. */
import { applyJsonPatch, applyMergePatch, applyStrategicMergePatch, failure, isStatus } from '../../kube/index.ts';
import { decodeJson, decodeYaml } from '../http/body.ts';
import type { Json, ResourceDefinition } from '../registry/definition.ts';
import { patchSchemaOf } from '../schema/index.ts';
import { readAs } from './decoding.ts';
import { applied, checkPatchOptions } from './ownership.ts';
import { requireSameName, uidIsFixed } from './prepare.ts';
import type { Answer, ApiRequest } from './request.ts';
import { updateWith } from './write.ts';

type PatchFunction = (object: Json, patch: Json) => Json;

const APPLY = 'application/apply-patch+yaml';

export async function patch(request: ApiRequest): Promise<Answer> {
  const type = request.contentType.split(';', 1)[0]!.trim().toLowerCase();
  checkPatchOptions(request, type === APPLY);
  if (type === APPLY) return apply(request);
  const change = patchFunction(request, type);
  const body = decodeJson(await request.bytes());
  // What reads a built-in kind makes all anew; what reads others may change what it is given.
  const isCopied = request.definition.custom !== undefined;
  return updateWith(request, {
    next: (copy, current) => patched(request, isCopied ? copy() : current, change, body),
    patches: true,
  });
}

function patched(request: ApiRequest, current: Json, change: PatchFunction, body: Json): Json {
  const { apiVersion, kind } = current;
  const object = change(current, body);
  try {
    if (object.apiVersion !== apiVersion || object.kind !== kind)
      throw failure('BadRequest', `strict decoding error: a patch does not make ${kind} of ${apiVersion} another kind`);
    return readPatched(request, object, current);
  } catch (error) {
    const strict = isStatus(error, 'BadRequest') && /(strict decoding error|json): .*/s.exec(error.message);
    if (!strict) throw error;
    const message = `Invalid value: ${JSON.stringify(JSON.stringify(body))}: ${strict[0]}`;
    const causes = [{ reason: 'FieldValueInvalid', message, field: 'patch' }];
    throw failure('Invalid', ` "" is invalid: patch: ${message}`, { causes });
  }
}

/** A spec that a patch of the status leaves alone has been read before it was stored. */
function readPatched(request: ApiRequest, object: Json, current: Json): Json {
  const { definition, target } = request;
  const { spec, ...rest } = object;
  const isSettled =
    target.subresource === 'status' && !definition.custom && spec !== undefined && spec === current.spec;
  return isSettled ? { ...readAs(request, rest), spec } : readAs(request, object);
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

/** Server-side apply: the fields that the client sends are its own from now on; an object that is not there is made. */
async function apply(request: ApiRequest): Promise<Answer> {
  const { custom } = request.definition;
  const sent = decodeYaml(await request.bytes());
  // Of a built-in kind every field that is said counts, empty ones too, and no field may be unknown.
  const configuration = custom ? readAs(request, sent) : sent;
  requireName(request, configuration);
  const merged = (current: Json | undefined) => {
    const object = applied(request, current, configuration);
    return custom ? object : readAs(request, object);
  };
  return updateWith(request, {
    next: (copy) => merged(copy()),
    create: () => unconditional(request, merged(undefined)),
    ownsFields: true,
    patches: true,
  });
}

/** Where nothing is, a version is no condition; and no object that is made can have a uid that somebody wants. */
function unconditional({ definition, target }: ApiRequest, object: Json): Json {
  const { resourceVersion: _, uid, ...metadata } = object.metadata;
  if (uid) throw uidIsFixed(definition, target.name!, uid);
  return { ...object, metadata };
}

/** What is no object at all is refused with the words of apply itself. */
function requireName({ target }: ApiRequest, configuration: Json): void {
  const name = configuration?.metadata?.name;
  if (name !== undefined) requireSameName(target.name!, name);
}

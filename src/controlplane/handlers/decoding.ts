/** From a request's body to an object of the kind that its path names. */
import { failure } from '../../kube/index.ts';
import { decodeJson, decodeYaml } from '../http/body.ts';
import type { Json, ResourceDefinition } from '../registry/definition.ts';
import { groupVersion } from '../registry/registry.ts';
import {
  DecodeFault,
  decodeProtobuf,
  duplicateFields,
  type FieldValidation,
  type KindName,
  PROTOBUF,
  readObject,
  typeOf,
} from '../schema/index.ts';
import type { ApiRequest } from './request.ts';

/** The body as an object of `definition`'s kind. */
export async function decodeObject(
  request: ApiRequest,
  definition: ResourceDefinition = request.definition,
): Promise<Json> {
  const body = await request.bytes();
  const object = parseBody(body, request.contentType, definition);
  requireObject(object, definition);
  object.apiVersion ||= groupVersion(definition);
  object.kind ||= definition.kind;
  checkKind(object, definition);
  return readAs(request, object, definition, duplicatesIn(request, body));
}

/**
 * A body as a plain object, undefined where there is none.
 * @param expected the kind as which a protobuf body is read that names none
 */
export function parseBody(body: Buffer, contentType: string, expected?: KindName): Json {
  const type = contentType.split(';', 1)[0]!.trim().toLowerCase();
  if (body.length === 0) return undefined;
  if (type === '' || type === 'application/json') return decodeJson(body);
  if (type === 'application/yaml') return decodeYaml(body);
  if (type === PROTOBUF) return readProtobuf(body, expected);
  throw failure(
    'UnsupportedMediaType',
    `the body of the request was in an unknown format - accepted media types include: ${ACCEPTED.join(', ')}`,
  );
}

const ACCEPTED = ['application/json', 'application/yaml', PROTOBUF];

function readProtobuf(body: Buffer, expected: KindName | undefined): Json {
  try {
    return decodeProtobuf(body, expected);
  } catch (error) {
    if (error instanceof DecodeFault) throw failure('BadRequest', error.message);
    throw error;
  }
}

/** The object as its kind's schema has it: wrong types are refused; unknown fields are dropped, as asked. */
export function readAs(
  request: ApiRequest,
  object: Json,
  definition: ResourceDefinition = request.definition,
  duplicates: readonly string[] = [],
): Json {
  requireObject(object, definition);
  const options = {
    validation: fieldValidation(request),
    duplicates,
    warn: (message: string) => request.warn(message),
  };
  const type = definition.custom ? undefined : typeOf(definition.group, definition.version, definition.kind);
  const decoded =
    definition.custom?.read(object, options) ?? (type ? readObject(type, definition, object, options) : object);
  // Decoding drops empty lists, but this one asks that all ownership be forgotten.
  const { managedFields } = object.metadata ?? {};
  if (Array.isArray(managedFields) && managedFields.length === 0)
    decoded.metadata = { ...decoded.metadata, managedFields };
  return decoded;
}

function fieldValidation({ query }: ApiRequest): FieldValidation {
  const value = query.get('fieldValidation') || 'Warn';
  if (value === 'Strict' || value === 'Warn' || value === 'Ignore') return value;
  const message = `Unsupported value: ${JSON.stringify(value)}: supported values: "Ignore", "Strict", "Warn"`;
  throw failure('Invalid', `PatchOptions.meta.k8s.io "" is invalid: fieldValidation: ${message}`, {
    causes: [{ reason: 'FieldValueNotSupported', message, field: 'fieldValidation' }],
  });
}

/** Fields that come twice in a JSON body; only strict readers mind. */
function duplicatesIn(request: ApiRequest, body: Buffer): string[] {
  const isJson = !/yaml|protobuf/.test(request.contentType);
  return isJson && fieldValidation(request) !== 'Ignore' ? duplicateFields(body.toString()) : [];
}

function requireObject(object: Json, definition: ResourceDefinition): void {
  if (object === undefined || object === null)
    throw failure('BadRequest', `no body was sent: expected a ${definition.kind}`);
  if (typeof object !== 'object' || Array.isArray(object))
    throw failure(
      'BadRequest',
      `couldn't get version/kind; the body must be a JSON object, not ${Array.isArray(object) ? 'an array' : `a ${typeof object}`}`,
    );
  const { metadata } = object;
  if (metadata !== undefined && (metadata === null || typeof metadata !== 'object' || Array.isArray(metadata)))
    throw failure(
      'BadRequest',
      `${definition.kind} in version "${definition.version}" cannot be handled as a ${definition.kind}: metadata must be an object`,
    );
}

function checkKind(object: Json, definition: ResourceDefinition): void {
  const expected = groupVersion(definition);
  if (object.kind !== definition.kind)
    throw failure(
      'BadRequest',
      `the object provided is unrecognized (must be of type ${definition.kind}): got kind ${JSON.stringify(object.kind)}`,
    );
  if (object.apiVersion !== expected)
    throw failure(
      'BadRequest',
      `the API version in the data (${object.apiVersion}) does not match the expected API version (${expected})`,
    );
}

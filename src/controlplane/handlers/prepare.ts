/** Turns what a client wants into what is stored: system fields, defaults, admission, ownership, validation. */
import { randomUUID } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { failure, rfc3339 } from '../../kube/index.ts';
import type { AdmissionRequest } from '../admission/index.ts';
import type { FieldError, Json, ResourceDefinition } from '../registry/definition.ts';
import { validateMetadata, validateMetadataUpdate } from '../registry/validation/metadata.ts';
import { complete, structOf, typeOf } from '../schema/index.ts';
import { isDryRun } from './dry-run.ts';
import { trackOwnership } from './ownership.ts';
import { conflict, invalid, STALE } from './refusals.ts';
import type { ApiRequest } from './request.ts';

/** How a write treats what it is given. */
export interface WriteRules {
  /** Do the managedFields in the object already say who owns what (server-side apply)? */
  readonly ownsFields?: boolean;
  /** A patch is made on the current object: a uid that it names is no condition, but a change that cannot be. */
  readonly patches?: boolean;
}

/** The object as it is to be created: named and dated by the server, filled in, judged by its kind and by the cluster. */
export function prepareNew(request: ApiRequest, object: Json, rules: WriteRules): Json {
  const { plane, definition } = request;
  const { metadata } = object;
  if (metadata.resourceVersion)
    throw failure('BadRequest', 'resourceVersion should not be set on objects to be created');
  for (const field of ['selfLink', 'deletionTimestamp', 'deletionGracePeriodSeconds', 'generation', 'resourceVersion'])
    delete metadata[field];
  metadata.uid = randomUUID();
  metadata.creationTimestamp = rfc3339(plane.clock.now());
  if (hasGeneration(definition)) metadata.generation = 1;
  if (definition.custom && definition.status) delete object.status;
  const { strategy } = definition;
  strategy?.default?.(object);
  const admission = admissionOf(request, 'CREATE', object, undefined);
  plane.admission.mutate(admission);
  strategy?.prepareForCreate?.(object);
  completeFields(definition, object);
  if (!rules.ownsFields) trackOwnership(request, object, undefined);
  refuse(definition, metadata.name ?? '', [
    ...validateMetadata(object, definition),
    ...(strategy?.validate?.(object) ?? []),
    ...(strategy?.validateCreate?.(object) ?? []),
  ]);
  plane.admission.validate(admission);
  for (const warning of strategy?.warnings?.(object) ?? []) request.warn(warning);
  return object;
}

/** The same for an update of `old`. Neither waits; both throw what refuses the write. */
export function prepareUpdate(request: ApiRequest, old: Json, wanted: Json, rules: WriteRules): Json {
  const { plane, definition, target } = request;
  const { strategy } = definition;
  const { subresource } = target;
  checkConditions(request, old, wanted, rules);
  const object = scoped(definition, subresource, old, wanted);
  keepSystemMetadata(object.metadata, old.metadata);
  strategy?.default?.(object);
  const admission = admissionOf(request, 'UPDATE', object, old);
  plane.admission.mutate(admission);
  strategy?.prepareForUpdate?.(object, old, subresource);
  if (raisesGeneration(definition, subresource, object, old))
    object.metadata.generation = (old.metadata.generation ?? 0) + 1;
  completeFields(definition, object);
  if (!rules.ownsFields) trackOwnership(request, object, old);
  refuse(definition, target.name!, [
    ...validateMetadata(object, definition),
    ...twice(validateMetadataUpdate(object, old)),
    // A custom kind's schema judges an update as a whole, with what was before; a status is judged by its own rules.
    ...((definition.custom || subresource === 'status' ? undefined : strategy?.validate?.(object)) ?? []),
    ...(strategy?.validateUpdate?.(object, old, subresource) ?? []),
  ]);
  plane.admission.validate(admission);
  for (const warning of strategy?.warnings?.(object) ?? []) request.warn(warning);
  return object;
}

/** Fields that Go's encoder always writes are there in ours too. */
function completeFields(definition: ResourceDefinition, object: Json): void {
  const type = definition.custom ? undefined : typeOf(definition.group, definition.version, definition.kind);
  if (type && !definition.storedAs) complete(type, object);
}

/** The optimistic lock: a version or uid that the client names must be the current one. */
function checkConditions({ definition, target }: ApiRequest, old: Json, wanted: Json, { patches }: WriteRules): void {
  wanted.metadata ??= {};
  const meta = wanted.metadata;
  const name = target.name!;
  if (meta.name === undefined) meta.name = name;
  requireSameName(name, meta.name);
  if (definition.namespaced && meta.namespace && meta.namespace !== target.namespace)
    throw failure(
      'BadRequest',
      `the namespace of the object (${meta.namespace}) does not match the namespace on the URL (${target.namespace})`,
    );
  const otherUid = meta.uid && meta.uid !== old.metadata.uid;
  if (otherUid && !patches)
    throw conflict(
      definition,
      name,
      `Precondition failed: UID in precondition: ${meta.uid}, UID in object meta: ${old.metadata.uid}`,
    );
  const rev = meta.resourceVersion;
  if (rev && rev !== '0' && rev !== old.metadata.resourceVersion) throw conflict(definition, name, STALE);
  if (otherUid) throw uidIsFixed(definition, name, meta.uid);
  if (!rev && definition.unconditionalUpdate === false)
    throw invalid(definition, name, [
      {
        field: 'metadata.resourceVersion',
        reason: 'FieldValueInvalid',
        message: 'Invalid value: 0: must be specified for an update',
      },
    ]);
}

export function uidIsFixed(definition: ResourceDefinition, name: string, uid: string) {
  const message = `Invalid value: ${JSON.stringify(uid)}: field is immutable`;
  return invalid(definition, name, twice([{ field: 'metadata.uid', reason: 'FieldValueInvalid', message }]));
}

/** Two rules of a real API server, the generic one and the kind's own, say what an update may not do to metadata. */
function twice(errors: readonly FieldError[]): FieldError[] {
  return [...errors, ...errors];
}

/** Spec and status are each written on their own path only. */
function scoped(definition: ResourceDefinition, subresource: string | undefined, old: Json, wanted: Json): Json {
  if (subresource === 'status') {
    const metadata = definition.custom
      ? { ...old.metadata, managedFields: wanted.metadata.managedFields }
      : wanted.metadata;
    return { ...old, metadata, status: wanted.status };
  }
  if (!definition.status || subresource) return wanted;
  const { status: _, ...rest } = wanted;
  return 'status' in old ? { ...rest, status: old.status } : rest;
}

/** What clients may not set is as it was; that a deletion has begun they may leave out, but not say. */
function keepSystemMetadata(meta: Json, old: Json): void {
  for (const field of ['uid', 'namespace', 'creationTimestamp', 'generation', 'generateName', 'resourceVersion'])
    if (old[field] !== undefined) meta[field] = old[field];
    else delete meta[field];
  if (old.deletionTimestamp !== undefined) meta.deletionTimestamp = old.deletionTimestamp;
  if (old.deletionGracePeriodSeconds !== undefined) meta.deletionGracePeriodSeconds ??= old.deletionGracePeriodSeconds;
}

function hasGeneration(definition: ResourceDefinition): boolean {
  if (definition.generation !== undefined || definition.custom) return definition.generation ?? true;
  const type = typeOf(definition.group, definition.version, definition.kind);
  return type !== undefined && structOf(type).fields.has('spec');
}

/** Only a change of what is wanted does; binding a Pod or writing its status changes what is. */
function raisesGeneration(
  definition: ResourceDefinition,
  subresource: string | undefined,
  object: Json,
  old: Json,
): boolean {
  if (!hasGeneration(definition) || subresource === 'status' || subresource === 'binding') return false;
  if (definition.annotationsCount && !isDeepStrictEqual(object.metadata.annotations, old.metadata.annotations))
    return true;
  return specChanged(definition, object, old);
}

function specChanged(definition: ResourceDefinition, object: Json, old: Json): boolean {
  if (!definition.custom) return !isDeepStrictEqual(object.spec, old.spec);
  return !isDeepStrictEqual(wishOf(definition, object), wishOf(definition, old));
}

/** A custom object without its metadata, and without its status where that has a path of its own. */
function wishOf(definition: ResourceDefinition, { metadata: _, ...object }: Json): Json {
  const { status: _s, ...rest } = object;
  return definition.status ? rest : object;
}

/** Refuses an object of another name than its path's. */
export function requireSameName(inPath: string, name: unknown): void {
  if (name === inPath) return;
  const given = typeof name === 'string' ? name : JSON.stringify(name);
  throw failure('BadRequest', `the name of the object (${given}) does not match the name on the URL (${inPath})`);
}

/** Is a deletion complete: marked, its grace over and nobody holding on to the object? */
export function isGone(definition: ResourceDefinition, { metadata, ...rest }: Json): boolean {
  if (!metadata.deletionTimestamp || metadata.finalizers?.length) return false;
  return !metadata.deletionGracePeriodSeconds && !definition.isHeld?.({ metadata, ...rest });
}

export function admissionOf(
  request: ApiRequest,
  operation: AdmissionRequest['operation'],
  object: Json,
  old: Json | undefined,
): AdmissionRequest {
  const { plane, caller, definition, target } = request;
  return {
    plane,
    caller,
    definition,
    operation,
    subresource: target.subresource,
    namespace: object.metadata.namespace ?? target.namespace,
    name: object.metadata.name ?? '',
    object,
    old,
    dryRun: isDryRun(request),
    warn: (message) => request.warn(message),
  };
}

function refuse(definition: ResourceDefinition, name: string, errors: readonly FieldError[]): void {
  if (errors.length > 0) throw invalid(definition, name, errors);
}

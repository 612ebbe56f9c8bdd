/** What creates, updates and patches have in common: from an object that is wanted to one that is stored. */
import { randomUUID } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { failure, rfc3339 } from '../../kube/index.ts';
import type { AdmissionRequest } from '../admission/index.ts';
import { keepTimes } from '../apply/index.ts';
import type { FieldError, Json, ResourceDefinition } from '../registry/definition.ts';
import { validateMetadata, validateMetadataUpdate } from '../registry/validation/metadata.ts';
import { complete, structOf, typeOf } from '../schema/index.ts';
import type { Change, Decision } from '../storage/index.ts';
import { answerEntry, answerObject, type Shape } from './answers.ts';
import { trackOwnership } from './ownership.ts';
import { alreadyExists, conflict, invalid, notFound, STALE } from './refusals.ts';
import { type Answer, type ApiRequest, keyIn } from './request.ts';
import { shapeOf } from './shape.ts';

const NAME_LETTERS = 'bcdfghjklmnpqrstvwxz2456789';
const SUFFIX_LENGTH = 5;
const NAME_TRIES = 8;
const GENERATED_MAX = 63 - SUFFIX_LENGTH;

/** How a write treats what it is given. */
interface WriteRules {
  /** Do the managedFields in the object already say who owns what (server-side apply)? */
  readonly ownsFields?: boolean;
}

/** Stores a new object made of what the client sent, which may be changed. */
export async function createFrom(request: ApiRequest, wanted: Json, rules: WriteRules = {}): Promise<Answer> {
  const { plane, definition, collection, target } = request;
  const dryRun = isDryRun(request);
  const draft = stored(definition, wanted);
  draft.metadata ??= {};
  requireNamespace(request, draft.metadata);
  draft.metadata.name ||= target.name || generateName(request, draft.metadata);
  const { name } = draft.metadata;
  const key = keyIn(definition, draft.metadata.namespace, name ?? '');
  let object = draft;
  const change = await plane.store.write(collection, key, (current) => {
    if (current) throw alreadyExists(definition, name);
    object = prepareNew(request, draft, rules);
    return dryRun ? undefined : { object };
  });
  return answerWritten({ object, change }, shapeOf(request), 201);
}

/** The object in its stored form, with the namespace and the name that it will have. */
function draftOf(request: ApiRequest, wanted: Json): Json {
  const draft = stored(request.definition, wanted);
  draft.metadata ??= {};
  requireNamespace(request, draft.metadata);
  draft.metadata.name ||= request.target.name || generateName(request, draft.metadata);
  return draft;
}

/** How an update comes to its new object. */
export interface UpdateRules extends WriteRules {
  /** The object as it shall be, in the client's version; gets a copy of the current one that it may change and answer. */
  readonly next: (current: Json) => Json;
  /** The object to be made where there is none; without this that is 404. */
  readonly create?: () => Json;
}

/** Replaces the named object by what `rules` make of it. */
export async function updateWith(request: ApiRequest, rules: UpdateRules): Promise<Answer> {
  const written = await replaceObject(request, rules);
  return answerWritten(written, shapeOf(request), written.created ? 201 : 200);
}

/** The outcome of a write: the object in its stored form, and the change that stored it, if it was stored. */
export interface Written {
  readonly object: Json;
  readonly change: Change | undefined;
  readonly created?: boolean;
}

/** What is stored goes out as it was written; what is not (a dry run, no change) is written for the answer. */
function answerWritten({ object, change }: Written, shape: Shape, status = 200): Answer {
  return change ? answerEntry(change.entry, shape, status) : answerObject(object, shape, status);
}

/** The same without an answer. */
export async function replaceObject(request: ApiRequest, rules: UpdateRules): Promise<Written> {
  const { plane, definition, collection, target } = request;
  const key = keyIn(definition, target.namespace, target.name!);
  let object: Json;
  let created = false;
  const dryRun = isDryRun(request);
  const change = await plane.store.write(collection, key, (current): Decision => {
    if (!current) {
      object = createNamed(request, rules);
      created = true;
      return dryRun ? undefined : { object };
    }
    const old = current.parse();
    const next = prepareUpdate(
      request,
      old,
      stored(definition, rules.next(served(definition, current.parse()))),
      rules,
    );
    object = keepTimes(next, old);
    if (dryRun || isDeepStrictEqual(object, old)) return undefined;
    return isGone(definition, object) ? { remove: object } : { object };
  });
  return { object, change, created };
}

/** The object that an update makes where there is none, if its kind and the caller's rights allow that. */
function createNamed(request: ApiRequest, rules: UpdateRules): Json {
  const { definition, target } = request;
  if (!rules.create || target.subresource) throw notFound(definition, target.name!);
  request.requireCreate();
  const draft = draftOf(request, rules.create());
  requireSameName(target.name!, draft.metadata.name);
  return prepareNew(request, draft, rules);
}

/** Refuses an object of another name than its path's. */
export function requireSameName(inPath: string, name: string): void {
  if (name !== inPath)
    throw failure('BadRequest', `the name of the object (${name}) does not match the name on the URL (${inPath})`);
}

const OPTIONS: Readonly<Partial<Record<string, string>>> = {
  create: 'CreateOptions',
  update: 'UpdateOptions',
  patch: 'PatchOptions',
};

export function isDryRun({ query, target }: ApiRequest): boolean {
  const values = query.getAll('dryRun');
  const wrong = values.find((value) => value !== 'All' && value !== '');
  if (wrong !== undefined) {
    const kind = OPTIONS[target.verb] ?? 'DeleteOptions';
    const message = `Unsupported value: ${JSON.stringify(values)}: supported values: "All"`;
    throw failure('Invalid', `${kind}.meta.k8s.io "" is invalid: dryRun: ${message}`, {
      group: 'meta.k8s.io',
      kind,
      causes: [{ reason: 'FieldValueNotSupported', message, field: 'dryRun' }],
    });
  }
  return values.includes('All');
}

/** Is a deletion complete: marked, its grace over and nobody holding on to the object? */
export function isGone(definition: ResourceDefinition, { metadata, ...rest }: Json): boolean {
  if (!metadata.deletionTimestamp || metadata.finalizers?.length) return false;
  return !metadata.deletionGracePeriodSeconds && !definition.isHeld?.({ metadata, ...rest });
}

function served(definition: ResourceDefinition, object: Json): Json {
  return definition.fromStored ? definition.fromStored(object) : object;
}

function stored(definition: ResourceDefinition, object: Json): Json {
  return definition.toStored ? definition.toStored(object) : object;
}

function requireNamespace({ definition, target }: ApiRequest, metadata: Json): void {
  if (!definition.namespaced) {
    delete metadata.namespace;
    return;
  }
  metadata.namespace ||= target.namespace;
  if (metadata.namespace !== target.namespace)
    throw failure(
      'BadRequest',
      'the namespace of the provided object does not match the namespace sent on the request',
    );
}

function generateName({ plane, definition, collection }: ApiRequest, metadata: Json): string | undefined {
  if (!metadata.generateName) return undefined;
  const base = String(metadata.generateName).slice(0, GENERATED_MAX);
  for (let i = 0; i < NAME_TRIES; i++) {
    const letters = Array.from(
      { length: SUFFIX_LENGTH },
      () => NAME_LETTERS[Math.floor(plane.random() * NAME_LETTERS.length)],
    );
    const name = base + letters.join('');
    if (!plane.store.newest(collection, keyIn(definition, metadata.namespace, name))) return name;
  }
  throw alreadyExists(definition, base);
}

function prepareNew(request: ApiRequest, object: Json, rules: WriteRules): Json {
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

function prepareUpdate(request: ApiRequest, old: Json, wanted: Json, rules: WriteRules): Json {
  const { plane, definition, target } = request;
  const { strategy } = definition;
  const { subresource } = target;
  checkConditions(request, old, wanted);
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
    ...validateMetadataUpdate(object, old),
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
function checkConditions({ definition, target }: ApiRequest, old: Json, wanted: Json): void {
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
  if (meta.uid && meta.uid !== old.metadata.uid)
    throw conflict(
      definition,
      name,
      `Precondition failed: UID in precondition: ${meta.uid}, UID in object meta: ${old.metadata.uid}`,
    );
  const rev = meta.resourceVersion;
  if (rev && rev !== '0' && rev !== old.metadata.resourceVersion) throw conflict(definition, name, STALE);
  if (!rev && definition.unconditionalUpdate === false)
    throw invalid(definition, name, [
      {
        field: 'metadata.resourceVersion',
        reason: 'FieldValueInvalid',
        message: 'Invalid value: 0: must be specified for an update',
      },
    ]);
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

/** What clients may not set is as it was. */
function keepSystemMetadata(meta: Json, old: Json): void {
  for (const field of [
    'uid',
    'namespace',
    'creationTimestamp',
    'generation',
    'deletionTimestamp',
    'deletionGracePeriodSeconds',
    'generateName',
    'resourceVersion',
  ])
    if (old[field] !== undefined) meta[field] = old[field];
    else delete meta[field];
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

/** DELETE of one object or of all that a selector means. */
import { failure, isStatus, rfc3339, type Status } from '../../kube/index.ts';
import type { Json, ResourceDefinition } from '../registry/definition.ts';
import type { Decision, Entry } from '../storage/index.ts';
import { answerObject, answerValue } from './answers.ts';
import { parseBody } from './decoding.ts';
import { isDryRun } from './dry-run.ts';
import { selected } from './list.ts';
import { admissionOf, isGone } from './prepare.ts';
import { conflict, notFound } from './refusals.ts';
import { type Answer, type ApiRequest, keyIn } from './request.ts';
import { selectionOf } from './selection.ts';
import { shapeOf } from './shape.ts';

/** `meta/v1` DeleteOptions, from the body or the query. */
export interface DeleteOptions {
  readonly gracePeriodSeconds?: number;
  readonly propagationPolicy?: 'Orphan' | 'Background' | 'Foreground';
  readonly preconditions?: { readonly uid?: string; readonly resourceVersion?: string };
}

/** Finalizers by which the garbage collector knows what becomes of an owner's dependants. */
const ORPHAN = 'orphan';
const FOREGROUND = 'foregroundDeletion';

const PODS_STAY =
  'child pods are preserved by default when jobs are deleted; set propagationPolicy=Background to remove them or set propagationPolicy=Orphan to suppress this warning';

export async function remove(request: ApiRequest): Promise<Answer> {
  const options = await deleteOptions(request);
  if (request.definition.kind === 'Job' && options.propagationPolicy === undefined) request.warn(PODS_STAY);
  const { object, gone } = await deleteObject(request, request.target.name!, request.target.namespace, options);
  if (!gone || request.definition.answersDeleted) return answerObject(object, shapeOf(request));
  return answerValue(success(request, object), request.form);
}

export async function removeCollection(request: ApiRequest): Promise<Answer> {
  const options = await deleteOptions(request);
  const shape = shapeOf(request);
  const items: Json[] = [];
  for (const batch of batchesOf(selected(request, selectionOf(request)))) {
    const deleted = await Promise.all(batch.map((entry) => deleteIfThere(request, entry, options)));
    items.push(...deleted.filter((object) => object !== undefined).map((object) => shape.shown(object)));
  }
  const { kind, version, group } = request.definition;
  const metadata = { resourceVersion: String(request.plane.store.revision) };
  return answerValue(
    { kind: `${kind}List`, apiVersion: group ? `${group}/${version}` : version, metadata, items },
    request.form,
  );
}

/** What a collection loses at one go, in one commit; then others get their turn. */
const BATCH = 200;

function* batchesOf<T>(all: Iterable<T>): IterableIterator<T[]> {
  const rest = [...all];
  for (let at = 0; at < rest.length; at += BATCH) yield rest.slice(at, at + BATCH);
}

async function deleteIfThere(request: ApiRequest, entry: Entry, options: DeleteOptions): Promise<Json | undefined> {
  const { name, namespace } = entry.parse().metadata;
  try {
    return (await deleteObject(request, name, namespace, options)).object;
  } catch (error) {
    if (!isStatus(error, 'NotFound')) throw error;
    return undefined;
  }
}

/** Marks or removes one object; `gone` tells which. */
export async function deleteObject(
  request: ApiRequest,
  name: string,
  namespace: string | undefined,
  options: DeleteOptions,
): Promise<{ object: Json; gone: boolean }> {
  const { plane, definition, collection } = request;
  let outcome: { object: Json; gone: boolean } | undefined;
  await plane.store.write(collection, keyIn(definition, namespace, name), (current): Decision => {
    if (!current) throw notFound(definition, name);
    const object = current.parse();
    requireDeletable(request, object, options);
    const changed = mark(request, object, options);
    const gone = isGone(definition, object);
    outcome = { object, gone };
    if (isDryRun(request) || (!changed && !gone)) return undefined;
    return gone ? { remove: object } : { object };
  });
  return outcome!;
}

/** Throws what a deletion with these options is refused for. */
export function requireDeletable(request: ApiRequest, object: Json, options: DeleteOptions): void {
  const { admission } = request.plane;
  checkPreconditions(request, object, options);
  admission.mutate(admissionOf(request, 'DELETE', object, object));
  admission.validate(admissionOf(request, 'DELETE', object, object));
}

/** Writes the deletion into the object's metadata; answers whether that changed anything. */
function mark({ plane, definition }: ApiRequest, object: Json, options: DeleteOptions): boolean {
  const { metadata } = object;
  const finalizers = finalizersFor(
    metadata.finalizers ?? [],
    options.propagationPolicy ?? defaultPolicy(definition, metadata),
  );
  const grace = definition.graceSeconds?.(object, options.gracePeriodSeconds) ?? 0;
  const first = !metadata.deletionTimestamp;
  const sooner = !first && grace < (metadata.deletionGracePeriodSeconds ?? 0);
  const changed = first || sooner || finalizers.join() !== (metadata.finalizers ?? []).join();
  if (finalizers.length > 0) metadata.finalizers = finalizers;
  else delete metadata.finalizers;
  if (!first && !sooner) return changed;
  if (first && metadata.generation !== undefined) metadata.generation++;
  metadata.deletionTimestamp = rfc3339(plane.clock.now() + grace * 1000);
  metadata.deletionGracePeriodSeconds = grace;
  if (first) definition.beginDeletion?.(object);
  return changed;
}

/** Where the client does not say, what was decided before holds, and then what the kind prefers. */
function defaultPolicy(
  { orphansByDefault }: ResourceDefinition,
  { finalizers = [] }: Json,
): DeleteOptions['propagationPolicy'] {
  const decided = finalizers.includes(ORPHAN) || finalizers.includes(FOREGROUND);
  return orphansByDefault && !decided ? 'Orphan' : undefined;
}

function finalizersFor(present: readonly string[], policy: DeleteOptions['propagationPolicy']): string[] {
  if (!policy) return [...present];
  const others = present.filter((f) => f !== ORPHAN && f !== FOREGROUND);
  if (policy === 'Orphan') return [...others, ORPHAN];
  return policy === 'Foreground' ? [...others, FOREGROUND] : others;
}

function checkPreconditions({ definition }: ApiRequest, { metadata }: Json, { preconditions }: DeleteOptions): void {
  const { uid, resourceVersion } = preconditions ?? {};
  const pairs: [string, string | undefined, string][] = [
    ['UID', uid, metadata.uid],
    ['ResourceVersion', resourceVersion, metadata.resourceVersion],
  ];
  for (const [what, wanted, is] of pairs)
    if (wanted && wanted !== is)
      throw conflict(
        { group: definition.group, plural: definition.kind },
        metadata.name,
        `the ${what} in the precondition (${wanted}) does not match the ${what} in record (${is}). The object might have been ${HAPPENED[what]}`,
      );
}

/** As many seconds as leave a date that can be written. */
const MAX_GRACE = 2 ** 31;
const HAPPENED: Readonly<Record<string, string>> = {
  UID: 'deleted and then recreated',
  ResourceVersion: 'modified',
};

const POLICIES = new Set(['Orphan', 'Background', 'Foreground']);

async function deleteOptions(request: ApiRequest): Promise<DeleteOptions> {
  return deleteOptionsOf(request, parseBody(await request.bytes(), request.contentType) ?? {});
}

/** DeleteOptions as a client sent them, completed by the query; a `dryRun` in them counts as if it were there. */
export function deleteOptionsOf({ query }: ApiRequest, body: Json): DeleteOptions {
  checkDeleteOptions(body);
  const grace =
    body.gracePeriodSeconds ?? (query.get('gracePeriodSeconds') ? Number(query.get('gracePeriodSeconds')) : undefined);
  const orphan =
    body.orphanDependents ?? (query.has('orphanDependents') ? query.get('orphanDependents') === 'true' : undefined);
  const policy =
    body.propagationPolicy ??
    query.get('propagationPolicy') ??
    (orphan === undefined ? undefined : orphan ? 'Orphan' : 'Background');
  if (orphan !== undefined && (body.propagationPolicy ?? query.get('propagationPolicy')))
    throw invalidOptions(
      'propagationPolicy',
      `Invalid value: ${JSON.stringify(policy)}: orphanDependents and deletionPropagation cannot be both set`,
    );
  for (const value of body.dryRun ?? []) query.append('dryRun', value);
  if (grace !== undefined && !(Number.isInteger(grace) && Math.abs(grace) <= MAX_GRACE))
    throw invalidOptions('gracePeriodSeconds', `Invalid value: ${JSON.stringify(grace)}`);
  if (policy && !POLICIES.has(policy))
    throw invalidOptions(
      'propagationPolicy',
      `Unsupported value: "${policy}": supported values: "Foreground", "Background", "Orphan", "nil"`,
      'FieldValueNotSupported',
    );
  return {
    ...(grace !== undefined && { gracePeriodSeconds: grace }),
    ...(policy && { propagationPolicy: policy }),
    ...(body.preconditions && { preconditions: body.preconditions }),
  };
}

const isText = (value: unknown) => typeof value === 'string';
const isObject = (value: unknown) => typeof value === 'object' && value !== null && !Array.isArray(value);
const FIELDS: Readonly<Record<string, (value: unknown) => boolean>> = {
  dryRun: (value) => Array.isArray(value) && value.every(isText),
  gracePeriodSeconds: (value) => typeof value === 'number',
  orphanDependents: (value) => typeof value === 'boolean',
  preconditions: (value) =>
    isObject(value) && Object.values(value as object).every((part) => part === null || isText(part)),
  propagationPolicy: isText,
};

/** Refuses DeleteOptions with fields of a wrong type. */
function checkDeleteOptions(body: Json): void {
  if (!isObject(body)) throw failure('BadRequest', 'the body of a delete must be a DeleteOptions object');
  for (const [field, fits] of Object.entries(FIELDS))
    if (body[field] !== undefined && body[field] !== null && !fits(body[field]))
      throw failure(
        'BadRequest',
        `DeleteOptions in version "v1" cannot be handled as a DeleteOptions: wrong type of ${field}`,
      );
}

function invalidOptions(field: string, message: string, reason = 'FieldValueInvalid') {
  return failure('Invalid', `DeleteOptions.meta.k8s.io "" is invalid: ${field}: ${message}`, {
    group: 'meta.k8s.io',
    kind: 'DeleteOptions',
    causes: [{ reason, message, field }],
  });
}

function success({ definition }: ApiRequest, { metadata }: Json): Omit<Status, 'code'> {
  return {
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Success',
    details: {
      name: metadata.name,
      ...(definition.group && { group: definition.group }),
      kind: definition.plural,
      uid: metadata.uid,
    },
  };
}

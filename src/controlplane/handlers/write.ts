/** What creates, updates and patches have in common: one atomic step from an object that is wanted to one that is stored. */
import { failure } from '../../kube/index.ts';
import { keepTimes } from '../apply/index.ts';
import { nameSuffix, SUFFIX_LENGTH } from '../name-suffix.ts';
import type { Json, ResourceDefinition } from '../registry/definition.ts';
import type { Change, Decision } from '../storage/index.ts';
import { answerEntry, answerObject, type Shape } from './answers.ts';
import { isDryRun } from './dry-run.ts';
import { isGone, prepareNew, prepareUpdate, requireSameName, type WriteRules } from './prepare.ts';
import { alreadyExists, notFound } from './refusals.ts';
import { type Answer, type ApiRequest, keyIn } from './request.ts';
import { shapeOf } from './shape.ts';

const NAME_TRIES = 8;
const GENERATED_MAX = 63 - SUFFIX_LENGTH;

/** Stores a new object made of what the client sent, which may be changed. */
export async function createFrom(request: ApiRequest, wanted: Json, rules: WriteRules = {}): Promise<Answer> {
  const { plane, definition, collection } = request;
  const dryRun = isDryRun(request);
  const draft = draftOf(request, wanted);
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
  /**
   * The object as it shall be, in the client's version. It is made of a copy of the current one, which may be changed, or
   * of that one itself, which may not.
   */
  readonly next: (copy: () => Json, current: Json) => Json;
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

/** What is stored goes out as it was written; what is not (a dry run, no change, a removal) is written for the answer. */
function answerWritten({ object, change }: Written, shape: Shape, status = 200): Answer {
  return change && change.type !== 'DELETED'
    ? answerEntry(change.entry, shape, status)
    : answerObject(object, shape, status);
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
    const copy = () => served(definition, current.parse());
    const wanted = rules.next(copy, definition.fromStored ? copy() : old);
    object = keepTimes(prepareUpdate(request, old, stored(definition, wanted), rules), old);
    if (dryRun || object === old) return undefined;
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
    const name = base + nameSuffix(plane.random);
    if (!plane.store.newest(collection, keyIn(definition, metadata.namespace, name))) return name;
  }
  throw alreadyExists(definition, base);
}

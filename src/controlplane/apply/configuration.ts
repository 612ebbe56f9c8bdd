/** Server-side apply: one says which fields shall be what, and so comes to own them. */
import { failure, isJsonObject, type Json, type JsonObject, jsonEqual } from '../../kube/index.ts';
import { compare } from './comparison.ts';
import { configurationFault } from './configuration-fault.ts';
import { type Conflict, conflictError, conflictsBeyond } from './conflict.ts';
import { EMPTY, isEmpty } from './field-set.ts';
import { KUBECTL, lastAppliedFields, withLastApplied } from './last-applied.ts';
import { type Manager, type Managers, managerKey, readManagers, splitManagedFields, withManagers } from './manager.ts';
import { mentionedFields } from './mentioned.ts';
import { merge } from './merge.ts';
import {
  comparisonWithoutReset,
  conflictsOf,
  emptyObject,
  fitManagers,
  takeFromOthers,
  type Write,
  withoutReset,
  withoutUnowned,
  writerOf,
} from './ownership.ts';
import { type Pruned, prune } from './prune.ts';
import { update } from './track.ts';

export interface Apply extends Write {
  /** Take fields that others own. @default false */
  readonly force?: boolean;
}

/** See index.ts. */
export function applyConfiguration<T extends object>(live: T | undefined, applied: unknown, write: Apply): T {
  const configuration = checked(applied, write);
  const { plain, entries } = splitManagedFields((live ?? emptyObject(write)) as JsonObject);
  const outcome = outcomeOfApply(plain, configuration, known(entries, plain, write), write);
  const conflicts = write.force ? [] : disputed(outcome.conflicts, plain, write);
  if (conflicts.length > 0) throw conflictError(conflicts);
  const object = outcome.object.clean as JsonObject;
  const result = write.manager === KUBECTL ? withLastApplied(object, configuration) : object;
  return withManagers(result, outcome.managers) as T;
}

/** What applying leads to if its conflicts do not stop it. */
export interface Outcome {
  /** The live object itself where nothing changes. */
  readonly object: Pruned;
  readonly managers: Managers;
  readonly conflicts: readonly Conflict[];
}

export function outcomeOfApply(live: Json, applied: Json, managers: Managers, write: Write): Outcome {
  const { schema, time } = write;
  const fitted = fitManagers(managers, schema);
  const writer = writerOf(write, 'Apply', withoutReset(mentionedFields(applied, schema), write));
  const self = managerKey(writer);
  const previous = fitted.get(self);
  fitted.set(self, writer);
  const merged = merge(live, applied, schema) ?? null;
  const pruned = prune(merged, fitted, previous?.fields ?? EMPTY, schema);
  const change = comparisonWithoutReset(compare(live, pruned.exact, schema), write);
  const isChange = !jsonEqual(live, pruned.exact);
  const left = new Map(takeFromOthers(fitted, change, self, schema));
  const fields = withoutUnowned(writer.fields);
  if (isEmpty(fields)) left.delete(self);
  else left.set(self, timed({ ...writer, fields }, isChange ? time : previous?.time));
  const object = isChange ? pruned : { exact: live, clean: live };
  return { object, managers: left, conflicts: conflictsOf(fitted, change, self) };
}

/** kubectl may take fields that it applied itself from the client's side. */
function disputed(conflicts: readonly Conflict[], live: JsonObject, write: Write): readonly Conflict[] {
  if (conflicts.length === 0 || write.manager !== KUBECTL) return conflicts;
  return conflictsBeyond(conflicts, lastAppliedFields(live, write.apiVersion, write.schema));
}

function timed(manager: Manager, time: string | undefined): Manager {
  return time ? { ...manager, time } : manager;
}

/** Who owned what so far. What was there before anyone was on record belongs to `before-first-apply`. */
function known(entries: unknown, live: JsonObject, write: Apply): Managers {
  const managers = readOrRefuse(entries);
  if (managers.size > 0) return managers;
  return update(managers, emptyObject(write), live, { ...write, manager: 'before-first-apply' });
}

function readOrRefuse(entries: unknown): Managers {
  try {
    return readManagers(entries);
  } catch (error) {
    throw failure('BadRequest', `failed to decode managed fields: ${(error as Error).message}`);
  }
}

function checked(applied: unknown, { apiVersion, kind, schema }: Apply): JsonObject {
  if (!isJsonObject(applied)) throw failure('BadRequest', 'error decoding YAML: the configuration must be an object');
  if (applied.apiVersion !== apiVersion || applied.kind !== kind) {
    const given = kindText(word(applied.apiVersion), word(applied.kind));
    throw failure('BadRequest', `invalid object type: ${given}`);
  }
  const metadata = (isJsonObject(applied.metadata) ? applied.metadata : {}) as JsonObject;
  if (metadata.managedFields !== undefined && metadata.managedFields !== null) {
    throw failure('BadRequest', 'metadata.managedFields must be nil');
  }
  const fault = configurationFault(applied as Json, schema);
  if (fault === undefined) return applied;
  const name = `${word(metadata.namespace)}/${word(metadata.name)}; ${kindText(apiVersion, kind)}`;
  throw failure('BadRequest', `failed to create typed patch object (${name}): ${fault}`);
}

/** What is no text is not printed: an object may bring a `toString` of its own. */
function word(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

/** `apps/v1, Kind=Deployment`, `/v1, Kind=Pod`: as Go prints it. */
function kindText(apiVersion: string, kind: string): string {
  return `${apiVersion.includes('/') ? '' : '/'}${apiVersion}, Kind=${kind}`;
}

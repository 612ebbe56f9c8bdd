/** Fields that their applier no longer mentions vanish, unless someone else owns them. */
import { isJsonObject, type Json, type JsonObject, put } from '../../kube/index.ts';
import type { ApplySchema } from '../schema/index.ts';
import { difference, EMPTY, type FieldSet, intersection, isEmpty, union } from './field-set.ts';
import type { Managers } from './manager.ts';
import { mentionedFields } from './mentioned.ts';
import { removeFields } from './removal.ts';
import { withNamedFields } from './schema-fit.ts';

/**
 * @param merged the live object with the new configuration merged in
 * @param managers all, with what the applier claims now
 * @param last what he claimed the last time
 */
export function prune(merged: Json, managers: Managers, last: FieldSet, schema: ApplySchema): Json {
  if (isEmpty(last)) return merged;
  const named = (set: FieldSet) => withNamedFields(set, schema);
  const fieldsOf = (value: Json) => named(mentionedFields(value, schema));
  const all = fieldsOf(merged);
  const owned = named([...managers.values()].reduce((set, manager) => union(set, manager.fields), EMPTY));
  const bare = removeFields(merged, named(last), schema);
  const kept = removeFields(merged, difference(all, union(fieldsOf(bare), owned)), schema);
  return removeFields(merged, intersection(difference(all, fieldsOf(kept)), named(last)), schema);
}

/** Without the nulls that pruning leaves of what lost all its content. */
export function withoutHusks(pruned: Json, merged: Json): Json {
  if (Array.isArray(pruned)) return pruned.filter((item) => item !== null || (merged as Json[]).includes(null));
  if (!isJsonObject(pruned) || !isJsonObject(merged)) return pruned;
  const kept: JsonObject = {};
  for (const [name, value] of Object.entries(pruned)) {
    const before = merged[name];
    if (value === null && before !== null) continue;
    put(kept, name, value === before ? value : withoutHusks(value, before!));
  }
  return kept;
}

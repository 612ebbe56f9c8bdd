/** Fields that their applier no longer mentions vanish, unless someone else owns them. */
import type { Json } from '../../kube/index.ts';
import type { ApplySchema } from '../schema/index.ts';
import { difference, EMPTY, type FieldSet, intersection, isEmpty, union } from './field-set.ts';
import type { Managers } from './manager.ts';
import { mentionedFields } from './mentioned.ts';
import { removeFields } from './removal.ts';
import { withNamedFields } from './schema-fit.ts';

export interface Pruned {
  /** What has lost all its content is null in it: by that ownership is reckoned. */
  readonly exact: Json;
  /** The same without such husks. */
  readonly clean: Json;
}

/**
 * @param merged the live object with the new configuration merged in
 * @param managers all, with what the applier claims now
 * @param last what he claimed the last time
 */
export function prune(merged: Json, managers: Managers, last: FieldSet, schema: ApplySchema): Pruned {
  if (isEmpty(last)) return { exact: merged, clean: merged };
  const named = (set: FieldSet) => withNamedFields(set, schema);
  const fieldsOf = (value: Json) => named(mentionedFields(value, schema));
  const all = fieldsOf(merged);
  const owned = named([...managers.values()].reduce((set, manager) => union(set, manager.fields), EMPTY));
  const bare = removeFields(merged, named(last), schema, null);
  const kept = removeFields(merged, difference(all, union(fieldsOf(bare), owned)), schema, null);
  const gone = intersection(difference(all, fieldsOf(kept)), named(last));
  return {
    exact: removeFields(merged, gone, schema, null),
    clean: removeFields(merged, gone, schema, undefined) ?? null,
  };
}

/** Kinds with `/status`: the main path never writes status, the status path never writes anything else. */
import type { Json, Strategy } from '../definition.ts';

type Separation = Required<Pick<Strategy, 'prepareForCreate' | 'prepareForUpdate'>>;

/** `prepareForCreate` and `prepareForUpdate` that keep spec and status apart; `initial` is a new object's status. */
export function separateStatus({ initial }: { initial?(object: Json): Json } = {}): Separation {
  return {
    prepareForCreate(object) {
      object.status = initial?.(object) ?? {};
    },
    prepareForUpdate: (object, old, subresource) => restore(object, old, subresource === 'status' ? 'spec' : 'status'),
  };
}

function restore(object: Json, old: Json, field: string): void {
  if (old[field] === undefined) delete object[field];
  else object[field] = old[field];
}

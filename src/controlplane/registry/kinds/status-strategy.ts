/** Kinds with `/status`: the main path never writes status, the status path never writes anything else. */
import type { Json, Strategy } from '../definition.ts';

export interface StatusRules {
  /** The status of a new object. Default: an empty one. */
  initial?(object: Json): Json;
  /** Top-level fields that the status path leaves alone. Default: spec. */
  readonly kept?: readonly string[];
}

/** `prepareForCreate` and `prepareForUpdate` that keep spec and status apart. */
export function separateStatus(
  rules: StatusRules = {},
): Required<Pick<Strategy, 'prepareForCreate' | 'prepareForUpdate'>> {
  const kept = rules.kept ?? ['spec'];
  return {
    prepareForCreate(object) {
      object.status = rules.initial?.(object) ?? {};
    },
    prepareForUpdate(object, old, subresource) {
      for (const field of subresource === 'status' ? kept : ['status']) restore(object, old, field);
    },
  };
}

function restore(object: Json, old: Json, field: string): void {
  if (old[field] === undefined) delete object[field];
  else object[field] = structuredClone(old[field]);
}

/** Fields that a path cannot write. */

const NONE: readonly (readonly string[])[] = [];
const STATUS = [['status']];
const SPEC = [['spec']];

/** Of a kind whose status has a path of its own the object's path cannot write it, and that path not the spec. */
export function resetFieldsOf(hasStatus: boolean, subresource: string | undefined): readonly (readonly string[])[] {
  if (!hasStatus) return NONE;
  if (subresource === 'status') return SPEC;
  return subresource ? NONE : STATUS;
}

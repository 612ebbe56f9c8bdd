/** Under which name a client writes. */
import type { StatusCause } from '../../kube/index.ts';

const MAX_LENGTH = 128;

/** Of a request that names no fieldManager: its User-Agent up to the first slash. */
export function defaultManagerName(userAgent: string | undefined): string {
  const product = (userAgent ?? '').split('/', 1)[0]!;
  return [...product].filter(isPrintable).join('').slice(0, MAX_LENGTH) || 'unknown';
}

/** What is wrong with `fieldManager` and `force` of a patch, as fields of PatchOptions. */
export function patchOptionErrors(options: {
  isApply: boolean;
  fieldManager: string;
  force?: boolean | undefined;
}): StatusCause[] {
  const { isApply, fieldManager, force } = options;
  const faults: StatusCause[] = [];
  const add = (reason: string, field: string, message: string) => faults.push({ reason, message, field });
  if (isApply && fieldManager === '') {
    add('FieldValueRequired', 'fieldManager', 'Required value: is required for apply patch');
  }
  if (!isApply && force !== undefined) {
    add('FieldValueForbidden', 'force', 'Forbidden: may not be specified for non-apply patch');
  }
  if (fieldManager.length > MAX_LENGTH) {
    add('FieldValueTooLong', 'fieldManager', `Too long: may not be more than ${MAX_LENGTH} bytes`);
  }
  if (![...fieldManager].every(isPrintable)) {
    const text = JSON.stringify(fieldManager);
    add('FieldValueInvalid', 'fieldManager', `Invalid value: ${text}: should only contain printable characters`);
  }
  return faults;
}

function isPrintable(char: string): boolean {
  return char === ' ' || /^[\p{L}\p{M}\p{N}\p{P}\p{S}]$/u.test(char);
}

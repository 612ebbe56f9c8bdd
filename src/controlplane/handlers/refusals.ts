/** The refusals that handlers give, worded and coded as kube-apiserver does. */
import { failure, type StatusDetails, type StatusError } from '../../kube/index.ts';
import type { FieldError, ResourceDefinition } from '../registry/definition.ts';
import { qualified } from '../registry/registry.ts';

type Named = Pick<ResourceDefinition, 'group' | 'plural'>;

function details(definition: Named, name: string): StatusDetails {
  return { name, ...(definition.group && { group: definition.group }), kind: definition.plural };
}

export function notFound(definition: Named, name: string): StatusError {
  return failure('NotFound', `${qualified(definition)} "${name}" not found`, details(definition, name));
}

export function alreadyExists(definition: Named, name: string): StatusError {
  return failure('AlreadyExists', `${qualified(definition)} "${name}" already exists`, details(definition, name));
}

export function conflict(definition: Named, name: string, why: string): StatusError {
  const message = `Operation cannot be fulfilled on ${qualified(definition)} "${name}": ${why}`;
  return failure('Conflict', message, details(definition, name));
}

export const STALE = 'the object has been modified; please apply your changes to the latest version and try again';

export function forbidden(definition: Named, name: string, why: string): StatusError {
  return failure('Forbidden', `${qualified(definition)} "${name}" is forbidden: ${why}`, details(definition, name));
}

export function methodNotAllowed(): StatusError {
  return failure('MethodNotAllowed', 'the server does not allow this method on the requested resource', {});
}

export function invalid(
  definition: Pick<ResourceDefinition, 'group' | 'kind'>,
  name: string,
  errors: readonly FieldError[],
): StatusError {
  const kind = definition.group ? `${definition.kind}.${definition.group}` : definition.kind;
  const texts = [...new Set(errors.map((error) => `${error.field}: ${error.message}`))];
  const list = texts.length === 1 ? texts[0] : `[${texts.join(', ')}]`;
  return failure('Invalid', `${kind} "${name}" is invalid: ${list}`, {
    ...(name && { name }),
    ...(definition.group && { group: definition.group }),
    ...(definition.kind && { kind: definition.kind }),
    causes: errors.map(({ reason, message, field }) => ({ reason, message, field })),
  });
}

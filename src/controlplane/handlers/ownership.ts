/** Field ownership (`metadata.managedFields`) of requests: who writes, and under which rules. */
import { failure, rfc3339 } from '../../kube/index.ts';
import {
  applyConfiguration,
  defaultManagerName,
  patchOptionErrors,
  resetFieldsOf,
  trackChange,
  type Write,
} from '../apply/index.ts';
import { isTrue } from '../http/request-info.ts';
import type { Json } from '../registry/definition.ts';
import { groupVersion } from '../registry/registry.ts';
import { applySchemaOf, complete, DEDUCED, typeOf } from '../schema/index.ts';
import type { ApiRequest } from './request.ts';

const empties = new Map<string, object>();

/** Notes in `object` who owns its fields after this create or update. `old` is undefined for a create. */
export function trackOwnership(request: ApiRequest, object: Json, old: Json | undefined): void {
  if (request.definition.storedAs && !request.definition.custom) {
    delete object.metadata.managedFields;
    return;
  }
  const { managedFields } = trackChange(old, object, writeOf(request)).metadata;
  if (managedFields) object.metadata.managedFields = managedFields;
  else delete object.metadata.managedFields;
}

/** The object that an apply makes of the live one, or of nothing; the caller's own, to be changed at will. */
export function applied(request: ApiRequest, live: Json | undefined, configuration: Json): Json {
  const object = applyConfiguration(live, configuration, {
    ...writeOf(request),
    force: isTrue(request.query.get('force')),
  });
  return structuredClone(object);
}

/** Refuses a `fieldManager` that is no name. */
export function checkManager(request: ApiRequest, kind: 'CreateOptions' | 'UpdateOptions'): void {
  checkOptions(request, kind, false, null);
}

/** Refuses a patch whose `fieldManager` and `force` do not go together with its kind. */
export function checkPatchOptions(request: ApiRequest, isApply: boolean): void {
  checkOptions(request, 'PatchOptions', isApply, request.query.get('force'));
}

function checkOptions({ query }: ApiRequest, kind: string, isApply: boolean, force: string | null): void {
  const causes = patchOptionErrors({
    isApply,
    fieldManager: query.get('fieldManager') ?? '',
    ...(force !== null && { force: isTrue(force) }),
  });
  if (causes.length === 0) return;
  const list = causes.map(({ field, message }) => `${field}: ${message}`).join(', ');
  const text = causes.length === 1 ? list : `[${list}]`;
  throw failure('Invalid', `${kind}.meta.k8s.io "" is invalid: ${text}`, {
    group: 'meta.k8s.io',
    kind,
    causes,
  });
}

function writeOf({ definition, query, userAgent, target, plane }: ApiRequest): Write {
  const { group, version, kind, status, custom } = definition;
  const type = custom ? undefined : typeOf(group, version, kind);
  const { subresource } = target;
  return {
    manager: query.get('fieldManager') || defaultManagerName(userAgent),
    apiVersion: groupVersion(definition),
    kind,
    schema: custom?.applySchema ?? (type ? applySchemaOf(type) : DEDUCED),
    ...(type && { empty: emptyOf(type) }),
    ...(subresource !== undefined && { subresource }),
    resetFields: resetFieldsOf(status ?? false, subresource),
    time: rfc3339(plane.clock.now()),
  };
}

/** What an object of the type looks like before anything is said of it. */
function emptyOf(type: string): object {
  let empty = empties.get(type);
  if (!empty) {
    empty = {};
    complete(type, empty);
    empties.set(type, Object.freeze(empty));
  }
  return empty;
}

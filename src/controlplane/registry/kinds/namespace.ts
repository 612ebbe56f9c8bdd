import type { FieldError, Json, ResourceDefinition } from '../definition.ts';
import { invalid, invalids } from '../validation/field-error.ts';
import { qualifiedName } from '../validation/names.ts';
import { ageColumn, nameColumn, text } from './columns.ts';

export const namespaces: ResourceDefinition = {
  group: '',
  version: 'v1',
  plural: 'namespaces',
  singular: 'namespace',
  kind: 'Namespace',
  shortNames: ['ns'],
  namespaced: false,
  verbs: ['get', 'list', 'watch', 'create', 'update', 'patch', 'delete'],
  status: true,
  generation: false,
  beginDeletion: (o) => {
    o.status = { ...o.status, phase: 'Terminating' };
  },
  isHeld: (o) => (o.spec?.finalizers ?? []).length > 0,
  selectableFields: {
    'status.phase': (o) => o.status?.phase ?? '',
  },
  columns: [
    nameColumn,
    text('Status', (o) => o.status?.phase ?? '', { description: 'Active, or Terminating while it is emptied.' }),
    ageColumn,
  ],
  strategy: { default: setDefaults, prepareForCreate, prepareForUpdate, validate, validateUpdate },
};

const EMPTIED_BY = 'kubernetes';
const NAME_LABEL = 'kubernetes.io/metadata.name';

function setDefaults({ metadata, ...namespace }: Json): void {
  if (metadata.name) metadata.labels = { ...metadata.labels, [NAME_LABEL]: metadata.name };
  if (namespace.status) namespace.status.phase ||= 'Active';
}

/** Every namespace is held by a finalizer of its own until everything in it is gone. */
function prepareForCreate(namespace: Json): void {
  namespace.spec ??= {};
  const finalizers: string[] = namespace.spec.finalizers ?? [];
  if (!finalizers.includes(EMPTIED_BY)) namespace.spec.finalizers = [...finalizers, EMPTIED_BY];
  namespace.status = { phase: 'Active' };
}

/** `spec.finalizers` are written through `/finalize` only. */
function prepareForUpdate(namespace: Json, old: Json, subresource: string | undefined): void {
  if (subresource !== 'finalize') namespace.spec = old.spec ?? {};
  if (subresource !== 'status') namespace.status = old.status ?? {};
}

function validate(namespace: Json): FieldError[] {
  return (namespace.spec?.finalizers ?? []).flatMap((name: string) => {
    const faults = invalids('spec.finalizers', name, qualifiedName(name));
    if (faults.length > 0 || name.includes('/') || name === EMPTIED_BY) return faults;
    const detail = 'name is neither a standard finalizer name nor is it fully qualified';
    return [invalid('spec.finalizers', name, detail)];
  });
}

function validateUpdate(namespace: Json, old: Json, subresource: string | undefined): FieldError[] {
  if (subresource !== 'status' || !namespace.status?.phase) return [];
  const wanted = old.metadata.deletionTimestamp ? 'Terminating' : 'Active';
  if (namespace.status.phase === wanted) return [];
  const detail = old.metadata.deletionTimestamp
    ? "may only be 'Terminating' if `deletionTimestamp` is not empty"
    : "may only be 'Active' if `deletionTimestamp` is empty";
  return [invalid('status.Phase', namespace.status.phase, detail)];
}

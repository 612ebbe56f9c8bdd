import type { FieldError, Json, ResourceDefinition } from '../definition.ts';
import { required } from '../validation/field-error.ts';
import { immutable } from '../validation/immutable.ts';
import { nonNegative } from '../validation/numbers.ts';
import { ageColumn, nameColumn, text } from './columns.ts';

export const controllerRevisions: ResourceDefinition = {
  group: 'apps',
  version: 'v1',
  plural: 'controllerrevisions',
  singular: 'controllerrevision',
  kind: 'ControllerRevision',
  namespaced: true,
  columns: [nameColumn, text('Controller', controllerText), text('Revision', (o) => o.revision ?? 0), ageColumn],
  strategy: {
    default: (o) => {
      o.revision ??= 0;
    },
    validate,
    validateUpdate: (o, old) => immutable('data', o.data, old.data),
  },
};

function validate(revision: Json): FieldError[] {
  const data = revision.data === undefined || revision.data === null ? [required('data', 'data is mandatory')] : [];
  return [...nonNegative('revision', revision.revision), ...data];
}

/** `statefulset.apps/web`. */
function controllerText({ metadata }: Json): string {
  const owner = (metadata.ownerReferences ?? []).find((o: Json) => o.controller);
  if (!owner) return '<none>';
  const group = owner.apiVersion.includes('/') ? `.${owner.apiVersion.split('/')[0]}` : '';
  return `${owner.kind.toLowerCase()}${group}/${owner.name}`;
}

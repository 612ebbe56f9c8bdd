/** Which objects of a collection a list or watch is about. */
import { failure, parseFieldSelector, parseLabelSelector } from '../../kube/index.ts';
import type { ResourceDefinition } from '../registry/definition.ts';
import type { Entry } from '../storage/index.ts';
import type { ApiRequest } from './request.ts';

export interface Selection {
  readonly namespace: string | undefined;
  /** Only this name, where the path or the field selector says so. */
  readonly name: string | undefined;
  /** Do selectors leave things out? Then nobody can say how many remain. */
  readonly filtered: boolean;
  matches(entry: Entry): boolean;
}

export function selectionOf({ definition, query, target }: ApiRequest): Selection {
  const labels = parseLabelSelector(query.get('labelSelector') ?? '');
  const fields = parseFieldSelector(query.get('fieldSelector') ?? '');
  for (const { field } of fields.requirements) requireSupported(definition, field);
  const everyLabel = labels.requirements.length === 0;
  const everyField = fields.requirements.length === 0;
  return {
    namespace: target.namespace ?? (definition.namespaced ? fields.exact('metadata.namespace') : undefined),
    name: target.name ?? fields.exact('metadata.name'),
    filtered: !everyLabel || !everyField,
    matches(entry) {
      const [namespace, name] = splitStoreKey(definition, entry.key);
      if (target.namespace !== undefined && namespace !== target.namespace) return false;
      if (target.name !== undefined && name !== target.name) return false;
      if (!everyLabel && !labels.matches(entry.attributes.labels)) return false;
      if (everyField) return true;
      return fields.matches((field) => {
        if (field === 'metadata.name') return name;
        return field === 'metadata.namespace' ? namespace : entry.attributes.fields[field];
      });
    },
  };
}

function requireSupported(definition: ResourceDefinition, field: string): void {
  if (field === 'metadata.name' || (field === 'metadata.namespace' && definition.namespaced)) return;
  if (Object.hasOwn(definition.selectableFields ?? {}, field)) return;
  throw failure('BadRequest', `field label not supported: ${field}`);
}

function splitStoreKey(definition: ResourceDefinition, key: string): [namespace: string | undefined, name: string] {
  if (!definition.namespaced) return [undefined, key];
  const slash = key.indexOf('/');
  return [key.slice(0, slash), key.slice(slash + 1)];
}

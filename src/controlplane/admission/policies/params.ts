/** The parameters with which a binding has its policy judged: other objects, named or selected. */
import { selectorOf } from '../../../kube/index.ts';
import type { Json, ResourceDefinition } from '../../registry/definition.ts';
import type { AdmissionRequest } from '../admission.ts';

/** One judgement for each; a policy without parameters is judged once, with null. Text says why there can be none. */
export function paramsFor(policy: Json, { spec }: Json, request: AdmissionRequest): Json[] | string {
  const { paramKind } = policy.spec;
  const ref = spec.paramRef;
  if (!paramKind || !ref) return [null];
  const definition = definitionOf(paramKind, request);
  if (!definition)
    return `failed to find resource referenced by paramKind: '${paramKind.apiVersion}, Kind=${paramKind.kind}'`;
  const namespace = definition.namespaced ? (ref.namespace ?? request.namespace) : undefined;
  if (definition.namespaced && namespace === undefined)
    return 'cannot use namespaced paramRef in policy binding that matches cluster-scoped resources';
  const found = [...objects(definition, namespace, ref, request)];
  if (found.length > 0 || ref.parameterNotFoundAction === 'Allow') return found;
  return 'no params found for policy binding with `Deny` parameterNotFoundAction';
}

function definitionOf({ apiVersion, kind }: Json, { plane }: AdmissionRequest): ResourceDefinition | undefined {
  const [version, group = ''] = String(apiVersion).split('/').reverse();
  return plane.registry.ofKind(group, version!, kind);
}

function* objects(
  definition: ResourceDefinition,
  namespace: string | undefined,
  { name, selector }: Json,
  { plane }: AdmissionRequest,
): Generator<Json> {
  const collection = plane.collection(definition);
  const prefix = namespace === undefined ? '' : `${namespace}/`;
  if (name) {
    const entry = plane.store.newest(collection, prefix + name);
    if (entry) yield entry.shared;
    return;
  }
  const { matches } = selectorOf(selector ?? {});
  for (const [key, entry] of collection.current.entries(prefix)) {
    if (!key.startsWith(prefix)) return;
    if (matches(entry.attributes.labels)) yield entry.shared;
  }
}

/** Which writes the `matchConstraints` of a policy, or the `matchResources` of a binding, are about. */
import { type Selector, selectorOf } from '../../../kube/index.ts';
import type { Json } from '../../registry/definition.ts';
import type { AdmissionRequest } from '../admission.ts';

/** A policy that could refuse a change of policies could never be taken back. */
const EXEMPT_GROUP = 'admissionregistration.k8s.io';

/** Without rules of its own a binding takes what its policy does: `byDefault`. */
export function isMeant(match: Json | undefined, request: AdmissionRequest, byDefault = false): boolean {
  if (request.definition.group === EXEMPT_GROUP) return false;
  if (!match) return byDefault;
  const { resourceRules = [], excludeResourceRules = [] } = match;
  if (resourceRules.length > 0 || !byDefault) {
    if (!resourceRules.some((rule: Json) => fits(rule, request, match.matchPolicy))) return false;
  }
  if (excludeResourceRules.some((rule: Json) => fits(rule, request, match.matchPolicy))) return false;
  return isInNamespace(match.namespaceSelector, request) && isLabelled(match.objectSelector, request);
}

function fits(rule: Json, { definition, operation, subresource, name, namespace }: AdmissionRequest, policy: string) {
  const has = (list: readonly string[] | undefined, value: string) => list?.some((one) => one === '*' || one === value);
  const anyVersion = policy !== 'Exact';
  return (
    has(rule.operations, operation) &&
    has(rule.apiGroups, definition.group) &&
    (anyVersion || has(rule.apiVersions, definition.version)) &&
    rule.resources?.some((resource: string) => isResource(resource, definition.plural, subresource)) &&
    (!rule.resourceNames?.length || rule.resourceNames.includes(name)) &&
    (!rule.scope || rule.scope === '*' || (rule.scope === 'Namespaced') === (namespace !== undefined))
  );
}

/** `pods`, `pods/status`, `pods/*`, `*`, which takes no subresource, and `*` for either side of the slash. */
function isResource(pattern: string, plural: string, subresource: string | undefined): boolean {
  const [resource, sub] = pattern.split('/', 2);
  if (resource !== '*' && resource !== plural) return false;
  return sub === undefined ? subresource === undefined : sub === '*' || sub === subresource;
}

function isInNamespace(selector: Json, { plane, definition, namespace, object }: AdmissionRequest): boolean {
  const { requirements, matches } = selectorFor(selector);
  if (requirements.length === 0) return true;
  if (definition.group === '' && definition.plural === 'namespaces') return matches(object.metadata.labels);
  if (namespace === undefined) return true;
  const entry = plane.store.newest(plane.of('', 'namespaces'), namespace);
  return matches(entry?.attributes.labels);
}

function isLabelled(selector: Json, { object, old }: AdmissionRequest): boolean {
  const { requirements, matches } = selectorFor(selector);
  return (
    requirements.length === 0 || matches(object.metadata.labels) || (old !== undefined && matches(old.metadata.labels))
  );
}

function selectorFor(selector: Json): Selector {
  return selectorOf(selector ?? {});
}

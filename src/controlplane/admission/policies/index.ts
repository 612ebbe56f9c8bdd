/** ValidatingAdmissionPolicies, as their bindings put them into force: rules in CEL by which a cluster refuses writes. */
import { failure, REASONS } from '../../../kube/index.ts';
import { forbidden } from '../../handlers/refusals.ts';
import type { Json } from '../../registry/definition.ts';
import type { AdmissionPlugin, AdmissionRequest } from '../admission.ts';
import { isMeant } from './match.ts';
import { paramsFor } from './params.ts';
import { once, policyOf, type Scene, seen, type Verdict } from './policy.ts';

const GROUP = 'admissionregistration.k8s.io';

export const validatingPolicies: AdmissionPlugin = {
  name: 'ValidatingAdmissionPolicy',
  validate(request) {
    const bindings = request.plane.of(GROUP, 'validatingadmissionpolicybindings').current;
    if (bindings.size === 0) return;
    // Most writes no policy looks at: nothing is converted for them.
    const scene = once(() => sceneOf(request));
    for (const { shared: binding } of bindings.values()) act(binding, request, scene);
  },
};

function act(binding: Json, request: AdmissionRequest, scene: () => Scene): void {
  const { policyName, matchResources, validationActions = [] } = binding.spec;
  const policy = request.plane.of(GROUP, 'validatingadmissionpolicies').get(policyName)?.shared;
  if (!policy || !isMeant(policy.spec.matchConstraints, request) || !isMeant(matchResources, request, true)) return;
  for (const { message, reason } of verdicts(policy, binding, request, scene)) {
    const by = `ValidatingAdmissionPolicy '${policyName}' with binding '${binding.metadata.name}'`;
    if (validationActions.includes('Deny')) throw denial(request, `${by} denied request: ${message}`, reason);
    if (validationActions.includes('Warn')) request.warn(`Validation failed for ${by}: ${message}`);
  }
}

function verdicts(object: Json, binding: Json, request: AdmissionRequest, scene: () => Scene): Verdict[] {
  const policy = policyOf(object);
  const params = paramsFor(object, binding, request);
  if (typeof params === 'string') return policy.fault(`failed to configure binding: ${params}`);
  return params.flatMap((one) => policy.judge({ ...scene(), params: seen(one) }));
}

/** Forbidden by its words, whatever its reason. */
function denial({ definition, name }: AdmissionRequest, why: string, reason: string): Error {
  const { message, details = {} } = forbidden(definition, name, why).status;
  const known = Object.hasOwn(REASONS, reason) ? (reason as keyof typeof REASONS) : 'Invalid';
  return failure(known, message ?? why, { ...details, causes: [{ message: why }] });
}

function sceneOf(request: AdmissionRequest): Scene {
  const { plane, operation, object, old, namespace } = request;
  const gone = operation === 'DELETE';
  const home = namespace === undefined ? undefined : plane.store.newest(plane.of('', 'namespaces'), namespace);
  return {
    object: seen(gone ? undefined : object),
    oldObject: seen(gone ? object : old),
    request: seen(attributesOf(request)),
    params: null,
    namespaceObject: seen(home?.shared),
  };
}

function attributesOf({ definition, caller, operation, subresource, namespace, name, dryRun }: AdmissionRequest): Json {
  const { group, version, kind, plural } = definition;
  const [gvk, gvr] = [
    { group, version, kind },
    { group, version, resource: plural },
  ];
  const { name: username, uid = '', groups, extra = {} } = caller;
  return {
    kind: gvk,
    resource: gvr,
    requestKind: gvk,
    requestResource: gvr,
    ...(subresource && { subResource: subresource, requestSubResource: subresource }),
    name,
    ...(namespace !== undefined && { namespace }),
    operation,
    userInfo: { username, uid, groups: [...groups], extra },
    dryRun,
  };
}

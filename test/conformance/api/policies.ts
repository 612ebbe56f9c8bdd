/** Policies in CEL, as bindings put them into force: what they refuse, and in which words. */
import { setTimeout as delay } from 'node:timers/promises';
import type { Json } from '../../../src/controlplane/registry/definition.ts';
import type { Cases } from '../suite.ts';
import type { Talk } from '../talk.ts';
import { configMap } from './drafts.ts';

const PATIENCE_MS = 60_000;

const ON_MAPS = {
  apiGroups: [''],
  apiVersions: ['v1'],
  operations: ['CREATE', 'UPDATE', 'DELETE'],
  resources: ['configmaps'],
};

/** A ConfigMap that the policy of this conversation looks at. */
const judged = (api: Talk, name: string, data: Json = {}) =>
  configMap(name, data, { labels: { judge: api.namespace } });

function policyOf(api: Talk, spec: Json): Json {
  const objectSelector = { matchLabels: { judge: api.namespace } };
  return {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'ValidatingAdmissionPolicy',
    metadata: { name: api.name('policy') },
    spec: { matchConstraints: { resourceRules: [ON_MAPS], objectSelector }, ...spec },
  };
}

/** Puts a policy into force; it refuses ConfigMaps named `refused`. */
async function enforce(api: Talk, spec: Json, validationActions = ['Deny']): Promise<void> {
  const probe = { expression: "oldObject != null || object.metadata.name != 'refused'", message: 'in force' };
  const policy = policyOf(api, { ...spec, validations: [probe, ...spec.validations] });
  await api.quietly('POST', 'validatingadmissionpolicies', policy);
  await api.quietly('POST', 'validatingadmissionpolicybindings', {
    apiVersion: policy.apiVersion,
    kind: 'ValidatingAdmissionPolicyBinding',
    metadata: { name: api.name('binding') },
    spec: { policyName: policy.metadata.name, validationActions },
  });
  if (validationActions.includes('Deny')) await inForce(api);
}

/** A policy comes into force a moment after it was made. */
async function inForce(api: Talk): Promise<void> {
  for (const end = Date.now() + PATIENCE_MS; Date.now() < end; await delay(50)) {
    const refused = await api
      .quietly('POST', 'configmaps', judged(api, 'refused'), { query: { dryRun: 'All' } })
      .catch((error: Error) => (error.message.includes('in force') ? 'refused' : 'otherwise'));
    if (refused === 'refused') return;
  }
  throw new Error('the policy never came into force');
}

const rule = (expression: string, more: Json = {}) => ({ validations: [{ expression, ...more }] });

export const policies: Cases = {
  'a policy refuses what does not hold': async (api) => {
    await enforce(api, rule('size(object.data) < 2', { message: 'too much data' }));
    await api.post('configmaps', judged(api, 'fine', { x: '1' }));
    await api.post('configmaps', judged(api, 'large', { x: '1', y: '2' }));
    await api.post('configmaps', configMap('elsewhere', { x: '1', y: '2' }));
  },
  'a policy gives its own reason and words': async (api) => {
    const messageExpression = "'no more than one of ' + string(size(object.data))";
    await enforce(api, rule('size(object.data) < 2', { reason: 'Forbidden', messageExpression }));
    await api.post('configmaps', judged(api, 'large', { x: '1', y: '2' }));
  },
  'a policy without words quotes itself': async (api) => {
    await enforce(api, rule("object.metadata.name != 'plain'"));
    await api.post('configmaps', judged(api, 'plain'));
  },
  'a policy judges changes and deletions by what was before': async (api) => {
    await enforce(api, {
      variables: [{ name: 'gone', expression: "request.operation == 'DELETE'" }],
      ...rule("variables.gone ? oldObject.data.keep != 'yes' : oldObject == null || object.data == oldObject.data", {
        message: 'it stays as it is',
      }),
    });
    await api.post('configmaps', judged(api, 'kept', { keep: 'yes' }));
    await api.patch('merge', 'configmaps/kept', { data: { keep: 'no' } });
    await api.delete('configmaps/kept');
  },
  'a policy looks only at what its conditions let through': async (api) => {
    const matchConditions = [{ name: 'all-but-small', expression: "object.metadata.name != 'small'" }];
    await enforce(api, { matchConditions, ...rule("object.metadata.name != 'big'") });
    await api.post('configmaps', judged(api, 'small'));
    await api.post('configmaps', judged(api, 'big'));
  },
  'a policy whose expression cannot be read is refused': async (api) => {
    await api.post('validatingadmissionpolicies', policyOf(api, rule('other.spec == 1')));
    await api.post('validatingadmissionpolicies', policyOf(api, rule('1 + 1')));
    await api.post('validatingadmissionpolicies', policyOf(api, rule('true', { messageExpression: '1' })));
  },
};

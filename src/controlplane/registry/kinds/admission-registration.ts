/** admissionregistration.k8s.io: policies are obeyed, webhooks kept and served and never called. */
import type { FieldError, Json, ResourceDefinition } from '../definition.ts';
import { duplicate, invalid, oneOf, required } from '../validation/field-error.ts';
import { asksAuthorizer, policyExpressionFaults } from '../validation/policy-expressions.ts';
import { ageColumn, integer, nameColumn, text } from './columns.ts';
import { fill } from './fill.ts';
import { separateStatus } from './status-strategy.ts';

const GROUP = 'admissionregistration.k8s.io';

export const mutatingWebhooks: ResourceDefinition = {
  ...webhooks('mutatingwebhookconfigurations', 'MutatingWebhookConfiguration'),
  strategy: {
    default: (o) => defaultWebhooks(o, { reinvocationPolicy: 'Never' }),
    validate: validateWebhooks,
  },
};

export const validatingWebhooks: ResourceDefinition = {
  ...webhooks('validatingwebhookconfigurations', 'ValidatingWebhookConfiguration'),
  strategy: { default: (o) => defaultWebhooks(o, {}), validate: validateWebhooks },
};

export const validatingAdmissionPolicies: ResourceDefinition = {
  group: GROUP,
  version: 'v1',
  plural: 'validatingadmissionpolicies',
  singular: 'validatingadmissionpolicy',
  kind: 'ValidatingAdmissionPolicy',
  namespaced: false,
  categories: ['api-extensions'],
  status: true,
  unconditionalUpdate: false,
  columns: [
    nameColumn,
    integer('Validations', (o) => (o.spec?.validations ?? []).length),
    text('ParamKind', (o) =>
      o.spec?.paramKind ? `${o.spec.paramKind.apiVersion}/${o.spec.paramKind.kind}` : '<unset>',
    ),
    ageColumn,
  ],
  strategy: {
    default: defaultPolicy,
    ...separateStatus(),
    validate: validatePolicy,
    warnings: ({ spec = {} }) =>
      asksAuthorizer(spec) ? ['spec: a policy that asks the authorizer is kept, and not judged by this server'] : [],
  },
};

export const validatingAdmissionPolicyBindings: ResourceDefinition = {
  group: GROUP,
  version: 'v1',
  plural: 'validatingadmissionpolicybindings',
  singular: 'validatingadmissionpolicybinding',
  kind: 'ValidatingAdmissionPolicyBinding',
  namespaced: false,
  categories: ['api-extensions'],
  unconditionalUpdate: false,
  columns: [
    nameColumn,
    text('PolicyName', (o) => o.spec?.policyName ?? ''),
    text('ParamRef', (o) => paramRefText(o.spec?.paramRef)),
    ageColumn,
  ],
  strategy: {
    default: (o) => defaultMatch(o.spec?.matchResources),
    validate: ({ spec = {} }) => [
      ...(spec.policyName ? [] : [required('spec.policyName')]),
      ...((spec.validationActions ?? []).length > 0
        ? []
        : [required('spec.validationActions', 'at least one validation action is required')]),
    ],
  },
};

function webhooks(plural: string, kind: string): ResourceDefinition {
  return {
    group: GROUP,
    version: 'v1',
    plural,
    singular: kind.toLowerCase(),
    kind,
    namespaced: false,
    categories: ['api-extensions'],
    generation: true,
    unconditionalUpdate: false,
    columns: [nameColumn, integer('Webhooks', (o) => (o.webhooks ?? []).length), ageColumn],
  };
}

function defaultWebhooks(configuration: Json, more: Record<string, string>): void {
  for (const webhook of configuration.webhooks ?? []) {
    const usual = { failurePolicy: 'Fail', matchPolicy: 'Equivalent', timeoutSeconds: 10, ...more };
    for (const [field, value] of Object.entries(usual)) fill(webhook, field, value);
    fill(webhook, 'namespaceSelector', {});
    fill(webhook, 'objectSelector', {});
    if (webhook.clientConfig?.service) fill(webhook.clientConfig.service, 'port', 443);
    for (const rule of webhook.rules ?? []) fill(rule, 'scope', '*');
  }
}

function validateWebhooks({ webhooks = [] }: Json): FieldError[] {
  const names = new Set<string>();
  return webhooks.flatMap((webhook: Json, i: number) => {
    const at = `webhooks[${i}]`;
    const errors = webhookErrors(webhook, at);
    if (names.has(webhook.name)) errors.push(duplicate(`${at}.name`, webhook.name));
    names.add(webhook.name);
    return errors;
  });
}

function webhookErrors(webhook: Json, at: string): FieldError[] {
  const { name, clientConfig = {}, timeoutSeconds } = webhook;
  const qualified = (name ?? '').split('.').length >= 3;
  return [
    ...(name
      ? qualified
        ? []
        : [invalid(`${at}.name`, name, 'should be a domain with at least three segments separated by dots')]
      : [required(`${at}.name`)]),
    ...oneOf(
      `${at}.sideEffects`,
      webhook.sideEffects,
      ['None', 'NoneOnDryRun'],
      'must specify one of None, NoneOnDryRun',
    ),
    ...oneOf(`${at}.failurePolicy`, webhook.failurePolicy, ['Fail', 'Ignore']),
    ...(timeoutSeconds < 1 || timeoutSeconds > 30
      ? [invalid(`${at}.timeoutSeconds`, timeoutSeconds, 'the timeout value must be between 1 and 30 seconds')]
      : []),
    ...(Boolean(clientConfig.url) === Boolean(clientConfig.service)
      ? [required(`${at}.clientConfig`, 'exactly one of url or service is required')]
      : []),
    ...(webhook.admissionReviewVersions?.length
      ? []
      : [required(`${at}.admissionReviewVersions`, 'must specify one of v1, v1beta1')]),
  ];
}

function defaultPolicy({ spec }: Json): void {
  if (!spec) return;
  fill(spec, 'failurePolicy', 'Fail');
  defaultMatch(spec.matchConstraints);
}

function defaultMatch(match: Json): void {
  if (!match) return;
  fill(match, 'matchPolicy', 'Equivalent');
  fill(match, 'namespaceSelector', {});
  fill(match, 'objectSelector', {});
  for (const rule of [...(match.resourceRules ?? []), ...(match.excludeResourceRules ?? [])]) fill(rule, 'scope', '*');
}

function validatePolicy({ spec = {} }: Json): FieldError[] {
  const rules = (spec.validations ?? []).length + (spec.auditAnnotations ?? []).length;
  const needed = 'validations or auditAnnotations must contain at least one item';
  return [
    ...(spec.matchConstraints ? [] : [required('spec.matchConstraints')]),
    ...(spec.matchConstraints && !spec.matchConstraints.resourceRules?.length
      ? [required('spec.matchConstraints.resourceRules')]
      : []),
    ...(spec.matchConstraints?.resourceRules ?? []).flatMap((rule: Json, i: number) =>
      ['operations', 'apiGroups', 'apiVersions', 'resources']
        .filter((list) => !rule[list]?.length)
        .map((list) => required(`spec.matchConstraints.resourceRules[${i}].${list}`)),
    ),
    ...(rules > 0 ? [] : [required('spec.validations', needed), required('spec.auditAnnotations', needed)]),
    ...(spec.validations ?? []).flatMap((v: Json, i: number) =>
      v.expression?.trim() ? [] : [required(`spec.validations[${i}].expression`, 'expression is not specified')],
    ),
    ...policyExpressionFaults(spec),
  ];
}

function paramRefText(ref: Json): string {
  if (!ref) return '<unset>';
  if (ref.name) return ref.namespace ? `${ref.namespace}/${ref.name}` : `*/${ref.name}`;
  return ref.namespace ? `${ref.namespace}/*` : '*/*';
}

/** Questions put as objects: who am I, may I, whose token is this. They are answered and never stored. */
import { failure, rfc3339 } from '../../kube/index.ts';
import type { AccessAttributes } from '../access/attributes.ts';
import type { Authorizer } from '../access/authorizer.ts';
import { API_AUDIENCES, type ServiceAccountTokens } from '../access/service-account-tokens.ts';
import type { SignIn } from '../access/sign-in.ts';
import type { FieldError, Json, ResourceDefinition } from '../registry/definition.ts';
import { answerValue } from './answers.ts';
import { decodeObject } from './decoding.ts';
import { admissionOf } from './prepare.ts';
import { invalid, notFound } from './refusals.ts';
import type { ApiRequest, Caller, Handler } from './request.ts';

const AUTHENTICATION = 'authentication.k8s.io';
const AUTHORIZATION = 'authorization.k8s.io';

export interface ReviewParts {
  readonly authorizer: Authorizer;
  readonly signIn: SignIn;
  readonly tokens: ServiceAccountTokens;
}

type Review = (object: Json, request: ApiRequest, parts: ReviewParts) => Promise<Json> | Json;

const REVIEWS: readonly { group: string; kind: string; namespaced?: true; status: Review }[] = [
  { group: AUTHENTICATION, kind: 'TokenReview', status: tokenReview },
  { group: AUTHENTICATION, kind: 'SelfSubjectReview', status: (_, { caller }) => ({ userInfo: userInfo(caller) }) },
  {
    group: AUTHORIZATION,
    kind: 'SelfSubjectAccessReview',
    status: ({ spec }, { caller }, parts) => verdict(parts, caller, judged(attributeErrors(spec), spec)),
  },
  {
    group: AUTHORIZATION,
    kind: 'SubjectAccessReview',
    status: ({ spec }, _, parts) =>
      verdict(parts, subjectOf(spec), judged([...attributeErrors(spec), ...subjectErrors(spec)], spec)),
  },
  {
    group: AUTHORIZATION,
    kind: 'LocalSubjectAccessReview',
    namespaced: true,
    status: ({ spec }, { target }, parts) =>
      verdict(
        parts,
        subjectOf(spec),
        judged([...attributeErrors(spec), ...subjectErrors(spec), ...placeErrors(spec, target.namespace!)], spec),
      ),
  },
  { group: AUTHORIZATION, kind: 'SelfSubjectRulesReview', status: rulesReview },
];

/** Kinds of reviews: there is nothing to do with them but to create one. */
export const reviewKinds: readonly ResourceDefinition[] = REVIEWS.map(({ group, kind, namespaced = false }) => ({
  group,
  version: 'v1',
  kind,
  plural: `${kind.toLowerCase()}s`,
  singular: kind.toLowerCase(),
  namespaced,
  verbs: ['create'],
  generation: false,
}));

/** The handlers, by `group/plural`, and that of `serviceaccounts/{name}/token`. */
export function reviewHandlers(parts: ReviewParts): ReadonlyMap<string, Handler> {
  const handlers = new Map<string, Handler>();
  for (const { group, kind, status } of REVIEWS)
    handlers.set(`${group}/${kind.toLowerCase()}s`, async (request) => {
      const object = await decodeObject(request);
      if (!object.spec && kind !== 'SelfSubjectReview') throw failure('BadRequest', `a ${kind} must have a spec`);
      return answerValue(
        { ...object, metadata: object.metadata ?? {}, status: await status(object, request, parts) },
        request.form,
        201,
      );
    });
  handlers.set('/serviceaccounts/token', (request) => issueToken(request, parts.tokens));
  return handlers;
}

function userInfo({ name, uid, groups, extra }: Caller): Json {
  return { username: name, ...(uid && { uid }), groups, ...(extra && Object.keys(extra).length > 0 && { extra }) };
}

async function tokenReview({ spec }: Json, { plane }: ApiRequest, { signIn, tokens }: ReviewParts): Promise<Json> {
  if (!spec.token) throw failure('BadRequest', 'token is required for TokenReview in authentication');
  const audiences: string[] = spec.audiences?.length ? spec.audiences : API_AUDIENCES;
  const caller =
    (await tokens.verify(plane, spec.token ?? '', audiences)) ??
    (spec.audiences?.length ? undefined : await signIn.callerOf(spec.token ?? ''));
  if (!caller) return { user: {}, error: 'invalid bearer token' };
  const groups = [...new Set([...caller.groups, 'system:authenticated'])];
  const meant = audiencesIn(spec.token);
  const both = meant ? audiences.filter((audience) => meant.includes(audience)) : audiences;
  return { authenticated: true, user: userInfo({ ...caller, groups }), audiences: both };
}

/** For whom a token of a service account, already verified, was made. */
function audiencesIn(token: string): readonly string[] | undefined {
  try {
    const { aud } = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString());
    return Array.isArray(aud) ? aud : undefined;
  } catch {
    return undefined;
  }
}

function subjectOf({ user, groups, uid, extra }: Json): Caller {
  return { name: user ?? '', groups: groups ?? [], ...(uid && { uid }), ...(extra && { extra }) };
}

function verdict({ authorizer }: ReviewParts, caller: Caller, spec: Json): Json {
  const { allowed, reason } = authorizer.judge(caller, accessIn(spec));
  return { allowed, ...(reason && { reason }) };
}

function judged(errors: readonly FieldError[], spec: Json): Json {
  if (errors.length > 0) throw invalid({ group: AUTHORIZATION, kind: '' }, '', errors);
  return spec;
}

const bad = (field: string, message: string): FieldError => ({ field, reason: 'FieldValueInvalid', message });

function attributeErrors({ resourceAttributes: resource, nonResourceAttributes: path }: Json): FieldError[] {
  const one = 'exactly one of nonResourceAttributes or resourceAttributes must be specified';
  if (!resource && !path) return [bad('spec.resourceAttributes', `Invalid value: null: ${one}`)];
  if (!resource || !path) return [];
  const value = JSON.stringify({ Path: path.path ?? '', Verb: path.verb ?? '' });
  const message = `Invalid value: ${value}: cannot be specified in combination with resourceAttributes`;
  return [bad('spec.nonResourceAttributes', message)];
}

function subjectErrors({ user, groups }: Json): FieldError[] {
  if (user || groups?.length) return [];
  return [bad('spec.user', 'Invalid value: "": at least one of user or group must be specified')];
}

/** Who may ask about one namespace only learns nothing about others. */
function placeErrors({ resourceAttributes: resource, nonResourceAttributes: path }: Json, here: string): FieldError[] {
  if (path) return [bad('spec.nonResourceAttributes', 'disallowed on this kind of request')];
  if (!resource || resource.namespace === here) return [];
  const value = JSON.stringify(resource.namespace ?? '');
  return [bad('spec.resourceAttributes.namespace', `Invalid value: ${value}: must match metadata.namespace`)];
}

function accessIn({ resourceAttributes: r, nonResourceAttributes: path }: Json): AccessAttributes {
  if (path) return { kind: 'path', verb: path.verb ?? '', path: path.path ?? '' };
  return {
    kind: 'resource',
    verb: r.verb ?? '',
    group: r.group ?? '',
    resource: r.resource ?? '',
    ...(r.subresource && { subresource: r.subresource }),
    ...(r.namespace && { namespace: r.namespace }),
    ...(r.name && { name: r.name }),
  };
}

function rulesReview({ spec }: Json, { caller }: ApiRequest, { authorizer }: ReviewParts): Json {
  if (!spec.namespace) throw failure('BadRequest', 'no namespace on request');
  const master = caller.groups.includes('system:masters');
  const all = [
    { verbs: ['*'], apiGroups: ['*'], resources: ['*'] },
    { verbs: ['*'], nonResourceURLs: ['*'] },
  ];
  const rules: Json[] = master ? all : authorizer.rbac.rulesOf(caller, spec.namespace);
  return {
    resourceRules: rules.filter((r) => r.resources),
    nonResourceRules: rules.filter((r) => r.nonResourceURLs),
    incomplete: false,
  };
}

const DEFAULT_SECONDS = 3600;
const MIN_SECONDS = 600;
const MAX_SECONDS = 2 ** 32;

async function issueToken(request: ApiRequest, tokens: ServiceAccountTokens) {
  const { plane, target, collection, definition } = request;
  const object = await decodeObject(request, TOKEN_REQUEST);
  const { audiences, expirationSeconds: seconds = DEFAULT_SECONDS, boundObjectRef } = object.spec ?? {};
  if (!(seconds >= MIN_SECONDS && seconds <= MAX_SECONDS))
    throw failure(
      'Invalid',
      `TokenRequest.authentication.k8s.io "" is invalid: spec.expirationSeconds: Invalid value: ${seconds}: may not specify a duration less than 10 minutes or longer than 2^32 seconds`,
    );
  const entry = collection.get(`${target.namespace}/${target.name}`);
  if (!entry) throw notFound(definition, target.name!);
  const metadata = { ...object.metadata, name: target.name, namespace: target.namespace };
  const admission = admissionOf(request, 'CREATE', { ...object, metadata }, undefined);
  plane.admission.mutate(admission);
  plane.admission.validate(admission);
  const boundTo = boundObjectRef && bound(request, boundObjectRef);
  const given = audiences?.length ? audiences : API_AUDIENCES;
  const now = plane.clock.now();
  const token = await tokens.issue(
    { namespace: target.namespace!, account: entry.parse(), audiences: given, seconds, ...(boundTo && { boundTo }) },
    now,
  );
  const status = { token, expirationTimestamp: rfc3339(now + seconds * 1000) };
  const answered = { name: target.name, namespace: target.namespace, creationTimestamp: rfc3339(now) };
  return answerValue(
    { ...object, metadata: answered, spec: { ...object.spec, audiences: given, expirationSeconds: seconds }, status },
    request.form,
    201,
  );
}

const TOKEN_REQUEST: ResourceDefinition = {
  group: AUTHENTICATION,
  version: 'v1',
  kind: 'TokenRequest',
  plural: 'tokenrequests',
  singular: 'tokenrequest',
  namespaced: true,
};

const BINDABLE: ReadonlyMap<string, string> = new Map([
  ['Pod', 'pods'],
  ['Secret', 'secrets'],
  ['Node', 'nodes'],
]);

function bound({ plane, target }: ApiRequest, { kind, name, uid }: Json) {
  const plural = BINDABLE.get(kind);
  if (!plural)
    throw failure('BadRequest', `cannot bind a token to a ${kind}: expected one of ${[...BINDABLE.keys()].join(', ')}`);
  const object = plane
    .of('', plural)
    .get(kind === 'Node' ? name : `${target.namespace}/${name}`)
    ?.parse();
  if (!object) throw notFound({ group: '', plural }, name);
  const { metadata, spec } = object;
  if (kind === 'Pod' && (spec.serviceAccountName ?? 'default') !== target.name)
    throw failure(
      'BadRequest',
      `cannot bind token for serviceaccount "${target.name}" to pod running with different serviceaccount name.`,
    );
  if (uid && uid !== metadata.uid)
    throw failure(
      'Conflict',
      `the UID in the bound object reference (${uid}) does not match the UID in record (${metadata.uid})`,
    );
  return { kind, name, uid: metadata.uid };
}

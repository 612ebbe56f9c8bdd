/** Who may do what: RBAC, escalation, impersonation, reviews and tokens. */
import type { Json } from '../../../src/controlplane/registry/definition.ts';
import type { Cases } from '../suite.ts';
import type { Ask, Talk } from '../talk.ts';
import { configMap, named } from './drafts.ts';

const as = (user: string, ...groups: string[]): Ask => ({
  headers: { 'impersonate-user': user, ...(groups.length > 0 && { 'impersonate-group': groups }) },
});

const RBAC = 'rbac.authorization.k8s.io';
const user = (name: string) => ({ apiGroup: RBAC, kind: 'User', name });
const role = (rules: Json[], name = 'r') => named(`${RBAC}/v1`, 'Role', name, { rules });
const bind = (subjects: Json[], roleRef: Json = { apiGroup: RBAC, kind: 'Role', name: 'r' }, name = 'b') =>
  named(`${RBAC}/v1`, 'RoleBinding', name, { roleRef, subjects });
const rule = (resources: string, verbs: string, more: Json = {}) => ({
  apiGroups: [''],
  resources: resources.split(','),
  verbs: verbs.split(','),
  ...more,
});

async function grant(api: Talk, rules: Json[], subjects: Json[] = [user('ann')]): Promise<void> {
  await api.quietly('POST', 'roles', role(rules));
  await api.quietly('POST', 'rolebindings', bind(subjects));
  await api.until('configmaps', () => true);
}

/** Rules reach the authorizer a moment after they are written. */
async function settled(api: Talk, who: Ask, path: string): Promise<void> {
  for (let i = 0; i < 100; i++) {
    const allowed = await api.quietly('GET', path, undefined, who).then(
      () => true,
      () => false,
    );
    if (allowed) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error(`${path} is not allowed`);
}

const review = (spec: Json) => ({ apiVersion: 'authorization.k8s.io/v1', kind: 'SubjectAccessReview', spec });
const status = { pick: (o: Json) => o.status };
const none = { pick: () => undefined };

export const access: Cases = {
  'who has no rights may do nothing': async (api) => {
    await api.get('configmaps', as('ann'));
    await api.post('configmaps', configMap('a'), as('ann'));
    await api.delete('configmaps/a', undefined, as('ann'));
    await api.get('nodes', as('ann'));
    await api.get('/api/v1/pods', as('ann'));
    await api.get('deployments/d/scale', as('ann'));
    await api.get('/metrics', as('ann'));
  },
  'who is nobody in particular may still discover': async (api) => {
    await api.get('/api', { ...as('ann', 'system:authenticated'), ...none });
    await api.get('/version', { ...as('ann', 'system:authenticated'), ...none });
    await api.get('/healthz', { ...as('ann', 'system:authenticated') });
  },
  'a Role allows what it says and no more': async (api) => {
    await grant(api, [rule('configmaps', 'get,list'), rule('secrets', 'get', { resourceNames: ['mine'] })]);
    await settled(api, as('ann'), 'configmaps');
    await api.get('configmaps', { ...as('ann'), ...none });
    await api.post('configmaps', configMap('a'), as('ann'));
    await api.get('secrets/mine', as('ann'));
    await api.get('secrets/other', as('ann'));
    await api.get('secrets', as('ann'));
    await api.get('/api/v1/namespaces/default/configmaps', as('ann'));
  },
  'a name in a rule allows a list of that name': async (api) => {
    await grant(api, [rule('secrets', 'get,list,watch', { resourceNames: ['mine'] })]);
    await settled(api, as('ann'), 'secrets?fieldSelector=metadata.name%3Dmine');
    await api.get('secrets', { ...as('ann'), query: { fieldSelector: 'metadata.name=mine' } });
    await api.get('secrets', { ...as('ann'), query: { fieldSelector: 'metadata.name=other' } });
  },
  'a ClusterRole bound in a namespace counts there': async (api) => {
    await api.quietly(
      'POST',
      'rolebindings',
      bind([user('ann')], { apiGroup: RBAC, kind: 'ClusterRole', name: 'view' }),
    );
    await settled(api, as('ann'), 'configmaps');
    await api.get('configmaps', { ...as('ann'), ...none });
    await api.get('secrets', as('ann'));
    await api.get('/api/v1/namespaces/default/configmaps', as('ann'));
  },
  'groups and service accounts are subjects too': async (api) => {
    const account = { kind: 'ServiceAccount', name: 'default', namespace: api.namespace };
    await grant(api, [rule('configmaps', 'list')], [{ apiGroup: RBAC, kind: 'Group', name: 'crew' }, account]);
    await settled(api, as('bob', 'crew'), 'configmaps');
    await api.get('configmaps', { ...as('bob', 'crew'), ...none });
    await api.get('configmaps', { ...as('bob'), ...none });
    api.note(
      'account',
      (await api.quietly('GET', 'configmaps', undefined, as(`system:serviceaccount:${api.namespace}:default`))).kind,
    );
  },
  'subresources have rights of their own': async (api) => {
    await grant(api, [rule('pods', 'get,list'), rule('pods/log', 'get')]);
    await settled(api, as('ann'), 'pods');
    await api.get('pods/p/log', as('ann'));
    await api.patch('merge', 'pods/p/status', {}, as('ann'));
    await api.post('pods/p/eviction', {}, as('ann'));
    await api.post('pods/p/exec', {}, as('ann'));
  },
  'stars allow everything of a kind': async (api) => {
    await grant(api, [{ apiGroups: ['*'], resources: ['*'], verbs: ['list'] }]);
    await settled(api, as('ann'), 'configmaps');
    await api.get('deployments', { ...as('ann'), ...none });
    await api.get('deployments/none', as('ann'));
  },
  'nobody gives rights that they do not have': async (api) => {
    await grant(api, [
      { apiGroups: [RBAC], resources: ['roles', 'rolebindings'], verbs: ['create', 'update', 'get', 'list'] },
      rule('configmaps', 'get'),
    ]);
    await settled(api, as('ann'), 'roles');
    await api.post('roles', role([rule('configmaps', 'get')], 'small'), { ...as('ann'), ...none });
    await api.post('roles', role([rule('configmaps,secrets', 'get,list')], 'large'), as('ann'));
    await api.post('rolebindings', bind([user('ann')], { apiGroup: RBAC, kind: 'ClusterRole', name: 'admin' }, 'up'), {
      ...as('ann'),
      pick: none.pick,
    });
    const last = api.exchanges.pop()!;
    api.exchanges.push({ ...last, body: last.body.message.split('\n')[0].replace(/\(groups=.*?\) /, '') });
    await api.post('rolebindings', bind([user('bob')], { apiGroup: RBAC, kind: 'Role', name: 'small' }, 'side'), {
      ...as('ann'),
      ...none,
    });
    await api.put('roles/small', role([rule('secrets', 'get')], 'small'), as('ann'));
  },
  'who may escalate and bind gives all the same': async (api) => {
    await grant(api, [
      {
        apiGroups: [RBAC],
        resources: ['roles', 'rolebindings', 'clusterroles'],
        verbs: ['create', 'escalate', 'bind', 'list'],
      },
    ]);
    await settled(api, as('ann'), 'roles');
    await api.post('roles', role([rule('secrets', '*')], 'large'), { ...as('ann'), ...none });
    await api.post('rolebindings', bind([user('ann')], { apiGroup: RBAC, kind: 'ClusterRole', name: 'admin' }, 'up'), {
      ...as('ann'),
      ...none,
    });
  },
  'a binding keeps its role': async (api) => {
    await grant(api, [rule('configmaps', 'get')]);
    await api.patch('merge', 'rolebindings/b', { roleRef: { name: 'other' } });
  },
  'ClusterRoles gather the rules of others': async (api) => {
    const [whole, part] = [api.name('whole'), api.name('part')];
    await api.quietly(
      'POST',
      'clusterroles',
      named(`${RBAC}/v1`, 'ClusterRole', whole, {
        rules: [],
        aggregationRule: { clusterRoleSelectors: [{ matchLabels: { part } }] },
      }),
    );
    await api.quietly(
      'POST',
      'clusterroles',
      named(`${RBAC}/v1`, 'ClusterRole', part, { rules: [rule('pods', 'get')], metadata: { labels: { part } } }),
    );
    await api.until(`clusterroles/${whole}`, (o) => o.rules?.length === 1);
    await api.get(`clusterroles/${whole}`);
  },
  'impersonation needs the right to it': async (api) => {
    await api.get('configmaps', { headers: { 'impersonate-group': 'crew' } });
    await api.get('configmaps', { headers: { 'impersonate-uid': 'u' } });
  },
  'who one is can be asked': async (api) => {
    const body = { apiVersion: 'authentication.k8s.io/v1', kind: 'SelfSubjectReview' };
    await api.post('selfsubjectreviews', body, {
      headers: {
        'impersonate-user': 'ann',
        'impersonate-group': ['crew', 'staff'],
        'impersonate-extra-team': 'blue',
        'impersonate-uid': 'u-1',
      },
    });
    await api.post('selfsubjectreviews', body, as(`system:serviceaccount:${api.namespace}:default`));
    await api.post('selfsubjectreviews', body, as('system:anonymous'));
  },
  'what somebody may do can be reviewed': async (api) => {
    await grant(api, [rule('configmaps', 'get')]);
    await settled(api, as('ann'), 'configmaps/kube-root-ca.crt');
    const resourceAttributes = { namespace: api.namespace, verb: 'get', resource: 'configmaps' };
    await api.post('subjectaccessreviews', review({ user: 'ann', resourceAttributes }), status);
    await api.post('subjectaccessreviews', review({ user: 'bob', resourceAttributes }), status);
    await api.post(
      'subjectaccessreviews',
      review({ user: 'bob', groups: ['system:masters'], resourceAttributes }),
      status,
    );
    await api.post(
      'subjectaccessreviews',
      review({ user: 'bob', nonResourceAttributes: { path: '/metrics', verb: 'get' } }),
      status,
    );
    await api.post(
      'localsubjectaccessreviews',
      {
        ...review({ user: 'ann', resourceAttributes }),
        kind: 'LocalSubjectAccessReview',
        metadata: { namespace: api.namespace },
      },
      status,
    );
    await api.post(
      'selfsubjectaccessreviews',
      { ...review({ resourceAttributes }), kind: 'SelfSubjectAccessReview' },
      { ...as('ann', 'system:authenticated'), ...status },
    );
  },
  'a review that cannot be is refused': async (api) => {
    await api.post('subjectaccessreviews', review({}));
    await api.post('subjectaccessreviews', review({ user: 'ann' }));
    await api.post(
      'subjectaccessreviews',
      review({ user: 'ann', resourceAttributes: { verb: 'get' }, nonResourceAttributes: { path: '/', verb: 'get' } }),
    );
    await api.post('localsubjectaccessreviews', {
      ...review({ user: 'ann', resourceAttributes: { namespace: 'other', verb: 'get', resource: 'pods' } }),
      kind: 'LocalSubjectAccessReview',
    });
  },
  'what one may do in a namespace can be listed': async (api) => {
    await grant(api, [rule('configmaps', 'get', { resourceNames: ['x'] }), rule('pods', '*')]);
    await settled(api, as('ann'), 'pods');
    await api.post(
      'selfsubjectrulesreviews',
      { apiVersion: 'authorization.k8s.io/v1', kind: 'SelfSubjectRulesReview', spec: { namespace: api.namespace } },
      { ...as('ann'), pick: (o) => ({ ...o.status, nonResourceRules: undefined }) },
    );
    await api.post('selfsubjectrulesreviews', {
      apiVersion: 'authorization.k8s.io/v1',
      kind: 'SelfSubjectRulesReview',
      spec: {},
    });
  },
};

const request = (spec: Json = {}) => ({ apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec });
const tokenReview = (token: string, audiences?: string[]) => ({
  apiVersion: 'authentication.k8s.io/v1',
  kind: 'TokenReview',
  spec: { token, ...(audiences && { audiences }) },
});
const user1 = {
  pick: (o: Json) => ({
    ...o.status,
    user: o.status.user && { ...o.status.user, extra: Object.keys(o.status.user.extra ?? {}).sort() },
  }),
};

const claims = (token: string): Json => JSON.parse(Buffer.from(token.split('.')[1]!, 'base64url').toString());

export const tokens: Cases = {
  'a token is made for a service account': async (api) => {
    const made = await api.post('serviceaccounts/default/token', request({ expirationSeconds: 3600 }));
    const { iss, sub, aud, exp, iat, 'kubernetes.io': private1 } = claims(made.status.token);
    api.note('claims', { iss, sub, aud, life: exp - iat, keys: Object.keys(private1).sort() });
  },
  'a token is for an hour unless asked otherwise': async (api) => {
    const made = await api.quietly('POST', 'serviceaccounts/default/token', request());
    const { exp, iat } = claims(made.status.token);
    api.note('life', [made.spec.expirationSeconds, exp - iat]);
  },
  'a token that cannot be is refused': async (api) => {
    await api.post('serviceaccounts/default/token', request({ expirationSeconds: 10 }));
    await api.post('serviceaccounts/none/token', request());
    await api.post(
      'serviceaccounts/default/token',
      request({ boundObjectRef: { apiVersion: 'v1', kind: 'Pod', name: 'none' } }),
    );
    await api.post(
      'serviceaccounts/default/token',
      request({ boundObjectRef: { apiVersion: 'v1', kind: 'Service', name: 'none' } }),
    );
  },
  'a token tells who it is': async (api) => {
    const made = await api.quietly('POST', 'serviceaccounts/default/token', request());
    await api.post('tokenreviews', tokenReview(made.status.token), user1);
    await api.post(
      'tokenreviews',
      tokenReview(made.status.token, ['https://kubernetes.default.svc.cluster.local', 'other']),
      user1,
    );
    await api.post('tokenreviews', tokenReview(made.status.token, ['other']), {
      pick: (o) => [o.status.authenticated, o.status.error !== undefined],
    });
    await api.post('tokenreviews', tokenReview('nonsense'), { pick: (o) => [o.status.authenticated, o.status.user] });
    await api.post('tokenreviews', tokenReview(''));
  },
  'a token for another audience is not for the API server': async (api) => {
    const made = await api.quietly('POST', 'serviceaccounts/default/token', request({ audiences: ['vault'] }));
    await api.post('tokenreviews', tokenReview(made.status.token), { pick: (o) => o.status.authenticated ?? null });
    await api.post('tokenreviews', tokenReview(made.status.token, ['vault']), user1);
  },
  'a token may be bound to a Secret': async (api) => {
    await api.quietly('POST', 'secrets', named('v1', 'Secret', 's'));
    const made = await api.quietly(
      'POST',
      'serviceaccounts/default/token',
      request({ boundObjectRef: { apiVersion: 'v1', kind: 'Secret', name: 's' } }),
    );
    await api.post('tokenreviews', tokenReview(made.status.token), { pick: (o) => o.status.authenticated });
    api.note('bound to', Object.keys(claims(made.status.token)['kubernetes.io']).sort());
  },
};

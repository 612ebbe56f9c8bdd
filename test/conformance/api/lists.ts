/** Lists: selectors, chunks, and which version they show. */
import type { Json } from '../../../src/controlplane/registry/definition.ts';
import type { Cases } from '../suite.ts';
import type { Talk } from '../talk.ts';
import { configMap, deployment, named, pod } from './drafts.ts';

const names = { pick: (list: Json) => list.items.map((o: Json) => o.metadata.name) };
const page = { pick: (list: Json) => ({ ...list, items: list.items.map((o: Json) => o.metadata.name) }) };

const LABELS: Readonly<Record<string, Json>> = {
  a: { tier: 'front', n: '1' },
  b: { tier: 'back', n: '2' },
  c: { tier: 'back' },
  d: {},
};

async function fourSecrets(api: Talk): Promise<void> {
  for (const [name, labels] of Object.entries(LABELS))
    await api.quietly('POST', 'secrets', named('v1', 'Secret', name, { metadata: { labels } }));
}

const SELECTORS = [
  'tier=back',
  'tier==back',
  'tier!=back',
  'tier',
  '!tier',
  'tier in (front,back),n',
  'tier notin (back)',
  'n in (1),tier=front',
  'tier=back,!n',
  'n>1',
  'n<2',
  'n > 0, n < 3',
  ' tier = back ',
  'tier in ()',
  'tier in (,front)',
  'tier=',
];
const BAD_SELECTORS = ['tier in', 'tier in (a', '=x', 'a b', 'tier=back,', 'n>x', 'a=b=c', '!', 'tier=-', '-a=b'];

const labels: Cases = Object.fromEntries([
  ...SELECTORS.map((labelSelector) => [
    `the selector "${labelSelector}" chooses`,
    async (api: Talk) => {
      await fourSecrets(api);
      await api.get('secrets', { query: { labelSelector }, ...names });
    },
  ]),
  ...BAD_SELECTORS.map((labelSelector) => [
    `the selector "${labelSelector}" is refused`,
    (api: Talk) => api.get('secrets', { query: { labelSelector }, ...names }),
  ]),
]);

export const lists: Cases = {
  ...labels,
  'a field selector chooses by name': async (api) => {
    await fourSecrets(api);
    await api.get('secrets', { query: { fieldSelector: 'metadata.name=b' }, ...names });
    await api.get('secrets', { query: { fieldSelector: 'metadata.name!=b' }, ...names });
    await api.get('secrets', {
      query: { fieldSelector: `metadata.namespace==${api.namespace},metadata.name=c` },
      ...names,
    });
    await api.get('secrets', { query: { fieldSelector: 'type=Opaque,metadata.name!=a' }, ...names });
  },
  'a field selector over a field that is not selectable is refused': async (api) => {
    await api.get('secrets', { query: { fieldSelector: 'data.a=1' } });
    await api.get('pods', { query: { fieldSelector: 'spec.hostname=x' } });
    await api.get('deployments', { query: { fieldSelector: 'spec.replicas=1' } });
    await api.get('secrets', { query: { fieldSelector: 'nonsense' } });
  },
  'Pods are chosen by host, phase and more': async (api) => {
    await api.quietly('POST', 'pods', pod('p'));
    await api.quietly('POST', 'pods', pod('q', { schedulerName: 'other', restartPolicy: 'Never' }));
    for (const fieldSelector of [
      'spec.nodeName=',
      'status.phase=Pending',
      'status.phase!=Pending',
      'spec.schedulerName=other',
      'spec.restartPolicy=Never',
      'spec.serviceAccountName=default',
      'spec.hostNetwork=false',
      'status.podIP=',
      'status.nominatedNodeName=',
    ])
      await api.get('pods', { query: { fieldSelector }, ...names });
  },
  'a list is in order of names': async (api) => {
    for (const name of ['b', 'a-b', 'a', 'a.b', 'c1', 'c10', 'c2'])
      await api.quietly('POST', 'secrets', named('v1', 'Secret', name));
    await api.get('secrets', names);
  },
  'an empty list has a version and no items': async (api) => {
    await api.get('secrets');
    await api.get('deployments');
  },
  'a list of all namespaces is in order of namespaces': async (api) => {
    await fourSecrets(api);
    await api.get('/api/v1/secrets', { query: { fieldSelector: `metadata.namespace=${api.namespace}` }, ...names });
    await api.get('/api/v1/secrets', { query: { labelSelector: 'none=such' } });
  },
  'items carry no kind of their own': async (api) => {
    await api.quietly('POST', 'deployments', deployment('d'));
    await api.get('deployments', { pick: (list) => ({ kind: list.kind, keys: Object.keys(list.items[0]).sort() }) });
  },
  'a limit cuts a list into chunks': async (api) => {
    await fourSecrets(api);
    const first = await api.get('secrets', { query: { limit: 3 }, ...page });
    const second = await api.get('secrets', {
      query: { limit: 3, continue: first.metadata.continue },
      pick: page.pick,
    });
    api.note('one snapshot', first.metadata.resourceVersion === second.metadata.resourceVersion);
  },
  'chunks show the version of the first': async (api) => {
    await fourSecrets(api);
    const first = await api.quietly('GET', 'secrets', undefined, { query: { limit: 1 } });
    await api.quietly('DELETE', 'secrets/c');
    await api.quietly('POST', 'secrets', named('v1', 'Secret', 'bb'));
    const rest = await api.quietly('GET', 'secrets', undefined, {
      query: { limit: 9, continue: first.metadata.continue },
    });
    api.note(
      'rest',
      rest.items.map((o: Json) => o.metadata.name),
    );
    api.note('same version', rest.metadata.resourceVersion === first.metadata.resourceVersion);
  },
  'chunks of a selection do not say how many remain': async (api) => {
    await fourSecrets(api);
    await api.get('secrets', { query: { limit: 1, labelSelector: 'tier' }, ...page });
  },
  'a limit that covers all gives no token': async (api) => {
    await fourSecrets(api);
    await api.get('secrets', { query: { limit: 4 }, ...page });
    await api.get('secrets', { query: { limit: 0 }, ...page });
  },
  'a token that is none is refused': async (api) => {
    await api.get('secrets', { query: { limit: 1, continue: 'nonsense' } });
    await api.get('secrets', {
      query: { limit: 1, continue: Buffer.from('{"v":"meta.k8s.io/v1","rv":1,"start":""}').toString('base64url') },
    });
    await api.get('secrets', {
      query: { limit: 1, continue: Buffer.from('{"v":"meta.k8s.io/v2","rv":1,"start":"a"}').toString('base64url') },
    });
  },
  'a token and a version together are refused': async (api) => {
    await fourSecrets(api);
    const first = await api.quietly('GET', 'secrets', undefined, { query: { limit: 1 } });
    await api
      .send('GET', 'secrets', { query: { limit: 1, resourceVersion: '1', continue: first.metadata.continue } })
      .then(() => {
        const last = api.exchanges.pop()!;
        api.exchanges.push({ ...last, asked: 'GET secrets with a token and a version' });
      });
  },
  'a limit that is none is refused': async (api) => {
    await api.get('secrets', { query: { limit: 'ten' } });
    await api.get('secrets', { query: { limit: '-1' } });
  },
  'version 0 is any version': async (api) => {
    await api.get('secrets', { query: { resourceVersion: '0' }, pick: (l) => l.kind });
    await api.get('secrets', { query: { resourceVersion: '0', limit: 1 }, pick: (l) => l.kind });
    await api.get('secrets', {
      query: { resourceVersion: '0', resourceVersionMatch: 'NotOlderThan' },
      pick: (l) => l.kind,
    });
  },
  'an exact version shows what was there then': async (api) => {
    const made = await api.quietly('POST', 'secrets', named('v1', 'Secret', 'a'));
    await api.quietly('POST', 'secrets', named('v1', 'Secret', 'b'));
    const at = { resourceVersion: made.metadata.resourceVersion, resourceVersionMatch: 'Exact' };
    const then = await api.quietly('GET', 'secrets', undefined, { query: at });
    api.note('then', [
      then.items.map((o: Json) => o.metadata.name),
      then.metadata.resourceVersion === at.resourceVersion,
    ]);
  },
  'not older than a version shows at least that': async (api) => {
    await api.quietly('POST', 'secrets', named('v1', 'Secret', 'a'));
    const made = await api.quietly('POST', 'secrets', named('v1', 'Secret', 'b'));
    const query = { resourceVersion: made.metadata.resourceVersion, resourceVersionMatch: 'NotOlderThan' };
    api.note('names', names.pick(await api.quietly('GET', 'secrets', undefined, { query })));
  },
  'versions and matches that do not go together are refused': async (api) => {
    await api.get('secrets', { query: { resourceVersionMatch: 'Exact' } });
    await api.get('secrets', { query: { resourceVersionMatch: 'Exact', resourceVersion: '0' } });
    await api.get('secrets', { query: { resourceVersionMatch: 'Nearly', resourceVersion: '1' } });
    await api.get('secrets', { query: { resourceVersion: 'old' } });
    await api.get('secrets', { query: { resourceVersion: '-1' } });
    await api.get('secrets', { query: { sendInitialEvents: true } });
  },
  'a version of the future is waited for and then refused': async (api) => {
    await api
      .get('secrets', {
        query: { resourceVersion: '999999999', resourceVersionMatch: 'NotOlderThan' },
        pick: () => undefined,
      })
      .then(() => void 0);
    const last = api.exchanges.pop()!;
    api.exchanges.push({
      asked: last.asked,
      code: last.code,
      body: {
        reason: last.body.reason,
        causes: last.body.details?.causes,
        retry: last.body.details?.retryAfterSeconds,
      },
    });
  },
  'an object can be read not older than a version': async (api) => {
    const made = await api.quietly('POST', 'configmaps', configMap('a'));
    await api.get('configmaps/a', { query: { resourceVersion: '0' }, pick: (o) => o.kind });
    api.note(
      'kind',
      (
        await api.quietly('GET', 'configmaps/a', undefined, {
          query: { resourceVersion: made.metadata.resourceVersion },
        })
      ).kind,
    );
    await api.get('configmaps/a', { query: { resourceVersion: 'x' } });
  },
  'a list of metadata only': async (api) => {
    await fourSecrets(api);
    const accept = 'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1';
    await api.get('secrets', { headers: { accept }, query: { labelSelector: 'n' } });
    await api.get('secrets/a', { headers: { accept: 'application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1' } });
    await api.get('secrets/a', { headers: { accept } });
    await api.get('secrets', { headers: { accept: 'application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1' } });
  },
  'queries that mean nothing are passed over': (api) =>
    api.get('secrets', { query: { dance: 'yes', pretty: 'false' }, ...names }),
};

/** Watches: where they begin, what they tell, and how they end. */
import type { Json } from '../../../src/controlplane/registry/definition.ts';
import type { Cases } from '../suite.ts';
import type { Talk } from '../talk.ts';
import { named } from './drafts.ts';

const brief = {
  pick: (e: Json) => [
    e.type,
    e.object.metadata.name ?? e.object.message,
    ...(e.object.data?.n ? [e.object.data.n] : []),
  ],
};

const secret = (name: string, n: number, labels: Json = {}) =>
  named('v1', 'Secret', name, { data: { n: Buffer.from(String(n)).toString('base64') }, metadata: { labels } });

const put = (api: Talk, name: string, n: number, labels?: Json) =>
  api.quietly('PUT', `secrets/${name}`, secret(name, n, labels));
const post = (api: Talk, name: string, n: number, labels?: Json) =>
  api.quietly('POST', 'secrets', secret(name, n, labels));

/** The words stay the same while versions do not. */
async function rename(api: Talk, asked: string, work: Promise<unknown>): Promise<void> {
  await work;
  const last = api.exchanges.pop()!;
  api.exchanges.push({ ...last, asked });
}

async function version(api: Talk): Promise<string> {
  return (await api.quietly('GET', 'secrets')).metadata.resourceVersion;
}

export const watches: Cases = {
  'a watch tells what is made, changed and deleted': async (api) => {
    const resourceVersion = await version(api);
    await rename(
      api,
      'WATCH secrets from a list',
      api.watch('secrets', 3, { query: { resourceVersion } }, async () => {
        await post(api, 'a', 1);
        await put(api, 'a', 2);
        await api.quietly('DELETE', 'secrets/a');
      }),
    );
  },
  'a watch without a version begins with what is there': async (api) => {
    await post(api, 'a', 1);
    await post(api, 'b', 1);
    await api.watch('secrets', 3, brief, () => put(api, 'a', 2));
  },
  'a watch from version 0 begins with what is there': async (api) => {
    await post(api, 'a', 1);
    await api.watch('secrets', 2, { query: { resourceVersion: '0' }, ...brief }, () => put(api, 'a', 2));
  },
  'a watch from a version tells what came after': async (api) => {
    const made = await post(api, 'a', 1);
    await put(api, 'a', 2);
    await post(api, 'b', 1);
    await rename(
      api,
      'WATCH',
      api.watch('secrets', 2, { query: { resourceVersion: made.metadata.resourceVersion }, ...brief }),
    );
  },
  'an object that begins to match is added, and one that ceases to match is deleted': async (api) => {
    const resourceVersion = await version(api);
    await rename(
      api,
      'WATCH',
      api.watch(
        'secrets',
        4,
        {
          query: { resourceVersion, labelSelector: 'on=1' },
          pick: (e) => [e.type, e.object.metadata.name, e.object.metadata.labels, e.object.data.n],
        },
        async () => {
          await post(api, 'a', 1);
          await put(api, 'a', 2, { on: '1' });
          await put(api, 'a', 3, { on: '1' });
          await put(api, 'a', 4);
          await put(api, 'a', 5, { on: '1' });
        },
      ),
    );
  },
  'a watch of one name tells of it only': async (api) => {
    const resourceVersion = await version(api);
    await rename(
      api,
      'WATCH',
      api.watch('secrets', 2, { query: { resourceVersion, fieldSelector: 'metadata.name=b' }, ...brief }, async () => {
        await post(api, 'a', 1);
        await post(api, 'b', 1);
        await api.quietly('DELETE', 'secrets/b');
      }),
    );
  },
  'a deleted object carries the version of its deletion': async (api) => {
    const made = await post(api, 'a', 1);
    const events = await api.watch('secrets', 2, brief, () => api.quietly('DELETE', 'secrets/a'));
    api.note('later', BigInt(events[1].object.metadata.resourceVersion) > BigInt(made.metadata.resourceVersion));
  },
  'initial events end with a bookmark that says so': async (api) => {
    await post(api, 'a', 1);
    await post(api, 'b', 1);
    await api.watch('secrets', 3, {
      query: { sendInitialEvents: true, allowWatchBookmarks: true, resourceVersionMatch: 'NotOlderThan' },
      pick: (e) => (e.type === 'BOOKMARK' ? e : brief.pick(e)),
    });
  },
  'initial events go on with what comes': async (api) => {
    await post(api, 'a', 1);
    await api.watch(
      'secrets',
      3,
      {
        query: {
          sendInitialEvents: true,
          allowWatchBookmarks: true,
          resourceVersionMatch: 'NotOlderThan',
          resourceVersion: '0',
        },
        pick: (e) => e.type,
      },
      async () => {
        await api.until('secrets/a', Boolean);
        await new Promise((resolve) => setTimeout(resolve, 300));
        await put(api, 'a', 2);
      },
    );
  },
  'without initial events only what comes is told': async (api) => {
    await post(api, 'a', 1);
    await api.watch(
      'secrets',
      1,
      { query: { sendInitialEvents: false, resourceVersionMatch: 'NotOlderThan', resourceVersion: '' }, ...brief },
      async () => {
        await new Promise((resolve) => setTimeout(resolve, 300));
        await put(api, 'a', 2);
      },
    );
  },
  'initial events need a match, and a match needs initial events': async (api) => {
    await api.watch('secrets', 1, { query: { sendInitialEvents: true } });
    await api.watch('secrets', 1, {
      query: { sendInitialEvents: true, resourceVersionMatch: 'Exact', resourceVersion: '1' },
    });
    await api.watch('secrets', 1, { query: { resourceVersionMatch: 'NotOlderThan', resourceVersion: '1' } });
  },
  'a watch from a version that is none is refused': async (api) => {
    await api.watch('secrets', 1, { query: { resourceVersion: 'x' } });
  },
  'a watch from a version long gone ends with 410': async (api) => {
    await api.watch('secrets', 1, {
      query: { resourceVersion: '1', timeoutSeconds: 1 },
      pick: (e) => [e.type, e.object.code, e.object.reason, e.object.message.replace(/\d+\)/, '<version>)')],
    });
  },
  'a watch ends when its time is over': async (api) => {
    await api.watch('secrets', 9, { query: { timeoutSeconds: 1 }, pick: (e) => e.type });
  },
  'the old path of watches still goes': async (api) => {
    await post(api, 'a', 1);
    const events = await api.watch(`/api/v1/watch/namespaces/${api.namespace}/secrets`, 1, {
      pick: (e) => e.type ?? e.code,
    });
    api.exchanges.pop();
    api.note(
      'events',
      events.map((event) => event.type ?? event.code),
    );
  },
  'a watch of metadata only tells just that': async (api) => {
    await post(api, 'a', 1);
    await api.watch('secrets', 1, {
      headers: { accept: 'application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1' },
    });
  },
  'a watch as Table names the columns once': async (api) => {
    await post(api, 'a', 1);
    await api.watch(
      'secrets',
      2,
      {
        headers: { accept: 'application/json;as=Table;g=meta.k8s.io;v=v1' },
        pick: (e) => ({
          type: e.type,
          columns: e.object.columnDefinitions?.map((c: Json) => c.name) ?? null,
          cells: e.object.rows.map((r: Json) => r.cells.slice(0, 3)),
        }),
      },
      () => post(api, 'b', 1),
    );
  },
};

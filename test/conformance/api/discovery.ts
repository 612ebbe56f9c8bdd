/** What an API server says of itself; tables; and bodies in protobuf. */

import type { Json } from '../../../src/controlplane/registry/definition.ts';
import { builtInKinds } from '../../../src/controlplane/registry/kinds/index.ts';
import type { Cases } from '../suite.ts';
import { configMap, deployment, pod } from './drafts.ts';

/** Groups that every cluster has of those that both serve. */
const versions = [
  ...new Set(builtInKinds.map((d) => (d.group ? `/apis/${d.group}/${d.version}` : `/api/${d.version}`))),
].filter((path) => !path.includes('autoscaling/v1'));

const known = new Set(builtInKinds.map((d) => `${d.group}/${d.version}/${d.plural}`));

/** Of resources those that the embedded plane sets out to serve; without hashes, which any implementation may choose. */
function served(path: string): (list: Json) => Json {
  const group = path.startsWith('/apis/') ? path.split('/')[2] : '';
  const version = path.split('/').at(-1);
  return (list) => ({
    ...list,
    resources: list.resources
      .filter((r: Json) => known.has(`${group}/${version}/${r.name.split('/')[0]}`) && !UNSERVED.has(r.name))
      .map(({ storageVersionHash: _, ...r }: Json) => ({ ...r, verbs: [...r.verbs].sort() }))
      .sort((a: Json, b: Json) => (a.name < b.name ? -1 : 1)),
  });
}

/** Doors that lead to hosts, through which the embedded plane does not let anybody: see docs/compatibility.md. */
const UNSERVED = new Set(['pods/attach', 'pods/portforward', 'pods/proxy', 'nodes/proxy', 'services/proxy']);

const AGGREGATED = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList';
const TABLE = 'application/json;as=Table;v=v1;g=meta.k8s.io';
const wire = (cells: Json[]) =>
  cells.map((cell) => (typeof cell === 'string' && /^\d+m?\d*s$/.test(cell) ? '<age>' : cell));
const table = {
  headers: { accept: TABLE },
  pick: (t: Json) => ({
    ...t,
    columnDefinitions: t.columnDefinitions.map((c: Json) => c.name),
    rows: t.rows.map((r: Json) => ({ ...r, cells: wire(r.cells) })),
  }),
};

export const discovery: Cases = {
  ...Object.fromEntries(
    versions.map((path) => [`${path} lists its resources`, (api) => api.get(path, { pick: served(path) })]),
  ),
  '/api names the core versions': (api) => api.get('/api', { pick: (o) => [o.kind, o.versions] }),
  '/apis names groups with their preferred versions': (api) =>
    api.get('/apis', {
      pick: (o) =>
        o.groups
          .filter((g: Json) => builtInKinds.some((d) => d.group === g.name))
          .filter((g: Json) => g.name !== 'autoscaling')
          .map((g: Json) => [g.name, g.preferredVersion.version])
          .sort(),
    }),
  'a group of its own is named by its path': (api) => api.get('/apis/apps'),
  'all resources come in one answer': (api) =>
    api.get('/apis', {
      headers: { accept: AGGREGATED },
      pick: (list) =>
        list.items
          .filter((g: Json) => g.metadata.name === 'apps')
          .map((g: Json) => ({
            ...g,
            versions: g.versions.map((v: Json) => ({
              ...v,
              resources: v.resources
                .map((r: Json) => ({ ...r, verbs: [...r.verbs].sort() }))
                .sort((a: Json, b: Json) => (a.resource < b.resource ? -1 : 1)),
            })),
          })),
    }),
  'the version says which Kubernetes it is': (api) =>
    api.get('/version', { pick: (o) => [o.major, Object.keys(o).sort()] }),
  'health is told': async (api) => {
    for (const path of ['/healthz', '/livez', '/readyz']) await api.get(path);
  },
  'OpenAPI v3 is served by group version': async (api) => {
    await api.get('/openapi/v3', {
      pick: (o) => ['api/v1', 'apis/apps/v1', 'apis/batch/v1'].map((path) => Object.keys(o.paths[path] ?? {})),
    });
    await api.get('/openapi/v3/apis/apps/v1', {
      pick: (o) => [
        o.openapi,
        o.components.schemas['io.k8s.api.apps.v1.Deployment']['x-kubernetes-group-version-kind'],
        '/apis/apps/v1/namespaces/{namespace}/deployments/{name}' in o.paths,
      ],
    });
  },
  'OpenAPI v2 is served': (api) =>
    api.get('/openapi/v2', {
      pick: (o) => [o.swagger, o.definitions?.['io.k8s.api.core.v1.Pod']?.['x-kubernetes-group-version-kind']],
    }),
  'a table of one object and of a list': async (api) => {
    await api.quietly('POST', 'configmaps', configMap('a'));
    await api.get('configmaps/a', table);
    await api.get('configmaps', { ...table, query: { fieldSelector: 'metadata.name=a', includeObject: 'None' } });
    await api.get('configmaps', { ...table, query: { fieldSelector: 'metadata.name=a', includeObject: 'Object' } });
    await api.get('configmaps', { ...table, query: { includeObject: 'Some' } });
  },
  'an empty table has its columns': (api) => api.get('deployments', { headers: { accept: TABLE } }),
  'a table of a refusal is a Status': (api) => api.get('configmaps/none', { headers: { accept: TABLE } }),
  'a table is only one of several ways to answer': async (api) => {
    await api.quietly('POST', 'pods', pod('p'));
    await api.get('pods', { ...table, headers: { accept: `${TABLE},application/json` } });
    await api.get('pods', {
      headers: { accept: `application/json;as=Table;v=v9;g=meta.k8s.io,application/json` },
      pick: (l) => l.kind,
    });
    await api.get('pods', { headers: { accept: 'application/json;as=Table;v=v9;g=meta.k8s.io' } });
  },
  'a Deployment goes through protobuf unharmed': async (api) => {
    const made = await api.quietly(
      'POST',
      'deployments',
      deployment('d', { paused: true }, { annotations: { a: 'b' } }),
    );
    const accept = 'application/vnd.kubernetes.protobuf';
    const { bytes, type } = await api.bytes('deployments/d', { headers: { accept } });
    api.note('envelope', [type, bytes.subarray(0, 4).toString('hex')]);
    await api.quietly('DELETE', 'deployments/d', { propagationPolicy: 'Background' });
    await api.until('deployments/d', (o) => o === undefined);
    api.note('size is sane', bytes.length > 100 && bytes.length < 2000);
    api.note('was', made.spec.replicas);
  },
};

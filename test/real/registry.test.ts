/** The embedded registry's rules against kube-apiserver: the same objects, the same words, the same defaults. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Json, ResourceDefinition } from '../../src/controlplane/registry/definition.ts';
import { refusedChanges, takenChanges } from '../../src/controlplane/registry/kinds/change-cases.ts';
import { created, kind, NAMESPACE } from '../../src/controlplane/registry/kinds/fixture.ts';
import { builtInKinds } from '../../src/controlplane/registry/kinds/index.ts';
import { least } from '../../src/controlplane/registry/kinds/least.ts';
import { refusals } from '../../src/controlplane/registry/kinds/refusal-cases.ts';
import { isStatus, KubeClient, loadKubeconfig, pathOf } from '../../src/kube/index.ts';
import { type RealControlPlane, startRealControlPlane } from './real-control-plane.ts';

let plane: RealControlPlane;
let client: KubeClient;

beforeAll(async () => {
  plane = await startRealControlPlane({ controllers: false });
  client = new KubeClient(await loadKubeconfig({ path: plane.kubeconfig }));
  await client.create(kind('ServiceAccount') as never, { metadata: { name: 'default', namespace: NAMESPACE } });
});

afterAll(async () => {
  await client?.close();
  await plane?.stop();
});

let names = 0;

function whole(definition: ResourceDefinition, draft: Json, name = 'x'): Json {
  const { group, version, namespaced } = definition;
  return {
    ...structuredClone(draft),
    apiVersion: group ? `${group}/${version}` : version,
    kind: definition.kind,
    metadata: { name, ...(namespaced && { namespace: NAMESPACE }), ...draft.metadata },
  };
}

/** What the real server says behind `is invalid:`; empty when it takes the write. */
async function refusalOf(write: () => Promise<unknown>): Promise<string> {
  try {
    await write();
    return '';
  } catch (error) {
    if (!isStatus(error, 'Invalid')) throw error;
    return error.message.replace(/^.*? is invalid: /s, '');
  }
}

const create = (definition: ResourceDefinition, object: Json, dryRun = true): Promise<Json> =>
  client.create(definition as never, object as never, { dryRun });

describe('kube-apiserver', () => {
  it.each(refusals)('refuses a %s in the same words %#', async (name, draft, refusal) => {
    const definition = kind(name);
    expect(await refusalOf(() => create(definition, whole(definition, draft)))).toBe(refusal);
  });

  const changes = [
    ...refusedChanges,
    ...takenChanges.map(([, name, draft, change]) => [name, draft, change, ''] as const),
  ];

  it.each(changes)('judges a change of a %s alike %#', async (name, draft, change, refusal) => {
    const definition = kind(name);
    const object = await create(definition, whole(definition, draft, `x${names++}`), false);
    change(object);
    const said = await refusalOf(() => client.replace(definition as never, object as never, { dryRun: true }));
    expect(firstLine(said)).toBe(firstLine(refusal));
    await client.delete(definition as never, object.metadata.name, { namespace: NAMESPACE, gracePeriodSeconds: 0 });
  });

  it.each(builtInKinds.filter((d) => !d.fromStored))('fills in the same for a $kind', async (definition) => {
    const draft = least[definition.kind] ?? {};
    const real = await create(definition, whole(definition, draft));
    const ours = created(definition.kind, { ...draft, metadata: { ...draft.metadata, uid: real.metadata.uid } });
    expect(comparable(ours.object)).toEqual(comparable(real));
  });
});

describe('kubectl get', () => {
  it.each(builtInKinds)('prints a $group/$version $kind alike', async (definition) => {
    const object = whole(definition, least[definition.kind] ?? {});
    const sent = definition.fromStored?.(object) ?? object;
    const table = await post(definition, sent, 'application/json;as=Table;v=v1;g=meta.k8s.io');
    const real = await post(definition, sent, 'application/json');
    const stored = definition.toStored?.(real) ?? real;
    const columns = definition.columns ?? [];
    expect(columns.map(({ name, type, format = '', priority = 0 }) => ({ name, type, format, priority }))).toEqual(
      table.columnDefinitions.map(({ description: _, ...column }: Json) => column),
    );
    // An IPAddress has a cell more than columns.
    expect(columns.map((column) => withoutAge(column.cell(stored, Date.now())))).toEqual(
      table.rows[0].cells.slice(0, columns.length).map(withoutAge),
    );
  });

  it.each([...new Set(builtInKinds.map(groupPath))])('finds the same under %s', async (path) => {
    const { resources } = JSON.parse((await get(path)).toString());
    for (const definition of builtInKinds.filter((d) => groupPath(d) === path)) {
      const { plural, singular, kind: name, namespaced, shortNames, categories, verbs } = definition;
      const real = resources.find((r: Json) => r.name === plural);
      const names = { singularName: singular, kind: name, namespaced, shortNames, categories };
      expect(names).toEqual({
        singularName: real.singularName,
        kind: real.kind,
        namespaced: real.namespaced,
        shortNames: real.shortNames,
        categories: real.categories,
      });
      if (verbs) expect([...verbs].sort()).toEqual([...real.verbs].sort());
      const below = (part: string) => resources.some((r: Json) => r.name === `${plural}/${part}`);
      expect([definition.status ?? false, definition.scale !== undefined]).toEqual([below('status'), below('scale')]);
    }
  });
});

describe('a client may', () => {
  /** Known differences: see the definition. */
  const also = new Set(['/events']);

  it.each(builtInKinds)('select by the same fields of a $group/$version $kind', async (definition) => {
    if (also.has(`${definition.group}/${definition.plural}`)) return;
    for (const field of Object.keys(definition.selectableFields ?? {}))
      await expect(client.list(definition as never, { fieldSelector: `${field}=x` })).resolves.toBeTruthy();
  });

  it.each(builtInKinds)('write and delete a $group/$version $kind in the same ways', async (definition) => {
    const draft = whole(definition, least[definition.kind] ?? {}, `y${names++}`);
    const object = definition.fromStored?.(draft) ?? draft;
    const path = pathOf(definition, {
      ...(definition.namespaced && { namespace: NAMESPACE }),
      name: object.metadata.name,
    });
    const put = await send('PUT', path, object);
    expect(put.code === 201).toBe(definition.createOnUpdate ?? false);
    const live = put.code === 201 ? put.value : await create(definition, object, false);
    delete live.metadata.resourceVersion;
    expect((await send('PUT', path, live)).code === 200).toBe(definition.unconditionalUpdate ?? true);
    const gone = (await send('DELETE', path, { propagationPolicy: 'Background' })).value;
    if (definition.kind !== 'Namespace') expect(gone.kind !== 'Status').toBe(definition.answersDeleted ?? false);
  });
});

async function send(method: string, path: string, object: Json): Promise<{ code: number; value: Json }> {
  const headers = { 'content-type': 'application/json' };
  const answer = await client.request(method, path, { headers, body: JSON.stringify(object) });
  return { code: answer.status, value: JSON.parse(Buffer.from(answer.body).toString()) };
}

function groupPath({ group, version }: ResourceDefinition): string {
  return group ? `/apis/${group}/${version}` : `/api/${version}`;
}

async function get(path: string): Promise<Buffer> {
  return Buffer.from((await client.request('GET', path, {})).body);
}

async function post(definition: ResourceDefinition, object: Json, accept: string): Promise<Json> {
  const path = pathOf(definition, definition.namespaced ? { namespace: NAMESPACE } : {});
  const headers = { 'content-type': 'application/json', accept };
  const body = JSON.stringify(object);
  const answer = await client.request('POST', path, { query: { dryRun: 'All' }, headers, body });
  return JSON.parse(Buffer.from(answer.body).toString());
}

/** Between two writes a second may pass; selectors by uid differ. */
function withoutAge(cell: unknown): unknown {
  return typeof cell === 'string' ? cell.replace(/^\d+s$|^\d{4}-.*Z$|(?<=uid=).*/, '…') : cell;
}

function firstLine(text: string): string {
  return text.split('\n', 1)[0]!;
}

/** Without what admission plugins, allocators and the clock add on either side. */
function comparable({ metadata, spec, status, ...rest }: Json): Json {
  const { labels, annotations } = metadata;
  const object = structuredClone({ ...rest, labels, annotations, spec, status });
  for (const field of ['apiVersion', 'kind']) delete object[field];
  for (const field of ALLOCATED) delete object.spec?.[field];
  if (object.status?.lastPhaseTransitionTime) delete object.status.lastPhaseTransitionTime;
  for (const condition of object.status?.conditions ?? []) delete condition.lastTransitionTime;
  for (const container of object.spec?.containers ?? []) delete container.volumeMounts;
  return JSON.parse(JSON.stringify(object));
}

const ALLOCATED = [
  'clusterIP',
  'clusterIPs',
  'preemptionPolicy',
  'priority',
  'serviceAccount',
  'serviceAccountName',
  'taints',
  'tolerations',
  'volumes',
];

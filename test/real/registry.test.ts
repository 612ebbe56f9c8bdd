/** The embedded registry's rules against kube-apiserver: the same objects, the same words, the same defaults. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Json, ResourceDefinition } from '../../src/controlplane/registry/definition.ts';
import { refusedChanges, takenChanges } from '../../src/controlplane/registry/kinds/change-cases.ts';
import { created, kind, NAMESPACE } from '../../src/controlplane/registry/kinds/fixture.ts';
import { builtInKinds } from '../../src/controlplane/registry/kinds/index.ts';
import { least } from '../../src/controlplane/registry/kinds/least.ts';
import { refusals } from '../../src/controlplane/registry/kinds/refusal-cases.ts';
import { isStatus, KubeClient, loadKubeconfig } from '../../src/kube/index.ts';
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

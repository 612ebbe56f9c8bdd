/**
 * All three kinds of patch against the real `kubectl patch --local`. Each call patches a list of many objects, so a few
 * calls make hundreds of cases. The binary is $KUBECTL or else the one on PATH; without one the suite is skipped.
 */
import { spawn, spawnSync } from 'node:child_process';
import { buffer } from 'node:stream/consumers';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { cloneJson, isJsonObject, type Json, type JsonObject } from './json.ts';
import { applyJsonPatch } from './json-patch.ts';
import { applyMergePatch } from './merge-patch.ts';
import { applyStrategicMergePatch, type PatchField, type PatchSchema } from './strategic-merge-patch.ts';

const kubectl = process.env.KUBECTL ?? 'kubectl';
const missing = spawnSync(kubectl, ['version', '--client']).status !== 0;
if (missing) console.warn(`patch oracle skipped: no kubectl at ${kubectl}; set KUBECTL to its path`);

type Kind = 'json' | 'merge' | 'strategic';
type Named = { metadata: { name: string } };

/** The answers by the documents' names; documents for which kubectl refuses have none. */
async function ask(type: Kind, documents: readonly Named[], patch: object): Promise<Map<string, Named>> {
  const args = ['patch', '--local', '-f', '-', `--type=${type}`, '-p', JSON.stringify(patch), '-o', 'json'];
  const child = spawn(kubectl, args, { stdio: ['pipe', 'pipe', 'ignore'] });
  child.stdin.end(JSON.stringify({ apiVersion: 'v1', kind: 'List', items: documents }));
  const answers = concatenated((await buffer(child.stdout)).toString());
  return new Map(answers.map((answer) => [answer.metadata.name, answer]));
}

/** kubectl prints one document after the other. */
function concatenated(text: string): Named[] {
  const parts = text.split(/^\}$/m).filter((part) => part.trim() !== '');
  return parts.map((part) => JSON.parse(`${part}}`) as Named);
}

const merge = (mergeKey: string, fields: Record<string, PatchField> = {}): PatchField => ({
  patchStrategy: 'merge',
  mergeKey,
  schema: known(fields),
});
const known = (fields: Record<string, PatchField>): PatchSchema => ({ field: (name) => fields[name] });
const container = { env: merge('name'), ports: merge('containerPort'), volumeMounts: merge('mountPath') };
const podSpec = known({
  containers: merge('name', container),
  initContainers: merge('name', container),
  volumes: { ...merge('name'), patchStrategy: 'merge,retainKeys' },
  imagePullSecrets: merge('name'),
});
const DEPLOYMENT: PatchSchema = known({
  metadata: { schema: known({ finalizers: { patchStrategy: 'merge' }, ownerReferences: merge('uid') }) },
  spec: {
    schema: known({
      template: { schema: known({ spec: { schema: podSpec } }) },
      strategy: { patchStrategy: 'retainKeys' },
    }),
  },
});

const name = fc.constantFrom('a', 'b', 'c', 'd');
const text = fc.constantFrom('1', '2', '3');
const list = <T extends object>(key: keyof T & string, item: fc.Arbitrary<T>) =>
  fc.uniqueArray(item, { selector: (value) => value[key], maxLength: 4 });
const optional = <T>(shape: { [K in keyof T]: fc.Arbitrary<T[K]> }, required: (keyof T)[]) =>
  fc.record(shape, { requiredKeys: required as never }) as fc.Arbitrary<JsonObject>;
const env = optional({ name, value: text }, ['name']);
const port = optional({ containerPort: fc.integer({ min: 1, max: 4 }), hostPort: fc.nat(3), protocol: text }, [
  'containerPort',
]);
const containerShape = {
  name,
  image: text,
  tty: fc.boolean(),
  env: list('name', env),
  ports: list('containerPort', port),
  command: fc.array(text, { maxLength: 2 }),
};
const deployment = fc
  .record({
    finalizers: fc.uniqueArray(name),
    labels: fc.dictionary(name, text, { maxKeys: 3 }),
    containers: list('name', optional(containerShape, ['name'])),
    volumes: list('name', optional({ name, emptyDir: fc.constant({}) }, ['name'])),
    nodeSelector: fc.option(fc.dictionary(name, text, { minKeys: 1, maxKeys: 2 }), { nil: undefined }),
    tolerations: fc.array(fc.record({ key: name }), { maxLength: 2 }),
    strategy: fc.constantFrom({ type: 'Recreate' }, { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1 } }),
  })
  .map(({ finalizers, labels, strategy, nodeSelector, ...spec }) => ({
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'web', labels, finalizers },
    spec: { strategy, template: { spec: nodeSelector ? { ...spec, nodeSelector } : spec } },
  }));

/** A list in a patch, now and then with deletions, a replacement, or the order its elements shall have. */
const listPatch = (field: string, key: string, item: fc.Arbitrary<JsonObject>, id: fc.Arbitrary<Json>) =>
  fc
    .record({
      items: fc.uniqueArray(item, { selector: (value) => value[key], minLength: 1, maxLength: 3 }),
      deleted: fc.uniqueArray(fc.nat(2), { maxLength: 1 }),
      replace: fc.nat(9).map((n) => n === 0),
      order: fc.option(fc.uniqueArray(id, { maxLength: 3 })),
    })
    .map(({ items, deleted, replace, order }): JsonObject => {
      const changes = items.map((value, i) => (deleted.includes(i) ? { [key]: value[key]!, $patch: 'delete' } : value));
      const wanted = [
        ...new Set([...items.filter((_, i) => !deleted.includes(i)).map((v) => v[key]!), ...(order ?? [])]),
      ];
      return {
        [field]: replace ? [...changes, { $patch: 'replace' }] : changes,
        ...(order && { [`$setElementOrder/${field}`]: wanted.map((value) => ({ [key]: value })) }),
      };
    });
const some = <T extends JsonObject>(patch: fc.Arbitrary<T>) => fc.oneof(patch, fc.constant({} as JsonObject));
const containerPatch = fc
  .tuple(
    optional(
      { name, image: fc.option(text), tty: fc.option(fc.boolean()), command: fc.array(text, { maxLength: 1 }) },
      ['name'],
    ),
    some(listPatch('env', 'name', optional({ name, value: fc.option(text) }, ['name']), name)),
    some(listPatch('ports', 'containerPort', port, fc.integer({ min: 1, max: 4 }))),
  )
  .map((parts) => Object.assign({}, ...parts) as JsonObject);
const finalizersPatch = fc
  .record({
    added: fc.uniqueArray(name, { maxLength: 2 }),
    order: fc.option(fc.uniqueArray(name)),
    deleted: fc.option(name),
  })
  .map(
    ({ added, order, deleted }): JsonObject => ({
      finalizers: added,
      ...(order && { '$setElementOrder/finalizers': [...new Set([...added, ...order])] }),
      ...(deleted && !added.includes(deleted) && { '$deleteFromPrimitiveList/finalizers': [deleted] }),
    }),
  );
const strategyPatch = fc.constantFrom<JsonObject>(
  {},
  { strategy: { $retainKeys: ['type'], type: 'Recreate' } },
  { strategy: { $patch: 'replace', type: 'OnDelete' } },
  { strategy: { rollingUpdate: { maxSurge: null, maxUnavailable: 1 } } },
  { strategy: null },
);
const podSpecPatch = fc
  .tuple(
    some(listPatch('containers', 'name', containerPatch, name)),
    some(
      listPatch(
        'volumes',
        'name',
        fc.record({ name, $retainKeys: fc.constant(['name', 'hostPath']), hostPath: fc.constant({}) }),
        name,
      ),
    ),
    fc.record({ nodeSelector: fc.option(fc.dictionary(name, fc.option(text), { maxKeys: 2 })) }, { requiredKeys: [] }),
    fc.record({ tolerations: fc.array(fc.record({ key: name }), { maxLength: 2 }) }, { requiredKeys: [] }),
  )
  .map((parts) => Object.assign({}, ...parts) as JsonObject);
const strategicPatch = fc
  .tuple(podSpecPatch, strategyPatch, some(finalizersPatch), fc.dictionary(name, fc.option(text), { maxKeys: 2 }))
  .map(([spec, strategy, finalizers, labels]) => ({
    metadata: { ...finalizers, labels },
    spec: { ...strategy, template: { spec } },
  }));

const mergePatch = fc.record({
  metadata: fc.record(
    { labels: fc.dictionary(name, fc.option(text)), finalizers: fc.array(name) },
    { requiredKeys: [] },
  ),
  spec: fc.record(
    {
      strategy: fc.constantFrom(null, { rollingUpdate: null }, { a: { b: null, c: [{ d: null }] } }),
      template: fc.record({ spec: fc.record({ nodeSelector: fc.option(fc.dictionary(name, fc.option(text))) }) }),
    },
    { requiredKeys: [] },
  ),
});

const pointer = fc.constantFrom(
  '/metadata/labels/a',
  '/metadata/labels/b',
  '/metadata/finalizers/0',
  '/metadata/finalizers/-',
  '/metadata/finalizers/-1',
  '/metadata/finalizers/2',
  '/spec/strategy/type',
  '/spec/template/spec/containers/0/image',
  '/spec/template/spec/containers/0/env/0',
  '/spec/template/spec/nodeSelector',
  '/x/y',
);
const operation = fc.oneof(
  fc.record({ op: fc.constantFrom('add', 'replace', 'test'), path: pointer, value: fc.oneof(text, fc.constant(null)) }),
  fc.record({ op: fc.constant('remove'), path: pointer }),
  fc.record({ op: fc.constantFrom('move', 'copy'), from: pointer, path: pointer }),
);

/** Nulls and left-over directives that the server's typed decoding would drop. */
function decoded(value: Json): Json {
  if (Array.isArray(value)) return value.map(decoded);
  if (!isJsonObject(value)) return value;
  const kept = Object.entries(value).filter(([key, item]) => item !== null && !key.startsWith('$'));
  return Object.fromEntries(kept.map(([key, item]) => [key, decoded(item)]));
}

function attempt(apply: () => object): object | undefined {
  try {
    return apply();
  } catch {
    return undefined;
  }
}

const seed = 20_260_101;
const documents = (count: number) =>
  fc.sample(deployment, { seed, numRuns: count }).map((document, i) => ({
    ...document,
    metadata: { ...document.metadata, name: `web-${i}` },
  }));
const patches = <P>(arbitrary: fc.Arbitrary<P>, count: number) => fc.sample(arbitrary, { seed, numRuns: count });

describe.skipIf(missing)('patches agree with kubectl', () => {
  /** kubectl also refuses to order lists that are empty; those few cases have no answer to compare. */
  test('strategic merge patches', { timeout: 60_000 }, async () => {
    const live = documents(20);
    let compared = 0;
    for (const patch of patches(strategicPatch, 14)) {
      for (const [name, answer] of await ask('strategic', live, patch)) {
        const document = live.find((d) => d.metadata.name === name)!;
        const ours = applyStrategicMergePatch<object>(document, patch, DEPLOYMENT);
        expect(decoded(ours as Json), JSON.stringify({ document, patch })).toEqual(decoded(answer as unknown as Json));
        compared++;
      }
    }
    expect(compared).toBeGreaterThan(140);
  });

  test('merge patches', { timeout: 60_000 }, async () => {
    const live = documents(12);
    for (const patch of patches(mergePatch, 6)) {
      const ours = live.map((document) => applyMergePatch<Named>(document, cloneJson(patch)));
      expect(ours, JSON.stringify(patch)).toEqual([...(await ask('merge', live, patch)).values()]);
    }
  });

  test('JSON patches, and which of them do not fit', { timeout: 60_000 }, async () => {
    const live = documents(20);
    for (const patch of patches(fc.array(operation, { minLength: 1, maxLength: 2 }), 14)) {
      const answers = await ask('json', live, patch);
      for (const document of live) {
        const ours = attempt(() => applyJsonPatch<object>(document, patch));
        expect(ours, JSON.stringify({ document, patch })).toEqual(answers.get(document.metadata.name));
      }
    }
  });
});

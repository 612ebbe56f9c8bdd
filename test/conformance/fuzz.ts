/**
 * Mutated bodies, patches and queries against the handlers, without a network: no answer may be a 500 and nothing may
 * throw what is no Status. `node test/conformance/fuzz.ts --inputs 1000000 --seed 1` prints what broke, each once.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { parseArgs } from 'node:util';
import { stringify } from 'yaml';
import { defaultAdmission } from '../../src/controlplane/admission/index.ts';
import { customResourceDefinitions } from '../../src/controlplane/crds/crd-kind.ts';
import { createFirstObjects } from '../../src/controlplane/first-objects.ts';
import { handlerFor } from '../../src/controlplane/handlers/dispatch.ts';
import type { ApiRequest } from '../../src/controlplane/handlers/request.ts';
import { negotiate } from '../../src/controlplane/http/negotiation.ts';
import { parseResourceRequest } from '../../src/controlplane/http/request-info.ts';
import { Plane } from '../../src/controlplane/plane.ts';
import { builtInKinds } from '../../src/controlplane/registry/kinds/index.ts';
import { groupVersion, Registry } from '../../src/controlplane/registry/registry.ts';
import { Store } from '../../src/controlplane/storage/index.ts';
import { StatusError } from '../../src/kube/index.ts';
import { type Random, randomFrom } from './history/random.ts';

export interface FuzzOptions {
  readonly seed: number;
  readonly inputs: number;
}

interface Input {
  readonly method: string;
  readonly path: string;
  readonly contentType: string;
  readonly accept: string;
  readonly body: Buffer;
}

export interface Finding {
  readonly message: string;
  readonly where: string;
  readonly input: string;
}

/** What broke, each kind of fault once. */
export async function fuzz({
  seed,
  inputs,
}: FuzzOptions): Promise<{ findings: Finding[]; codes: Map<number, number> }> {
  const dir = mkdtempSync(join(tmpdir(), 'jdos-fuzz-'));
  const store = Store.open(dir);
  const registry = new Registry([...builtInKinds, customResourceDefinitions]);
  const plane = new Plane({ store, registry, admission: defaultAdmission() });
  for (const definition of registry.all()) plane.collection(definition);
  await createFirstObjects(plane, { host: '127.0.0.1', port: 1 });
  const findings = new Map<string, Finding>();
  const codes = new Map<number, number>();
  const random = randomFrom(seed);
  // A handler may wait on a timer that by itself keeps no process alive.
  const alive = setInterval(() => {}, 60_000);
  for (let i = 0; i < inputs; i++) {
    const input = draw(random, registry);
    const outcome = await send(plane, input);
    codes.set(outcome.code, (codes.get(outcome.code) ?? 0) + 1);
    if (!outcome.fault) continue;
    const where =
      outcome.fault.stack
        ?.split('\n')
        .find((line) => line.includes('/src/'))
        ?.trim() ?? '';
    const text = `${input.method} ${input.path} ${input.contentType} ${input.body.toString().slice(0, 1500)}`;
    findings.set(where, { message: outcome.fault.message.slice(0, 300), where, input: text });
  }
  clearInterval(alive);
  await store.close();
  rmSync(dir, { recursive: true });
  return { findings: [...findings.values()], codes };
}

async function send(plane: Plane, input: Input): Promise<{ code: number; fault?: Error }> {
  const url = new URL(input.path, 'https://x');
  try {
    const target = parseResourceRequest(input.method, url.pathname, url.searchParams);
    if (!target) return { code: 404 };
    const definition = plane.registry.get(target.group, target.version, target.plural);
    const request: ApiRequest = {
      plane,
      target,
      definition,
      caller: { name: 'fuzz', groups: ['system:masters'] },
      collection: plane.collection(definition),
      query: url.searchParams,
      contentType: input.contentType,
      userAgent: 'fuzz/1',
      form: negotiate(input.accept),
      bytes: async () => input.body,
      requireCreate: () => {},
      warn: () => {},
    };
    const answer = await handlerFor(definition, target)(request);
    if ('run' in answer) return { code: 200 };
    if (typeof answer.body !== 'string' && !Buffer.isBuffer(answer.body)) for (const _ of answer.body);
    return { code: answer.status };
  } catch (error) {
    if (error instanceof StatusError && (error.code < 500 || error.code >= 503)) return { code: error.code };
    return { code: 500, fault: error instanceof Error ? error : new Error(String(error)) };
  }
}

const ODD: readonly unknown[] = [
  null,
  0,
  -1,
  1.5,
  1e300,
  true,
  '',
  'x',
  '0',
  '-1',
  '\0',
  '\ud800',
  '__proto__',
  '2020-01-01T00:00:00Z',
  '1Gi',
  '10%',
  [],
  {},
  [null],
  [[]],
  [{}],
  { '': '' },
  { $patch: 'delete' },
  { $patch: 'replace' },
  { '$setElementOrder/x': [1] },
];
const WORDS = [
  'metadata',
  'spec',
  'status',
  'name',
  'namespace',
  'labels',
  'annotations',
  'finalizers',
  'ownerReferences',
  'template',
  'containers',
  'initContainers',
  'image',
  'ports',
  'containerPort',
  'resources',
  'requests',
  'limits',
  'cpu',
  'selector',
  'matchLabels',
  'matchExpressions',
  'key',
  'operator',
  'values',
  'replicas',
  'rules',
  'data',
  'type',
  'conditions',
  'kind',
  'apiVersion',
  'versions',
  'schema',
  'openAPIV3Schema',
  'properties',
  'items',
  'volumes',
  'env',
  'value',
  'valueFrom',
  'tolerations',
  'affinity',
  'generateName',
  'resourceVersion',
  'uid',
  'managedFields',
  'fieldsV1',
  'subjects',
  'roleRef',
  'strategy',
  'rollingUpdate',
  'maxSurge',
  'schedule',
  'jobTemplate',
  'volumeClaimTemplates',
  'names',
  'scope',
  'group',
  'x-kubernetes-validations',
  'rule',
  'webhooks',
  'clusterIP',
  'target',
  'endpoints',
  'addresses',
  'parameters',
  'metrics',
  'scaleTargetRef',
  'accessModes',
  'capacity',
  'storage',
  'spec.containers',
  '__proto__',
  'constructor',
  'toString',
];
const PARAMS = [
  'limit',
  'continue',
  'resourceVersion',
  'resourceVersionMatch',
  'labelSelector',
  'fieldSelector',
  'watch',
  'dryRun',
  'fieldManager',
  'fieldValidation',
  'force',
  'sendInitialEvents',
  'timeoutSeconds',
  'gracePeriodSeconds',
  'propagationPolicy',
  'orphanDependents',
  'includeObject',
  'allowWatchBookmarks',
  'pretty',
  'container',
];
const VALUES = [
  '',
  '0',
  '1',
  '-1',
  'true',
  'x',
  'a=b',
  'a in (b,c)',
  '!a',
  'a!=b',
  'metadata.name=x',
  'spec.nodeName=',
  'All',
  'Strict',
  'Warn',
  'Exact',
  'NotOlderThan',
  'Orphan',
  'Foreground',
  '%00',
  '9'.repeat(30),
  '(',
  ',',
  '=',
  'Object',
  'None',
];
const PATCHES = [
  'application/json-patch+json',
  'application/merge-patch+json',
  'application/strategic-merge-patch+json',
  'application/apply-patch+yaml',
];
const ACCEPTS = [
  'application/json',
  'application/yaml',
  'application/json;as=Table;v=v1;g=meta.k8s.io',
  'application/json;as=PartialObjectMetadata;v=v1;g=meta.k8s.io',
];

function draw(random: Random, registry: Registry): Input {
  const definition = random.pick([...registry.all()]);
  const { group, version, plural, kind, namespaced } = definition;
  const root = group ? `/apis/${group}/${version}` : `/api/${version}`;
  const method = random.pick(['POST', 'POST', 'POST', 'PUT', 'PATCH', 'PATCH', 'PATCH', 'GET', 'DELETE']);
  const name = random.pick(['a', 'b', 'default']);
  const one = method === 'POST' ? '' : `/${name}${random.pick(['', '', '', '', '/status', '/scale', '/resize'])}`;
  const path = `${root}${namespaced ? '/namespaces/default' : ''}/${plural}${random.chance(0.05) ? '' : one}`;
  const object = { apiVersion: groupVersion(definition), kind, metadata: { name }, ...tree(random, 3) };
  const value = method === 'PATCH' && random.chance(0.4) ? operations(random) : mutate(random, object);
  const contentType = method === 'PATCH' ? random.pick(PATCHES) : random.pick(TYPES);
  return {
    method,
    path: `${path}?${query(random)}`,
    contentType,
    accept: random.pick(ACCEPTS),
    body: encode(random, value, contentType),
  };
}

const TYPES = ['application/json', 'application/json', 'application/yaml', 'application/vnd.kubernetes.protobuf'];

function encode(random: Random, value: unknown, contentType: string): Buffer {
  const text = contentType.includes('yaml') && random.chance(0.5) ? stringify(value) : JSON.stringify(value);
  const body = Buffer.from(contentType.includes('protobuf') ? `k8s\0${text}` : text);
  if (contentType.includes('protobuf')) scramble(random, body, 4, 6);
  else if (random.chance(0.1)) scramble(random, body, 0, 1 + random.below(3));
  return random.chance(0.02) ? body.subarray(0, random.below(body.length)) : body;
}

function scramble(random: Random, body: Buffer, from: number, times: number): void {
  for (let i = 0; i < times; i++) body[from + random.below(Math.max(1, body.length - from))] = random.below(256);
}

/** An object of words that schemas know, with values that mostly do not fit. */
function tree(random: Random, depth: number): Record<string, unknown> {
  const result: Record<string, unknown> = {};
  for (let i = random.below(4); i >= 0; i--) {
    const word = random.pick(WORDS);
    if (word !== 'metadata' && word !== 'kind' && word !== 'apiVersion') result[word] = branch(random, depth);
  }
  return result;
}

function branch(random: Random, depth: number): unknown {
  if (depth === 0 || random.chance(0.3)) return random.pick(ODD);
  return random.chance(0.3) ? [tree(random, depth - 1)] : tree(random, depth - 1);
}

/** The object with one or two of its parts replaced. */
function mutate(random: Random, object: Record<string, unknown>): unknown {
  const copy = structuredClone(object);
  if (random.chance(0.5)) (copy.metadata as Record<string, unknown>)[random.pick(WORDS)] = branch(random, 2);
  if (random.chance(0.1)) copy[random.pick(['metadata', 'spec', 'kind', 'apiVersion'])] = random.pick(ODD);
  return random.chance(0.02) ? random.pick(ODD) : copy;
}

function operations(random: Random): unknown {
  const pointer = () =>
    Array.from({ length: random.below(4) }, () => `/${random.pick([...WORDS, '0', '-', '-1'])}`).join('');
  const op = () => ({
    op: random.pick(['add', 'remove', 'replace', 'move', 'copy', 'test', 'x']),
    path: pointer(),
    from: pointer(),
    value: branch(random, 1),
  });
  return Array.from({ length: 1 + random.below(3) }, op);
}

function query(random: Random): URLSearchParams {
  const params = new URLSearchParams(random.chance(0.5) ? { fieldManager: 'fuzz' } : {});
  for (let i = random.below(3); i > 0; i--) params.append(random.pick(PARAMS), random.pick(VALUES));
  return params;
}

if (process.argv[1] === import.meta.filename) {
  const { values } = parseArgs({
    options: { inputs: { type: 'string', default: '20000' }, seed: { type: 'string', default: '1' } },
  });
  const started = Date.now();
  const { findings, codes } = await fuzz({ seed: Number(values.seed), inputs: Number(values.inputs) });
  for (const { message, where, input } of findings) console.log(`${message}\n  ${where}\n  ${input}\n`);
  console.log(
    [...codes]
      .sort((a, b) => a[0] - b[0])
      .map(([code, count]) => `${code}: ${count}`)
      .join(', '),
  );
  console.log(`${findings.length} faults in ${values.inputs} inputs, ${(Date.now() - started) / 1000} s`);
  process.exit(findings.length === 0 ? 0 : 1);
}

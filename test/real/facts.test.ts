import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { request } from 'node:https';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  builtInKinds,
  collectSchemas,
  complete,
  decode,
  decodeProtobuf,
  factsVersion,
  type JsonSchema,
  typeOf,
} from '../../src/controlplane/schema/index.ts';
import { type RealControlPlane, startRealControlPlane } from './real-control-plane.ts';

describe('the facts are those of a running kube-apiserver', () => {
  let plane: RealControlPlane;
  const real: Record<string, JsonSchema> = {};

  beforeAll(async () => {
    plane = await startRealControlPlane({ controllers: false });
    const { paths } = (await get(plane, '/openapi/v3')) as { paths: Record<string, { serverRelativeURL: string }> };
    const documents = Object.entries(paths).filter(([path]) => /\/v\d+$/.test(path) || path === 'api/v1');
    for (const [, { serverRelativeURL }] of documents) {
      const { components } = (await get(plane, serverRelativeURL)) as { components?: { schemas?: typeof real } };
      Object.assign(real, components?.schemas);
    }
  });
  afterAll(() => plane?.stop());

  test('of the same version', async () => {
    expect(await get(plane, '/version')).toMatchObject({ gitVersion: factsVersion() });
  });

  test('of the same kinds', () => {
    const served = new Set<string>();
    for (const schema of Object.values(real)) {
      const kinds = (schema['x-kubernetes-group-version-kind'] ?? []) as {
        group: string;
        version: string;
        kind: string;
      }[];
      if (kinds.length === 1) served.add(`${kinds[0]!.group}/${kinds[0]!.version}/${kinds[0]!.kind}`);
    }
    expect(
      builtInKinds()
        .map((k) => `${k.group}/${k.version}/${k.kind}`)
        .sort(),
    ).toEqual([...served].sort());
  });

  test('with the same fields, types, lists, defaults and values', () => {
    const ours: Record<string, JsonSchema> = {};
    for (const { type } of builtInKinds()) collectSchemas(type, ours);
    expect(Object.keys(ours).length).toBeGreaterThan(500);
    for (const [name, schema] of Object.entries(ours)) expect(bare(schema), name).toEqual(bare(real[name]));
  });
});

describe('what the Go encoders write is read alike', () => {
  const list = ['list', '-m', '-f', '{{.Dir}}', 'k8s.io/api'];
  const module = execFileSync('go', list, { cwd: import.meta.dirname, encoding: 'utf8' }).trim();
  const data = join(module, 'testdata/HEAD');
  const cases = readdirSync(data)
    .filter((file) => file.endsWith('.pb'))
    .map((file) => ({ file, type: typeOfFile(basename(file, '.pb')) }))
    .filter(({ file, type }) => type && !file.includes('WatchEvent'));

  test.each(cases)('$file', ({ file, type }) => {
    const want = JSON.parse(readFileSync(join(data, file.replace(/pb$/, 'json')), 'utf8')) as { kind: string };
    expect(finished(type!, decodeProtobuf(readFileSync(join(data, file))))).toEqual(want);
    expect(finished(type!, want)).toEqual(want);
    expect(decode(type!, want).unknown).toEqual([]);
  });
});

/** `core.v1.Pod`: the group in full, then version and kind. */
function typeOfFile(name: string): string | undefined {
  const [, group, version, kind] = /^(.+)\.(v\d\w*)\.(\w+)$/.exec(name)!;
  return typeOf(group === 'core' ? '' : group!, version!, kind!);
}

function finished(type: string, value: unknown): unknown {
  const { object } = decode(type, value);
  complete(type, object);
  return object;
}

/** Without prose and kinds; a reference is the same inside `allOf` or bare. */
function bare(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(bare);
  if (typeof value !== 'object' || value === null) return value;
  const { description, allOf, required, 'x-kubernetes-group-version-kind': kinds, ...rest } = value as JsonSchema;
  const kept = Object.entries(rest).map(([key, each]) => [key, bare(each)]);
  return {
    ...Object.fromEntries(kept),
    ...(isSchema(description) && { description: bare(description) }),
    ...(Array.isArray(allOf) ? (allOf[0] as object) : isSchema(allOf) && { allOf: bare(allOf) }),
    ...(Array.isArray(required)
      ? { required: [...required].sort() }
      : isSchema(required) && { required: bare(required) }),
  };
}

/** Types may have fields that are called like words of the schema language. */
function isSchema(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function get({ url, caPem, admin }: RealControlPlane, path: string): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const options = { ca: caPem, cert: admin.certPem, key: admin.keyPem };
    const asked = request(url + path, options, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () => resolve(JSON.parse(Buffer.concat(chunks).toString())));
    });
    asked.on('error', reject);
    asked.end();
  });
}

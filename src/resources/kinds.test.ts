import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import type { KindDefinition } from './definition.ts';
import { KINDS } from './kinds.ts';
import { crdManifest } from './manifest.ts';
import { kindIndex, kindPage } from './page.ts';
import { type OpenApiSchema, structuralSchema } from './structural.ts';
import { faultsIn, kindOf, withDefaults } from './validate.ts';

const DOCS = join(import.meta.dirname, '../../docs/resources');
const pages = new Map<string, string>([
  ...KINDS.map((kind) => [`${kind.type.kind.toLowerCase()}.md`, kindPage(kind)] as const),
  ['README.md', kindIndex(KINDS)],
]);

if (process.env.JDOS_UPDATE) {
  mkdirSync(DOCS, { recursive: true });
  for (const [name, text] of pages) writeFileSync(join(DOCS, name), text);
}

it('docs/resources has exactly the pages that are made of the schemas', () => {
  expect(readdirSync(DOCS).toSorted()).toEqual([...pages.keys()].toSorted());
  for (const [name, text] of pages) expect(readFileSync(join(DOCS, name), 'utf8'), name).toBe(text);
});

describe.each(KINDS.map((kind) => [kind.type.kind, kind] as const))('%s', (_, kind: KindDefinition) => {
  const example = () => parse(kind.example) as { apiVersion: string; kind: string; spec: unknown };

  it('has an example that is in order', () => {
    expect(kindOf(example())).toBe(kind);
    expect(faultsIn(kind, example())).toEqual([]);
  });

  it('says of each field what it means', () => {
    const silent = [...fields(structuralSchema(kind.spec), 'spec')];
    if (kind.status) silent.push(...fields(structuralSchema(kind.status), 'status'));
    expect(silent.filter(([, field]) => !field.description).map(([path]) => path)).toEqual([]);
  });

  it('has a structural schema: a type everywhere, and no alternatives', () => {
    for (const [path, field] of fields(structuralSchema(kind.spec), 'spec')) {
      const free = field['x-kubernetes-int-or-string'] || field['x-kubernetes-preserve-unknown-fields'];
      expect(field.type ?? free, path).toBeTruthy();
      expect(Object.keys(field), path).not.toContain('anyOf');
      expect(field.additionalProperties, path).not.toBe(false);
    }
  });
});

describe('a spec', () => {
  const group = KINDS.find(({ type }) => type.kind === 'Group')!;
  const valid = (parse(group.example) as { spec: Record<string, unknown> }).spec;

  it('is told what is wrong with it, and where', () => {
    const spec = { ...valid, replicas: -1, updateStrategy: { type: 'Slowly' }, colour: 'red' };
    expect(faultsIn(group, { spec }).map(({ path }) => path)).toEqual([
      'spec.replicas',
      'spec.updateStrategy.type',
      'spec.colour',
    ]);
    expect(faultsIn(group, {})).toHaveLength(1);
  });

  it('gets the defaults that a server would fill in', () => {
    expect(withDefaults(group, valid)).toMatchObject({
      updateStrategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 1, maxSurge: 0, partition: 0 } },
      naming: { startOrdinal: 0 },
      minReadySeconds: 0,
    });
    const schema = JSON.stringify(crdManifest(group).spec);
    expect(schema).toContain('"default":"LocalIfPossible"');
    expect(schema).toContain('"default":{}');
  });

  it('keeps the fields of a Pod template that no schema of JDOS names', () => {
    const template = { spec: { containers: [{ name: 'main', image: 'a', tty: true }], hostPID: false } };
    expect(withDefaults(group, { ...valid, template }).template).toEqual(template);
  });
});

function* fields(schema: OpenApiSchema, path: string): Generator<[string, OpenApiSchema]> {
  for (const [name, field] of Object.entries((schema.properties ?? {}) as Record<string, OpenApiSchema>)) {
    yield [`${path}.${name}`, field];
    yield* fields(field, `${path}.${name}`);
    if (field.items) yield* fields(field.items as OpenApiSchema, `${path}.${name}[]`);
  }
}

/**
 * Histories of writes to built-in kinds, against what the field manager of Kubernetes' own API server made of them:
 * testdata/histories.json and testdata/answers.json, the latter written by test/oracles/field-manager.
 */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { applyMergePatch, type JsonObject, type StatusCause } from '../../kube/index.ts';
import { applySchemaOf, complete, readObject, typeOf } from '../schema/index.ts';
import { applyConfiguration, type ManagedFieldsEntry, resetFieldsOf, trackChange, type Write } from './index.ts';

interface History {
  readonly name: string;
  readonly apiVersion: string;
  readonly kind: string;
  readonly steps: readonly Step[];
}

interface Step {
  readonly op: 'create' | 'update' | 'apply' | 'force';
  readonly manager: string;
  readonly subresource?: string;
  readonly object: JsonObject;
}

interface Answer {
  readonly object?: Served;
  readonly error?: unknown;
}

type Served = JsonObject & { metadata: { managedFields?: ManagedFieldsEntry[]; uid?: string } };

const histories = read('histories') as History[];
const answers = read('answers') as Record<string, Answer[]>;

function read(name: string): unknown {
  return JSON.parse(readFileSync(new URL(`./testdata/${name}.json`, import.meta.url), 'utf8'));
}

describe.each(histories)('$name', ({ name, apiVersion, kind, steps }) => {
  const [version, group = ''] = apiVersion.split('/').reverse() as [string, string?];
  const type = typeOf(group, version, kind)!;
  const empty: JsonObject = {};
  complete(type, empty);
  let live: Served | undefined;

  function write({ manager, subresource }: Step): Write {
    const resetFields = resetFieldsOf(true, subresource);
    const time = '2026-01-01T00:00:00Z';
    const base = { manager, apiVersion, kind, schema: applySchemaOf(type), empty, resetFields, time };
    return subresource ? { ...base, subresource } : base;
  }

  function take(step: Step): Served {
    const isApply = step.op === 'apply' || step.op === 'force';
    if (isApply) return stored(applyConfiguration(live, step.object, { ...write(step), force: step.op === 'force' }));
    const object = step.op === 'update' ? applyMergePatch(live!, step.object) : step.object;
    return trackChange(live, stored(object as Served), write(step));
  }

  /** As a server decodes and completes it. */
  function stored(object: Served): Served {
    const { managedFields } = object.metadata;
    const copy = readObject(type, { group, version, kind }, object, { validation: 'Ignore' }) as Served;
    complete(type, copy);
    if (managedFields) copy.metadata.managedFields = managedFields;
    return copy;
  }

  test.each(steps.map((step, i) => [i, step.op, step.manager, step] as const))(
    'step %i: %s by %s',
    (i, _, __, step) => {
      const expected = answers[name]![i]!;
      if (expected.error) {
        expect(() => take(step)).toThrow(expect.objectContaining(refusal(expected.error)));
        return;
      }
      live = take(step);
      live.metadata.uid = 'uid';
      expect(timeless(live)).toEqual(timeless(expected.object!));
    },
  );
});

function refusal(error: unknown): object {
  if (typeof error === 'string') return { message: error, code: 400 };
  const { message, code, reason, details } = error as Record<string, unknown> & { details?: { causes: StatusCause[] } };
  return { message, code, reason, status: expect.objectContaining(details ? { details } : {}) };
}

function timeless(object: Served): unknown {
  const { managedFields = [], ...metadata } = object.metadata;
  const entries = managedFields.map(({ time, ...entry }) => JSON.stringify(entry)).sort();
  return { ...object, metadata: { ...metadata, managedFields: entries } };
}

test('the histories are complete', () => {
  expect(Object.keys(answers).sort()).toEqual(histories.map(({ name }) => name).sort());
});

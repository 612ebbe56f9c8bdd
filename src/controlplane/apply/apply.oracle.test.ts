/**
 * Histories of applies and updates, step by step against the library that Kubernetes itself uses. It is built with `go`
 * from test/oracles/smd; without go, or without its modules, the suite is skipped.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import type { Json, JsonObject } from '../../kube/index.ts';
import { outcomeOfApply } from './configuration.ts';
import { toFieldsV1 } from './fields-v1.ts';
import type { Managers } from './manager.ts';
import type { Write } from './ownership.ts';
import { printPath } from './path-element.ts';
import { applySchema, mergeDiffSchema, SAMPLE, type ValueOptions, valuesOf } from './sample-schema.ts';
import { update } from './track.ts';

interface Step {
  readonly op: 'apply' | 'force' | 'update';
  readonly manager: string;
  readonly object: Json;
}

interface Outcome {
  readonly object: Json;
  readonly managers: Record<string, unknown>;
  readonly conflicts?: string[];
  readonly error?: string;
}

const folder = mkdtempSync(join(tmpdir(), 'smd-oracle-'));
const oracle = join(folder, 'oracle');
const source = fileURLToPath(new URL('../../../test/oracles/smd', import.meta.url));
const build = spawnSync('go', ['build', '-o', oracle, '.'], { cwd: source, encoding: 'utf8' });
if (build.status !== 0)
  console.warn(`apply oracle skipped: go cannot build it: ${build.error?.message ?? build.stderr}`);
afterAll(() => rmSync(folder, { recursive: true }));

const SCHEMA = applySchema(SAMPLE);

function replay(steps: readonly Step[]): Outcome[] {
  let live: Json = {};
  let managers: Managers = new Map();
  return steps.map((step) => {
    const write: Write = { manager: step.manager, apiVersion: 'v1', kind: 'Sample', schema: SCHEMA, time: '' };
    let conflicts: string[] = [];
    if (step.op === 'update') {
      managers = update(managers, live as JsonObject, step.object as JsonObject, write);
      live = step.object;
    } else {
      const outcome = outcomeOfApply(live, step.object, managers, write);
      conflicts = outcome.conflicts.map(({ owner, path }) => `${owner.name} ${owner.operation} ${printPath(path)}`);
      if (step.op === 'force' || conflicts.length === 0) {
        live = outcome.object.exact;
        managers = outcome.managers;
        conflicts = [];
      }
    }
    const owned = [...managers.values()].map((m) => [`${m.name} ${m.operation}`, toFieldsV1(m.fields)]);
    return {
      object: live,
      managers: Object.fromEntries(owned),
      ...(conflicts.length > 0 && { conflicts: conflicts.sort() }),
    };
  });
}

function ask(histories: readonly (readonly Step[])[]): Outcome[][] {
  const schema = mergeDiffSchema(SAMPLE);
  const input = JSON.stringify(histories.map((steps) => ({ schema, steps })));
  const { stdout, stderr } = spawnSync(oracle, { input, encoding: 'utf8', maxBuffer: 2 ** 28 });
  if (stdout === '') throw new Error(stderr);
  return JSON.parse(stdout) as Outcome[][];
}

function histories(options: ValueOptions): fc.Arbitrary<Step[]> {
  const manager = fc.constantFrom('m', 'n', 'o');
  const applied = fc.record({
    op: fc.constantFrom('apply' as const, 'apply' as const, 'force' as const),
    manager,
    object: valuesOf(SAMPLE, { ...options, duplicates: false }),
  });
  const updated = fc.record({ op: fc.constant('update' as const), manager, object: valuesOf(SAMPLE, options) });
  return fc.array(fc.oneof({ weight: 3, arbitrary: applied }, { weight: 1, arbitrary: updated }), { maxLength: 6 });
}

describe.skipIf(build.status !== 0)('server-side apply agrees with structured-merge-diff', () => {
  test.each<[string, ValueOptions]>([
    ['on plain values', {}],
    ['on nulls and empty containers', { husks: true }],
    ['where updates leave duplicates', { duplicates: true }],
  ])('%s', (_, options) => {
    const samples = fc.sample(histories(options), { seed: 20_260_101, numRuns: 400 });
    const answers = ask(samples);
    for (const [i, steps] of samples.entries()) {
      const ours = replay(steps);
      for (const [at, theirs] of answers[i]!.entries()) {
        if (theirs.error) break;
        expect(ours[at], JSON.stringify(steps.slice(0, at + 1), null, 1)).toEqual(theirs);
      }
    }
  });
});

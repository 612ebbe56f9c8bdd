/**
 * Every `stages/testdata/*.input.yaml` is lived through and compared with the `*.output.yaml` beside it. After a wanted
 * change of behaviour: `npx vitest run --project unit src/fleet/stages.test.ts --update`, and read the difference.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parse, stringify } from 'yaml';
import { applyMergePatch, type Pod } from '../kube/index.ts';
import { parseFault } from './fault.ts';
import type { FaultKind } from './fault-kind.ts';
import { FAULT } from './names.ts';
import { type SimulatedStep, simulate } from './simulation.ts';
import { loadStages } from './stage-files.ts';
import type { WorldNetwork } from './world.ts';

interface Scenario {
  /** Addresses that a network gives when it is asked. */
  network?: string[];
  untilSeconds: number;
  pod: Pod;
  host?: { images?: string[]; diskPressure?: boolean; allocatable?: Record<string, string>; others?: Amounts };
  faults?: { name: string; kind: FaultKind; data: Record<string, string> }[];
  changes?: { at: number; patch?: object; add?: { kind: string; name: string; keys: string[] } }[];
}

type Amounts = Record<string, number>;

const DIRECTORY = join(import.meta.dirname, 'stages/testdata');
const START = Date.UTC(2026, 0, 1);
const stages = loadStages();

for (const file of readdirSync(DIRECTORY).filter((name) => name.endsWith('.input.yaml'))) {
  test(file.replace('.input.yaml', '').replaceAll('-', ' '), async () => {
    const steps = live(parse(readFileSync(join(DIRECTORY, file), 'utf8')) as Scenario);
    await expect(print(steps)).toMatchFileSnapshot(join(DIRECTORY, file.replace('.input.', '.output.')));
  });
}

test('every stage is met by some scenario', () => {
  const outputs = readdirSync(DIRECTORY).filter((name) => name.endsWith('.output.yaml'));
  const met = outputs.map((name) => readFileSync(join(DIRECTORY, name), 'utf8')).join('\n');
  expect(stages.map((stage) => stage.name).filter((name) => !met.includes(name))).toEqual([]);
});

function live(scenario: Scenario): SimulatedStep[] {
  const objects = new Map<string, ReadonlySet<string>>();
  const { others, images, ...host } = scenario.host ?? {};
  return simulate({
    pod: served(scenario.pod),
    stages,
    start: START,
    untilMs: scenario.untilSeconds * 1000,
    host: { ...host, images: new Set(images), ...(others && { granted: () => others }) },
    faults: (scenario.faults ?? []).map(({ name, kind, data }) =>
      parseFault({ metadata: { name, labels: { [FAULT]: kind } }, data }),
    ),
    world: {
      keys: (kind, _, name) => objects.get(`${kind}/${name}`),
      claim: () => 'pending',
      ...(scenario.network && { network: giving(scenario.network) }),
    },
    changes: (scenario.changes ?? []).map(({ at, patch, add }) => ({
      atMs: at * 1000,
      change: (pod) => {
        if (add) objects.set(`${add.kind}/${add.name}`, new Set(add.keys));
        return patch ? (applyMergePatch(pod, patch) as Pod) : pod;
      },
    })),
  });
}

function giving(ips: readonly string[]): WorldNetwork {
  let asked = false;
  return {
    state: () => (asked ? 'ready' : 'unasked'),
    ips: () => ips,
    found: () => {},
    ask: () => {
      asked = true;
    },
    letGo: () => {},
  };
}

function served(pod: Pod): Pod {
  const metadata = {
    namespace: 'default',
    uid: `uid-of-${pod.metadata.name}`,
    resourceVersion: '1',
    creationTimestamp: '',
  };
  return { ...pod, metadata: { ...metadata, ...pod.metadata } };
}

function print(steps: readonly SimulatedStep[]): string {
  const shown = steps.map(({ atMs, ...step }) => ({ at: `${(atMs / 1000).toFixed(3)}s`, ...step }));
  return stringify(shown, { lineWidth: 0, aliasDuplicateObjects: false });
}

/**
 * Operators and tools that many run: their own installation manifests come, stay as they are and go. What is noted on the
 * way is recorded from a real Kubernetes (JDOS_TARGET=real JDOS_UPDATE=1), in operators/recorded.json: kubectl says
 * `configured` of objects whose manifests spell out zero values, and refuses what does not fit into its annotation.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { UPDATE } from './conversation.ts';
import { run } from './harness.ts';
import { Trial, tryManifests } from './manifest-trial.ts';
import { startTarget, type Target } from './target.ts';

/** `TOOL client` or `TOOL server`, and what is noted there; a trial of which nothing is noted is not in it. */
type Recorded = Record<string, readonly string[]>;

const RECORDED = join(import.meta.dirname, 'operators', 'recorded.json');
const TRIAL_MS = 600_000;
const recorded = JSON.parse(readFileSync(RECORDED, 'utf8')) as Recorded;
/** What `unpack` puts into the folder. */
const TOOLS = [
  'cloudnative-pg',
  'dashboard',
  'ingress-nginx',
  'inspektor-gadget',
  'kong',
  'metallb',
  'metrics-server',
  'operator-lifecycle-manager',
  'snapshot-controller',
  'volcano',
];

let target: Target;
let folder: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'jdos-operators-'));
  const unpacked = await run('test/e2e/operators/unpack', [folder], { timeoutMs: TRIAL_MS });
  if (unpacked.code !== 0)
    throw new Error(`the manifests of ${TOOLS.join(', ')} could not be had, so none was tried:\n${unpacked.stderr}`);
  target = await startTarget(5);
}, TRIAL_MS);

afterAll(async () => {
  await target?.stop();
  rmSync(folder, { recursive: true, force: true });
  if (UPDATE) writeFileSync(RECORDED, `${JSON.stringify(recorded, undefined, 2)}\n`);
});

describe.each(TOOLS)('%s', (tool) => {
  it.each(['client', 'server'])(
    'comes, stays and goes, applied on the %s side',
    async (side) => {
      const path = join(folder, tool);
      const serverSide = side === 'server';
      const notes = await tryManifests({ kubeconfig: target.kubeconfig, path, serverSide });
      if (UPDATE) note(`${tool} ${side}`, notes);
      else expect(notes).toEqual(recorded[`${tool} ${side}`] ?? []);
    },
    TRIAL_MS,
  );
});

/** A real API server waits for an answer and then refuses; here no container runs that could give one. */
it.skipIf(process.env.JDOS_TARGET === 'real')(
  'a webhook that nobody answers keeps nobody from writing',
  async () => {
    const path = join(folder, 'ingress-nginx');
    const trial = new Trial({ kubeconfig: target.kubeconfig, path });
    expect(await trial.come()).toEqual([]);
    const kubectl = (...args: string[]) => run('kubectl', args, { env: { KUBECONFIG: target.kubeconfig } });
    const policy = [
      'get',
      'validatingwebhookconfiguration',
      'ingress-nginx-admission',
      '-o',
      'jsonpath={..failurePolicy}',
    ];
    expect((await kubectl(...policy)).stdout).toBe('Fail');
    const made = await kubectl('create', 'ingress', 'front', '--class=nginx', '--rule=shop.example/*=front:80');
    expect(made.stdout).toBe('ingress.networking.k8s.io/front created\n');
    await kubectl('delete', 'ingress', 'front');
    expect(await trial.go()).toEqual([]);
  },
  TRIAL_MS,
);

function note(trial: string, notes: readonly string[]): void {
  if (notes.length > 0) recorded[trial] = notes;
  else delete recorded[trial];
}

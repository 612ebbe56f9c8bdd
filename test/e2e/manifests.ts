/**
 * Do these manifests run? `node test/e2e/manifests.ts [--hosts N] [--seconds N] [--server-side] [NAMESPACE=]PATH…`, each path
 * a file or a folder of one application, to which the namespace is given, and made before, where its objects name none.
 * Starts a JDOS, and for each path: applies it, waits until every Pod is Ready or has succeeded, applies it again (nothing
 * may change), deletes it (nothing may stay). Prints what did not; exits 1 if anything did not. With JDOS_TARGET=real it does
 * the same on a real Kubernetes, which says `configured` of what its manifests spell out and it does not keep.
 */
import { basename, resolve } from 'node:path';
import process from 'node:process';
import { parseArgs } from 'node:util';
import type { Pod } from '../../src/kube/index.ts';
import { type Output, run } from './harness.ts';
import { Trial } from './manifest-trial.ts';
import { startTarget } from './target.ts';

/** Selectors of disruption budgets and claim templates: kubectl sends them whole each time and says `configured`, on any cluster. */
const SAME = /^apply again: (poddisruptionbudget|statefulset)\S+ configured$/;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    hosts: { type: 'string', default: '10' },
    seconds: { type: 'string', default: '300' },
    'server-side': { type: 'boolean', default: false },
  },
});
const seconds = Number(values.seconds);
const kubectlPath = process.env.JDOS_KUBECTL ?? 'kubectl';

if (positionals.length === 0) {
  console.error('usage: node test/e2e/manifests.ts [--hosts N] [--seconds N] [--server-side] [NAMESPACE=]PATH…');
  process.exit(2);
}
process.exit((await tryAll(positionals)) ? 0 : 1);

async function tryAll(paths: readonly string[]): Promise<boolean> {
  const target = await startTarget(Number(values.hosts));
  let good = true;
  for (const path of paths) {
    const [, namespace, place] = /^(?:([a-z0-9-]+)=)?(.+)$/.exec(path)!;
    const faults = await tryOne(target.kubeconfig, resolve(place!), namespace);
    console.log(`${faults.length === 0 ? 'ok  ' : 'FAIL'} ${basename(path)}`);
    for (const fault of faults) console.log(`     ${fault.trimEnd().replaceAll('\n', '\n     ')}`);
    good &&= faults.length === 0;
  }
  await target.stop();
  return good;
}

async function tryOne(kubeconfig: string, path: string, namespace: string | undefined): Promise<string[]> {
  if (namespace) await kubectl(kubeconfig, ['create', 'namespace', namespace]);
  const trial = new Trial({ kubeconfig, path, serverSide: values['server-side'], ...(namespace && { namespace }) });
  const traces = await trial.traces();
  const before = new Set((await podsOf(kubeconfig)).map((pod) => pod.metadata.uid));
  const faults = await trial.come();
  const unready = async () => (await podsOf(kubeconfig)).filter((pod) => !before.has(pod.metadata.uid) && !isGood(pod));
  const noneYet = async () => (await podsOf(kubeconfig)).length === before.size;
  if (await hasWorkloads(trial, traces)) {
    await patience(async () => !(await noneYet()) && (await unready()).length === 0);
    if (await noneYet()) faults.push('no Pod came to be');
  }
  for (const pod of await unready()) faults.push(await portrait(kubeconfig, pod));
  faults.push(...(await trial.stay()).filter((line) => !SAME.test(line)), ...(await trial.go()));
  const left = await trial.tracesBeyond(traces);
  if (left.length > 0) faults.push(`left behind: ${left.join(' ')}`);
  if (namespace) await kubectl(kubeconfig, ['delete', 'namespace', namespace]);
  return faults;
}

/** Some applications are nothing but kinds. */
async function hasWorkloads(trial: Trial, before: ReadonlySet<string>): Promise<boolean> {
  return [...(await trial.traces())].some(
    (name) => !before.has(name) && /^(pod|daemonset|deployment|job|statefulset)\b/.test(name),
  );
}

async function podsOf(kubeconfig: string): Promise<Pod[]> {
  const { stdout } = await kubectl(kubeconfig, ['get', 'pods', '-A', '-o', 'json']);
  return (JSON.parse(stdout) as { items: Pod[] }).items;
}

async function kubectl(kubeconfig: string, args: readonly string[]): Promise<Output> {
  const output = await run(kubectlPath, args, { env: { KUBECONFIG: kubeconfig } });
  if (output.code !== 0) throw new Error(`kubectl ${args.join(' ')} exited ${output.code}: ${output.stderr}`);
  return output;
}

function isGood({ status }: Pod): boolean {
  return (
    status?.phase === 'Succeeded' || status?.conditions?.some((c) => c.type === 'Ready' && c.status === 'True') === true
  );
}

async function portrait(kubeconfig: string, { metadata }: Pod): Promise<string> {
  const { stdout } = await kubectl(kubeconfig, ['describe', 'pod', metadata.name, '-n', metadata.namespace!]);
  const tail = stdout.slice(stdout.indexOf('\nEvents:'));
  return `Pod ${metadata.namespace}/${metadata.name} is not Ready${tail}`;
}

async function patience(holds: () => Promise<boolean>): Promise<void> {
  const end = Date.now() + seconds * 1000;
  while (!(await holds()) && Date.now() < end) await new Promise((wait) => setTimeout(wait, 500));
}

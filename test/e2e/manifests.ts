/**
 * Do these manifests run? `node test/e2e/manifests.ts [--hosts N] [--seconds N] [--server-side] [NAMESPACE=]PATH…`, each path
 * a file or a folder of one application, to which the namespace is given, and made before, where its objects name none.
 * Starts a JDOS, and for each path: applies it, waits until every Pod is Ready or has succeeded, applies it again (nothing
 * may change), deletes it (nothing may stay). Prints what did not; exits 1 if anything did not.
 */
import { basename, resolve } from 'node:path';
import process from 'node:process';
import { parseArgs } from 'node:util';
import type { Pod } from '../../src/kube/index.ts';
import { Cluster } from './harness.ts';
import { Trial } from './manifest-trial.ts';

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

if (positionals.length === 0) {
  console.error('usage: node test/e2e/manifests.ts [--hosts N] [--seconds N] [--server-side] [NAMESPACE=]PATH…');
  process.exit(2);
}
process.exit((await tryAll(positionals)) ? 0 : 1);

async function tryAll(paths: readonly string[]): Promise<boolean> {
  await using cluster = await Cluster.up({ args: ['--hosts', values.hosts] });
  let good = true;
  for (const path of paths) {
    const [, namespace, place] = /^(?:([a-z0-9-]+)=)?(.+)$/.exec(path)!;
    const faults = await tryOne(cluster, resolve(place!), namespace);
    console.log(`${faults.length === 0 ? 'ok  ' : 'FAIL'} ${basename(path)}`);
    for (const fault of faults) console.log(`     ${fault.trimEnd().replaceAll('\n', '\n     ')}`);
    good &&= faults.length === 0;
  }
  return good;
}

async function tryOne(cluster: Cluster, path: string, namespace: string | undefined): Promise<string[]> {
  const { kubeconfig } = cluster;
  if (namespace) await cluster.kubectlOk(['create', 'namespace', namespace]);
  const trial = new Trial({ kubeconfig, path, serverSide: values['server-side'], ...(namespace && { namespace }) });
  const traces = await trial.traces();
  const before = new Set((await podsOf(cluster)).map((pod) => pod.metadata.uid));
  const faults = await trial.come();
  const unready = async () => (await podsOf(cluster)).filter((pod) => !before.has(pod.metadata.uid) && !isGood(pod));
  const noneYet = async () => (await podsOf(cluster)).length === before.size;
  if (await hasWorkloads(trial, traces)) {
    await patience(async () => !(await noneYet()) && (await unready()).length === 0);
    if (await noneYet()) faults.push('no Pod came to be');
  }
  for (const pod of await unready()) faults.push(await portrait(cluster, pod));
  faults.push(...(await trial.stay()).filter((line) => !SAME.test(line)), ...(await trial.go()));
  const left = await trial.tracesBeyond(traces);
  if (left.length > 0) faults.push(`left behind: ${left.join(' ')}`);
  if (namespace) await cluster.kubectlOk(['delete', 'namespace', namespace]);
  return faults;
}

/** Some applications are nothing but kinds. */
async function hasWorkloads(trial: Trial, before: ReadonlySet<string>): Promise<boolean> {
  return [...(await trial.traces())].some(
    (name) => !before.has(name) && /^(pod|daemonset|deployment|job|statefulset)\b/.test(name),
  );
}

async function podsOf(cluster: Cluster): Promise<Pod[]> {
  const list = JSON.parse(await cluster.kubectlOk('get pods -A -o json')) as { items: Pod[] };
  return list.items;
}

function isGood({ status }: Pod): boolean {
  return (
    status?.phase === 'Succeeded' || status?.conditions?.some((c) => c.type === 'Ready' && c.status === 'True') === true
  );
}

async function portrait(cluster: Cluster, { metadata }: Pod): Promise<string> {
  const { stdout } = await cluster.kubectl(['describe', 'pod', metadata.name, '-n', metadata.namespace!]);
  const tail = stdout.slice(stdout.indexOf('\nEvents:'));
  return `Pod ${metadata.namespace}/${metadata.name} is not Ready${tail}`;
}

async function patience(holds: () => Promise<boolean>): Promise<void> {
  const end = Date.now() + seconds * 1000;
  while (!(await holds()) && Date.now() < end) await new Promise((wait) => setTimeout(wait, 500));
}

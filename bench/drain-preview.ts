/**
 * The preview of a drain: a host of 110 Pods in a cluster of 50,000, judged from copies of Nodes, Pods and budgets that are
 * there already. What it takes to read them from the API comes on top where nobody keeps copies.
 *
 * Run: node bench/drain-preview.ts [--pods 50000]
 */
import { cpus } from 'node:os';
import process from 'node:process';
import { parseArgs } from 'node:util';
import { makeHosts } from '../src/fleet/index.ts';
import type { Node, Pod } from '../src/kube/index.ts';
import { impactOf, sceneFrom } from '../src/maintenance/index.ts';

const { values } = parseArgs({ options: { pods: { type: 'string', default: '50000' } } });
const HERE = 110;
const PER_HOST = 100;
const count = Number(values.pods);

const ready = { conditions: [{ type: 'Ready', status: 'True' }] };
const nodes = makeHosts(Math.ceil(count / PER_HOST)).map((draft, i) => ({
  ...draft,
  metadata: { ...draft.metadata, uid: `n${i}`, resourceVersion: '1' },
  status: { ...draft.status, ...ready },
})) as unknown as Node[];
const pods = Array.from({ length: count }, (_, i) => {
  const at = i < HERE ? 0 : Math.min(nodes.length - 1, 1 + Math.floor((i - HERE) / PER_HOST));
  return podOf(i, nodes[at]!.metadata.name);
});
const host = nodes[0]!.metadata.name;
const onHost = pods.filter((pod) => pod.spec.nodeName === host);
const budgets = Array.from({ length: 500 }, (_, i) => budgetOf(i)) as never[];

console.log(
  `${cpus()[0]?.model}, ${cpus().length} cores, Node ${process.version}; ${nodes.length} hosts, ${count} Pods`,
);
for (let round = 1; round <= 5; round++) {
  const began = performance.now();
  const scene = sceneFrom(host, { nodes, pods, onHost, budgets })!;
  const { pods: judged, applications, homeless } = impactOf(scene);
  const ms = performance.now() - began;
  console.log(
    `round ${round}: ${ms.toFixed(0)} ms; ${judged.length} Pods of ${applications.length} applications, ${homeless.length} without room`,
  );
}

function podOf(i: number, nodeName: string): Pod {
  const app = `app-${i % 500}`;
  return {
    metadata: {
      name: `${app}-${i}`,
      namespace: 'default',
      uid: `p${i}`,
      labels: { app, 'pod-template-hash': 'abc' },
      ownerReferences: [{ kind: 'ReplicaSet', name: `${app}-abc`, controller: true }],
    },
    spec: {
      nodeName,
      containers: [{ name: 'main', image: 'web:1', resources: { requests: { cpu: '100m', memory: '128Mi' } } }],
    },
    status: { phase: 'Running', ...ready },
  } as unknown as Pod;
}

function budgetOf(i: number): object {
  return {
    metadata: { namespace: 'default', name: `b${i}` },
    spec: { selector: { matchLabels: { app: `app-${i}` } } },
    status: { disruptionsAllowed: 1 },
  };
}

/** A Group whose Pods run on the real node. */
import type { Pod } from '../../../src/kube/index.ts';
import { container, type Loose, type Stage, Subject, statusOf } from '../../e2e/groups/world.ts';
import type { RealCluster } from '../real-cluster.ts';

/** Where it is to be. */
export interface Place {
  readonly stage: Stage;
  readonly cluster: RealCluster;
}

/** Of one replica, at rest, with the first version of the application in a container called `main`. */
export async function running({ stage, cluster }: Place, name: string, spec: Loose = {}, podSpec: Loose = {}) {
  const subject = new Subject(stage, name);
  const containers = [container('main', cluster.node.app.v1.tagged)];
  const template = { spec: { terminationGracePeriodSeconds: 1, containers, ...podSpec } };
  await subject.create({ replicas: 1, ...spec }, template);
  await subject.settled();
  return subject;
}

export const restarts = (subject: Subject, name = 'main') =>
  subject.pods().map((pod) => statusOf(pod, name)?.restartCount);

/** What a Pod keeps when a container of it is made anew. */
export const identities = (subject: Subject) => subject.pods().map(identity);

function identity({ metadata, spec, status }: Pod) {
  return { name: metadata.name, uid: metadata.uid, ip: status?.podIP, host: spec.nodeName };
}

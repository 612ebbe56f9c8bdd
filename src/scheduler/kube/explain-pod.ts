/** Explains a decision from outside of the running scheduler: looks at the cluster once, and changes nothing. */
import { InformerSet, type KubeClient } from '../../kube/index.ts';
import {
  Cluster,
  Decider,
  defaultProfile,
  type Explanation,
  explain,
  explainPlaced,
  type ProfileOptions,
  SchedulingQueue,
} from '../core/index.ts';
import { AssumedPods } from './assumed.ts';
import { feed } from './feed.ts';

export interface ExplainPodOptions {
  readonly client: KubeClient;
  /** `namespace/name` of a waiting Pod, or of a placed one, which is then taken as not placed yet. */
  readonly key: string;
  /** That of the scheduler whose decision is asked about. */
  readonly profile?: ProfileOptions;
  readonly signal?: AbortSignal;
}

/** Undefined when there is no such Pod, or when it has come to its end. */
export async function explainPod(options: ExplainPodOptions): Promise<Explanation | undefined> {
  const { client, key, profile, signal } = options;
  const informers = new InformerSet(client);
  const cluster = new Cluster();
  const queue = new SchedulingQueue({ namespaceLabels: cluster.namespaceLabels });
  const stop = new AbortController();
  try {
    const stopFeed = feed(informers, { cluster, queue, assumed: new AssumedPods(cluster), isMine: () => true });
    informers.start(stop.signal);
    await informers.synced(signal);
    stopFeed();
    const decider = new Decider(cluster, { profile: defaultProfile(profile) });
    const waiting = queue.get(key)?.info;
    return waiting ? explain(waiting, decider) : explainPlaced(key, decider);
  } finally {
    stop.abort();
  }
}

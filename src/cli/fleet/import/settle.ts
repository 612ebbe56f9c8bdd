/** Waits until nothing more will happen to imported Pods by itself, and tells what became of them. */
import { Informer, type KubeClient, NODES, PODS, type Pod } from '../../../kube/index.ts';
import type { Progress } from '../../progress.ts';
import { IMPORTED } from './names.ts';
import { isSettled, type Placement, placementOf } from './placement.ts';
import { type Usage, usageOf } from './usage.ts';

export interface Outcome {
  readonly placement: Placement;
  /** Of all hosts, by the imported Pods. */
  readonly usage: readonly Usage[];
}

export interface SettleOptions {
  readonly namespace: string;
  readonly seconds: number;
  readonly progress: Progress;
}

const LOOK_EVERY_MS = 250;

/** Answers the state at the end of the time when it has not settled by then. */
export async function settle(client: KubeClient, { namespace, seconds, progress }: SettleOptions): Promise<Outcome> {
  using stop = new DisposableAbort();
  const informer = new Informer(client, PODS, { namespace, labelSelector: `${IMPORTED}=true`, transform: bare });
  informer.start(stop.signal);
  await informer.synced();
  const end = Date.now() + seconds * 1000;
  let placement = placementOf(informer.list());
  while (!isSettled(placement) && Date.now() < end) {
    progress.bar('Pods running', placement.running, placement.total);
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
    placement = placementOf(informer.list());
  }
  progress.end();
  return { placement, usage: usageOf(await Array.fromAsync(client.listAll(NODES)), informer.list()) };
}

class DisposableAbort extends AbortController implements Disposable {
  [Symbol.dispose](): void {
    this.abort();
  }
}

/** What the report needs, and no more: there may be many thousands. */
function bare({ metadata, spec, status }: Pod): Pod {
  const { name, namespace, uid, resourceVersion, creationTimestamp } = metadata;
  const containers = spec.containers.map(({ name: container, resources }) => ({
    name: container,
    ...(resources && { resources }),
  }));
  return {
    metadata: { name, ...(namespace && { namespace }), uid, resourceVersion, creationTimestamp },
    spec: { containers, ...(spec.nodeName && { nodeName: spec.nodeName }) },
    status: {
      ...(status?.phase && { phase: status.phase }),
      conditions: status?.conditions?.filter(({ type }) => type === 'PodScheduled') ?? [],
    },
  };
}

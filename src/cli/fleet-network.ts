/** What the simulated kubelets have for a network plugin: claims are bound as the agent of a real node binds them. */
import type { PodNetwork } from '../fleet/index.ts';
import { type Clock, type KubeClient, type Pod, systemClock } from '../kube/index.ts';
import { Attachments, CLAIM_ANNOTATION, poolCache } from '../network/index.ts';

export interface FleetNetworkOptions {
  readonly client: KubeClient;
  readonly signal: AbortSignal;
  readonly clock?: Clock;
  readonly onError?: (error: unknown) => void;
}

/** Looks at pools only once a Pod asks for an address of one. */
export function fleetNetwork(options: FleetNetworkOptions): PodNetwork {
  const { client, clock = systemClock } = options;
  let opened: Promise<Attachments> | undefined;
  const open = () => {
    opened ??= attachments({ ...options, clock });
    return opened;
  };
  return {
    serves: ({ metadata }) => metadata.annotations?.[CLAIM_ANNOTATION] !== undefined,
    async attach(pod, node) {
      const { ips } = await (await open()).attach({ ...nameOf(pod), podUID: pod.metadata.uid, node, network: 'fleet' });
      return ips;
    },
    async detach(pod) {
      const { namespace, pod: name, containerID } = nameOf(pod);
      await new Attachments({ client, clock, pool: () => undefined }).detach(namespace, name, containerID);
    },
  };
}

async function attachments(o: FleetNetworkOptions & { readonly clock: Clock }): Promise<Attachments> {
  const { client, clock } = o;
  const pools = poolCache(client, o);
  await pools.synced;
  return new Attachments({ client, clock, pool: pools.get });
}

/** A simulated Pod has one sandbox for its whole life, and it is known by the Pod's uid after a restart of the fleet. */
function nameOf({ metadata }: Pod) {
  return { namespace: metadata.namespace ?? 'default', pod: metadata.name, containerID: metadata.uid };
}

/** An embedded plane with GroupServices on a clock of ours, and hands to mark Pods and hosts as others would. */
import { createEnv } from '../../src/control/index.ts';
import {
  ENDPOINT_SLICES,
  type EndpointSlice,
  type KubeClient,
  NODES,
  PODS,
  type Pod,
  rfc3339,
  VirtualClock,
} from '../../src/kube/index.ts';
import { GROUP_SERVICES, type GroupService, installKinds } from '../../src/resources/index.ts';
import { SLICE_MANAGER, startServices } from '../../src/services/index.ts';
import { type BarePlane, startBarePlane } from './bare-plane.ts';
import { eventually } from './harness.ts';
import type { KubeletOptions } from './instant-kubelet.ts';

export interface GuardedPlane extends BarePlane {
  readonly clock: VirtualClock;
  /** Lets time pass in steps until it holds. */
  after<T>(stepMs: number, ask: () => Promise<T>, holds: (seen: T) => boolean, what: string): Promise<T>;
  /** Runs the controller of GroupServices over this client until the answer is called. */
  serve(client?: KubeClient): Promise<() => void>;
  slices(service: string): Promise<EndpointSlice[]>;
  /** Names of the Pods published as ready. */
  ready(service: string): Promise<string[]>;
  status(service: string): Promise<NonNullable<GroupService['status']>>;
  markPod(name: string, conditions: Readonly<Record<string, 'True' | 'False'>>): Promise<Pod>;
  markHost(
    name: string,
    ready: 'True' | 'False' | 'Unknown',
    further?: Readonly<Record<string, string>>,
  ): Promise<void>;
}

export const namespace = 'default';

export async function startGuardedPlane(nodes: readonly string[], kubelet: KubeletOptions = {}): Promise<GuardedPlane> {
  const clock = new VirtualClock(Date.now());
  const plane = await startBarePlane(nodes, { heartbeats: false, ...kubelet });
  const { client } = plane;
  await installKinds(client);
  const after: GuardedPlane['after'] = (stepMs, ask, holds, what) =>
    eventually(() => clock.advance(stepMs).then(ask), holds, { ms: 60_000, what, lookMs: 20 });
  const slices = async (service: string) => {
    const labelSelector = `kubernetes.io/service-name=${service},endpointslice.kubernetes.io/managed-by=${SLICE_MANAGER}`;
    return (await client.list(ENDPOINT_SLICES, { namespace, labelSelector })).items;
  };
  return {
    ...plane,
    clock,
    after,
    slices,
    serve: async (over) => {
      const stop = new AbortController();
      const onError = (name: string, key: string, error: unknown) => plane.faults.push(`${name} ${key}: ${error}`);
      const own = hasty(over ?? (await plane.connect()));
      await startServices(createEnv({ client: own, clock, random: Math.random, signal: stop.signal, onError }));
      return () => stop.abort();
    },
    ready: async (service) => (await slices(service)).flatMap(readyIn).sort(),
    status: async (service) => (await client.get(GROUP_SERVICES, service, { namespace })).status ?? {},
    markPod: async (name, conditions) => {
      const lastTransitionTime = rfc3339(clock.now());
      const body = {
        status: {
          conditions: Object.entries(conditions).map(([type, status]) => ({ type, status, lastTransitionTime })),
        },
      };
      return client.patch(PODS, name, { kind: 'strategic', body }, { namespace, subresource: 'status' });
    },
    markHost: async (name, ready, further = {}) => {
      const lastTransitionTime = rfc3339(clock.now());
      const conditions = Object.entries({ Ready: ready, ...further }).map(([type, status]) => ({
        type,
        status,
        lastTransitionTime,
      }));
      await client.patch(
        NODES,
        name,
        { kind: 'strategic', body: { status: { conditions } } },
        { subresource: 'status' },
      );
    },
  };
}

export function readyIn({ endpoints }: EndpointSlice): string[] {
  return (endpoints ?? []).filter(({ conditions }) => conditions?.ready).map(({ targetRef }) => targetRef?.name ?? '');
}

/** How long a server that answers may take to tell what it has, while our clock makes leaps. */
const MOMENT_MS = 20;

/** A client to which the server ends a watch of one second soon after it has answered something asked later. */
export function hasty(target: KubeClient): KubeClient {
  const watch: KubeClient['watch'] = (type, options) => {
    if (options?.timeoutSeconds !== 1) return target.watch(type, options);
    const ending = new AbortController();
    const end = () => ending.abort(new DOMException('a second is over', 'TimeoutError'));
    const later = () => setTimeout(end, MOMENT_MS);
    void target.list(type, { limit: 1 }).then(later, later);
    return untilAborted(target.watch(type, { ...options, signal: ending.signal }));
  };
  return new Proxy(target, {
    get: (client, name) => {
      const member = name === 'watch' ? watch : (Reflect.get(client, name, client) as unknown);
      return typeof member === 'function' ? (member.bind(client) as unknown) : member;
    },
  });
}

async function* untilAborted<T>(events: AsyncIterable<T>): AsyncGenerator<T> {
  try {
    yield* events;
  } catch (error) {
    if ((error as Error).name !== 'TimeoutError') throw error;
  }
}

/** A plane with JDOS's kinds and its network controllers, and words for what the tests of addresses do. */
import { createEnv } from '../../../src/control/index.ts';
import { type Clock, type KubeClient, NAMESPACES, PODS, type Pod, systemClock } from '../../../src/kube/index.ts';
import { startNetwork } from '../../../src/network/index.ts';
import { IP_CLAIMS, IP_POOLS, type IPClaim, type IPPool, installKinds } from '../../../src/resources/index.ts';
import { type BarePlane, startBarePlane } from '../bare-plane.ts';
import { eventually } from '../harness.ts';

export class NetworkPlane {
  readonly plane: BarePlane;
  readonly client: KubeClient;
  readonly #end = new AbortController();

  private constructor(plane: BarePlane) {
    this.plane = plane;
    this.client = plane.client;
  }

  /** Nodes, a namespace `shop`, no controllers yet. */
  static async start(nodes: readonly string[] = []): Promise<NetworkPlane> {
    const plane = await startBarePlane(nodes);
    await installKinds(plane.client);
    await plane.client.create(NAMESPACES, { metadata: { name: 'shop' }, spec: {} });
    return new NetworkPlane(plane);
  }

  /** The network controllers; the answer stops them. */
  async control(o: { client?: KubeClient; clock?: Clock } = {}): Promise<() => void> {
    const stop = new AbortController();
    const signal = AbortSignal.any([stop.signal, this.#end.signal]);
    const client = o.client ?? (await this.plane.connect());
    const onError = (name: string, key: string, error: unknown) => this.plane.faults.push(`${name} ${key}: ${error}`);
    await startNetwork(createEnv({ client, clock: o.clock ?? systemClock, random: Math.random, signal, onError }));
    return () => stop.abort();
  }

  pool(name: string, spec: Omit<Partial<IPPool['spec']>, 'subnet'> & { subnet: string }): Promise<IPPool> {
    return this.client.create(IP_POOLS, { metadata: { name }, spec: spec as IPPool['spec'] });
  }

  claim(name: string, pool: string, spec: Partial<IPClaim['spec']> = {}): Promise<IPClaim> {
    const whole = { poolRef: { name: pool }, ...spec } as IPClaim['spec'];
    return this.client.create(IP_CLAIMS, { metadata: { name, namespace: 'shop' }, spec: whole });
  }

  get(name: string): Promise<IPClaim> {
    return this.client.get(IP_CLAIMS, name, { namespace: 'shop' });
  }

  /** The claim when this holds of it. */
  when(name: string, holds: (claim: IPClaim) => boolean, what: string): Promise<IPClaim> {
    return eventually(() => this.get(name), holds, { ms: 20_000, what: `${name}: ${what}` });
  }

  allocated(name: string): Promise<IPClaim> {
    return this.when(name, ({ status }) => (status?.ips?.length ?? 0) > 0, 'has an address');
  }

  pod(name: string, nodeName: string): Promise<Pod> {
    const spec = { nodeName, containers: [{ name: 'main', image: 'web:1' }] };
    return this.client.create(PODS, { metadata: { name, namespace: 'shop' }, spec });
  }

  async stop(): Promise<void> {
    this.#end.abort();
    await this.plane.stop();
  }
}

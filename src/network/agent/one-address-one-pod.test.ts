/**
 * The second promise under everything that can happen to it: hosts that are cut off, die, reboot and are fenced, Pods that
 * are deleted by force, ADDs and DELs that overlap, come late or twice, agents killed between any two calls.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LEASES, NODES, type Node, PODS, rfc3339, rfc3339Micro, VirtualClock } from '../../kube/index.ts';
import { IP_CLAIMS, type IPClaim, type IPPool } from '../../resources/index.ts';
import { HolderWatch, MISSING_MS } from '../allocator/holder-watch.ts';
import { Pool } from '../pool.ts';
import { Chaos } from '../testing/chaos.ts';
import { MemoryCluster } from '../testing/memory-client.ts';
import { Attachments } from './attachments.ts';
import { NodeAgent } from './node-agent.ts';
import type { Texts } from './spool.ts';

const NAMES = ['web-0', 'web-1'];
const HOSTS = ['n1', 'n2', 'n3'];
const NAMESPACE = 'shop';
const POOL = new Pool({
  metadata: { name: 'p', uid: 'p', resourceVersion: '1', creationTimestamp: '' },
  spec: { subnet: '10.0.0.0/24', disable: false },
} as IPPool);

interface Sandbox {
  readonly containerID: string;
  readonly podUID: string;
  readonly name: string;
  readonly ip: string;
}

/** What is true of a host, whether the API knows it or not. */
interface Host {
  readonly name: string;
  power: 'on' | 'off';
  reachable: boolean;
  boot: number;
  agent: NodeAgent;
  life: number;
  readonly pending: Texts;
  readonly journal: Texts;
  readonly sandboxes: Map<string, Sandbox>;
  /** The ADD under way for a Pod, by its uid: a kubelet makes one sandbox at a time. */
  readonly adding: Map<string, { readonly containerID: string; readonly name: string }>;
}

class World {
  readonly api = new MemoryCluster();
  readonly chaos = new Chaos();
  readonly clock = new VirtualClock();
  readonly hosts: Host[];
  readonly dels: { readonly host: Host; readonly text: string }[] = [];
  adds = 0;
  bound = 0;
  #count = 0;

  constructor() {
    for (const [i, name] of NAMES.entries())
      this.api.put(IP_CLAIMS, {
        metadata: { name, namespace: NAMESPACE, creationTimestamp: '' },
        spec: { poolRef: { name: 'p' }, driver: 'JDOS', retention: 'Group', holdSeconds: 0 },
        status: { phase: 'Allocated', pool: 'p', ips: [`10.0.0.${i + 1}`] },
      });
    this.hosts = HOSTS.map((name) => this.#host(name));
  }

  #host(name: string): Host {
    const host = { name, power: 'on', reachable: true, boot: 0, life: 0, pending: texts(), journal: texts() } as const;
    const whole: Host = { ...host, sandboxes: new Map(), adding: new Map(), agent: undefined as unknown as NodeAgent };
    whole.agent = this.#agent(whole);
    this.#report(whole, 'True');
    return whole;
  }

  #agent(host: Host): NodeAgent {
    const client = this.api.client(this.chaos.pass(`${host.name}/${host.life}`));
    const { clock } = this;
    const attachments = new Attachments({ client, clock, pool: () => POOL });
    const { name: node, pending, journal } = host;
    return new NodeAgent({ client, clock, node, attachments, pending, journal });
  }

  /** The host's calls that are under way are cut off; what it had on disk is there when it comes back. */
  restartAgent(host: Host, coin: number): void {
    this.chaos.kill(`${host.name}/${host.life}`, (i) => ((coin >> i) & 1) === 1);
    host.life++;
    host.agent = this.#agent(host);
    for (const podUID of [...host.adding.keys()]) this.#stopPod(host, podUID);
  }

  #report(host: Host, ready: string, taints: { key: string }[] = []): void {
    const known = this.api.find(NODES, host.name);
    const metadata = known?.metadata ?? { name: host.name };
    const before = known?.status?.conditions?.[0];
    const lastTransitionTime = before?.status === ready ? before.lastTransitionTime : rfc3339(this.clock.now());
    const condition = { type: 'Ready', status: ready, lastTransitionTime };
    this.api.put(NODES, { metadata, spec: { taints }, status: { conditions: [condition] } });
    const renewTime = rfc3339Micro(ready === 'True' ? this.clock.now() : this.clock.now() - 3_600_000);
    const lease = { name: host.name, namespace: 'kube-node-lease' };
    this.api.put(LEASES, { metadata: lease, spec: { renewTime, leaseDurationSeconds: 40 } });
  }

  /** Somebody makes a Pod of this name on a host, if there is none. */
  createPod(name: string, host: Host): void {
    const key = `${NAMESPACE}/${name}`;
    if (this.api.find(PODS, key) || !this.api.find(NODES, host.name)) return;
    this.api.put(PODS, { metadata: { name, namespace: NAMESPACE }, spec: { nodeName: host.name, containers: [] } });
    this.startSandbox(name, host);
  }

  /** The kubelet of a host that runs and hears the API makes a new sandbox; the one before is gone by then. */
  startSandbox(name: string, host: Host): void {
    const pod = this.api.find(PODS, `${NAMESPACE}/${name}`);
    if (!pod || pod.spec.nodeName !== host.name || !isWorking(host)) return;
    const podUID = pod.metadata.uid;
    this.#stopPod(host, podUID);
    const containerID = `c${++this.#count}`;
    this.adds++;
    host.adding.set(podUID, { containerID, name });
    void host.agent.answer(request('ADD', containerID, name, podUID)).then(({ ok, text }) => {
      if (host.adding.get(podUID)?.containerID !== containerID) return;
      host.adding.delete(podUID);
      if (!ok) return this.#del(host, containerID, name, podUID);
      const ip = (JSON.parse(text) as { ips: { address: string }[] }).ips[0]!.address.replace('/24', '');
      this.bound++;
      host.sandboxes.set(containerID, { containerID, podUID, name, ip });
    });
  }

  /** An ADD under way is broken off; its DEL follows at once. */
  #stopPod(host: Host, podUID: string): void {
    const adding = host.adding.get(podUID);
    host.adding.delete(podUID);
    if (adding) this.#del(host, adding.containerID, adding.name, podUID);
    for (const { containerID, name } of [...host.sandboxes.values()].filter((one) => one.podUID === podUID)) {
      host.sandboxes.delete(containerID);
      this.#del(host, containerID, name, podUID);
    }
  }

  #del(host: Host, containerID: string, name: string, podUID: string): void {
    const text = request('DEL', containerID, name, podUID);
    this.dels.push({ host, text });
    void host.agent.answer(text);
  }

  /** A DEL of long ago, once more. */
  repeatDel(pick: number): void {
    const one = this.dels[pick % Math.max(1, this.dels.length)];
    if (one && isWorking(one.host)) void one.host.agent.answer(one.text);
  }

  /** As kubelet does it: the sandbox first, then the object. */
  deletePod(name: string): void {
    const host = this.#hostOf(name);
    if (!host || !isWorking(host)) return;
    const pod = this.api.find(PODS, `${NAMESPACE}/${name}`)!;
    this.#stopPod(host, pod.metadata.uid);
    this.forceDelete(name);
  }

  /** The object alone goes; what runs, runs on. */
  forceDelete(name: string): void {
    this.api.remove(PODS, `${NAMESPACE}/${name}`);
  }

  cut(host: Host): void {
    if (host.power === 'off') return;
    host.reachable = false;
    this.#report(host, 'Unknown');
  }

  /** A host that hears the API again ends what is not its own any more; one that was deleted registers anew. */
  heal(host: Host): void {
    if (host.power === 'off') return;
    host.reachable = true;
    this.#report(host, 'True');
    const ours = new Set([...host.adding.keys(), ...[...host.sandboxes.values()].map(({ podUID }) => podUID)]);
    for (const { metadata } of this.api.all(PODS)) ours.delete(metadata.uid);
    for (const podUID of ours) this.#stopPod(host, podUID);
  }

  kill(host: Host, coin: number): void {
    host.power = 'off';
    host.boot++;
    host.sandboxes.clear();
    host.adding.clear();
    this.restartAgent(host, coin);
    this.#report(host, 'Unknown');
  }

  /** Only who has seen that a host is off says so. */
  fence(host: Host, how: number): void {
    if (host.power === 'on') return;
    if (how % 2 === 0 && this.api.find(NODES, host.name))
      this.#report(host, 'Unknown', [{ key: 'node.kubernetes.io/out-of-service' }]);
    else this.api.remove(NODES, host.name);
    for (const name of NAMES) if (this.#hostOf(name) === host) this.forceDelete(name);
  }

  /** Back with empty hands: its Pods' sandboxes are made anew, perhaps before the DELs of the old ones. */
  boot(host: Host): void {
    if (host.power === 'on') return;
    host.power = 'on';
    host.reachable = true;
    this.#report(host, 'True');
    for (const name of NAMES) this.startSandbox(name, host);
  }

  /** Time goes by; what a kubelet that hears the API does within seconds it has done by then. */
  async pass(): Promise<void> {
    for (const host of this.hosts) if (isWorking(host)) this.heal(host);
    await this.clock.advance(MISSING_MS);
  }

  /** The controller that misses Pods looks at a claim. */
  async watchHolders(name: string): Promise<void> {
    const client = this.api.client();
    const pods = { get: (key: string) => this.api.find(PODS, key) };
    const nodes = { get: (key: string) => this.api.find(NODES, key) as Node | undefined };
    const claim = this.api.find(IP_CLAIMS, `${NAMESPACE}/${name}`) as IPClaim;
    await new HolderWatch({ client, clock: this.clock, pods, nodes }).step(claim);
  }

  /** Addresses that two Pods have at this moment. */
  duplicates(): string[] {
    const alive = this.hosts.flatMap(({ sandboxes }) => [...sandboxes.values()]);
    return alive.map(({ ip }) => ip).filter((ip, i, all) => all.indexOf(ip) !== i);
  }

  #hostOf(name: string): Host | undefined {
    const node = this.api.find(PODS, `${NAMESPACE}/${name}`)?.spec.nodeName;
    return this.hosts.find((host) => host.name === node);
  }
}

const isWorking = (host: Host) => host.power === 'on' && host.reachable;

function request(command: string, containerID: string, pod: string, uid: string): string {
  const args = `K8S_POD_NAMESPACE=${NAMESPACE};K8S_POD_NAME=${pod};K8S_POD_UID=${uid}`;
  return `CNI_COMMAND=${command}\nCNI_CONTAINERID=${containerID}\nCNI_IFNAME=eth0\nCNI_ARGS=${args}\n\n{"cniVersion":"1.0.0","name":"pods"}`;
}

function texts(): Texts {
  const all = new Map<string, string>();
  return {
    keys: async () => [...all.keys()],
    read: async (key) => all.get(key),
    put: async (key, text) => void all.set(key, text),
    remove: async (key) => void all.delete(key),
  };
}

type Step = { readonly what: string; readonly a: number; readonly b: number };
const kinds = [
  ...Array<string>(8).fill('go'),
  ...[
    'create',
    'create',
    'delete',
    'force',
    'cut',
    'heal',
    'kill',
    'fence',
    'boot',
    'crash',
    'again',
    'sandbox',
    'watch',
    'wait',
  ],
];
const step: fc.Arbitrary<Step> = fc.record({ what: fc.constantFrom(...kinds), a: fc.nat(997), b: fc.nat(997) });

async function take(world: World, { what, a, b }: Step): Promise<void> {
  const [name, host] = [NAMES[a % NAMES.length]!, world.hosts[b % world.hosts.length]!];
  if (what === 'go') await goOn(world, a);
  else if (what === 'create') world.createPod(name, host);
  else if (what === 'delete') world.deletePod(name);
  else if (what === 'force') world.forceDelete(name);
  else if (what === 'cut') world.cut(host);
  else if (what === 'heal') world.heal(host);
  else if (what === 'kill') world.kill(host, a);
  else if (what === 'fence') world.fence(host, a);
  else if (what === 'boot') world.boot(host);
  else if (what === 'crash') world.restartAgent(host, a);
  else if (what === 'again') world.repeatDel(a);
  else if (what === 'sandbox') world.startSandbox(name, host);
  else if (what === 'watch') await world.watchHolders(name).catch(() => {});
  else await world.pass();
  await settled();
}

/** Three calls get through, each with what follows from the one before. */
async function goOn(world: World, pick: number): Promise<void> {
  for (let i = 0; i < 3; i++) {
    world.chaos.release(pick);
    await settled();
  }
}

async function settled(): Promise<void> {
  for (let i = 0; i < 3; i++) await new Promise<void>((resolve) => setImmediate(resolve));
}

describe('I2', () => {
  it('never have two sandboxes that are alive one address', { timeout: 120_000 }, async () => {
    let [adds, bound] = [0, 0];
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 40, maxLength: 160, size: 'max' }), async (steps) => {
        const world = new World();
        for (const one of steps) {
          await take(world, one);
          expect(world.duplicates()).toEqual([]);
        }
        adds += world.adds;
        bound += world.bound;
      }),
      { numRuns: 500 },
    );
    expect(adds).toBeGreaterThan(1000);
    expect(bound).toBeGreaterThan(300);
  });
});

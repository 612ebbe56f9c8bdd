/**
 * All that decisions depend on: hosts, Pods on them (also those only assumed there), and the indexes over both. One
 * thread writes and decides, so no copy of it is ever taken; whoever imagines changes copies one NodeInfo.
 */
import type { Node, Pod, PodDisruptionBudget } from '../../kube/index.ts';
import { MatchCounts, type SlotCounts } from './match-counts.ts';
import { nodeFacts } from './node-facts.ts';
import { NodeInfo } from './node-info.ts';
import { Nominations } from './nominations.ts';
import { PodClasses } from './pod-class.ts';
import { type PodInfo, podInfo } from './pod-info.ts';
import type { NamespaceLabels, PodMatcher } from './pod-matcher.ts';
import { Storage } from './storage.ts';
import { TermHolders } from './term-holders.ts';
import { Topologies, type Topology } from './topologies.ts';
import { Workloads } from './workloads.ts';

export class Cluster {
  readonly classes = new PodClasses();
  readonly storage = new Storage();
  readonly workloads = new Workloads(() => this.touch());
  readonly nominations = new Nominations(() => this.touch());
  readonly disruptionBudgets = new Map<string, PodDisruptionBudget>();
  readonly holders = new TermHolders();
  readonly #nodes = new Map<string, NodeInfo>();
  readonly #freeSlots: number[] = [];
  /** Where each Pod is, by the Pod's key. */
  readonly #placed = new Map<string, { readonly pod: PodInfo; readonly nodeName: string }>();
  /** Pods whose host is not there (yet), by host and key. */
  readonly #strays = new Map<string, Map<string, PodInfo>>();
  readonly #namespaces = new Map<string, Readonly<Record<string, string>>>();
  readonly #counts: MatchCounts;
  readonly #topologies = new Topologies();
  /** By image the hosts (by slot) that hold it, with its size there. */
  readonly #imageHolders = new Map<string, Map<number, number>>();
  /** How many placed Pods use a claim, by the claim's key. */
  readonly #claimUsers = new Map<string, number>();
  readonly #podsByPriority = new Map<number, number>();
  readonly #bySlot: (NodeInfo | undefined)[] = [];
  #list: readonly NodeInfo[] | undefined;
  #version = 0;

  constructor() {
    this.#counts = new MatchCounts(this.namespaceLabels);
  }

  readonly namespaceLabels: NamespaceLabels = (namespace) => this.#namespaces.get(namespace);

  /** Changes with everything that a decision depends on. */
  get version(): number {
    return this.#version;
  }

  /** To be called by whoever changes storage or disruption budgets. */
  touch(): void {
    this.#version++;
  }

  get nodes(): readonly NodeInfo[] {
    this.#list ??= [...this.#nodes.values()];
    return this.#list;
  }

  node(name: string): NodeInfo | undefined {
    return this.#nodes.get(name);
  }

  /** Hosts by slot, with holes where a host has gone. */
  get bySlot(): readonly (NodeInfo | undefined)[] {
    return this.#bySlot;
  }

  info(pod: Pod): PodInfo {
    return podInfo(pod, this.classes);
  }

  placement(key: string): { readonly pod: PodInfo; readonly nodeName: string } | undefined {
    return this.#placed.get(key);
  }

  get placements(): Iterable<{ readonly pod: PodInfo; readonly nodeName: string }> {
    return this.#placed.values();
  }

  setNode(object: Node): NodeInfo {
    const known = this.#nodes.get(object.metadata.name);
    if (!known) return this.#addNode(object);
    const facts = nodeFacts(object, known.facts);
    if (facts !== known.facts) {
      this.touch();
      this.#accountImages(known, -1);
      known.facts = facts;
      this.#topologies.put(known);
      this.#accountImages(known, 1);
    }
    return known;
  }

  deleteNode(name: string): void {
    const node = this.#nodes.get(name);
    if (!node) return;
    this.touch();
    this.#accountImages(node, -1);
    for (const pod of [...node.pods.values()]) {
      this.#detach(pod, node);
      this.#stray(pod, name);
    }
    this.#nodes.delete(name);
    this.#bySlot[node.slot] = undefined;
    this.#freeSlots.push(node.slot);
    this.#list = undefined;
  }

  /** Puts a Pod on a host, or what is new about it; a Pod that was elsewhere moves. */
  setPod(pod: PodInfo, nodeName: string): void {
    this.deletePod(pod.key);
    this.touch();
    this.#placed.set(pod.key, { pod, nodeName });
    this.#podsByPriority.set(pod.priority, (this.#podsByPriority.get(pod.priority) ?? 0) + 1);
    const node = this.#nodes.get(nodeName);
    if (node) this.#attach(pod, node);
    else this.#stray(pod, nodeName);
  }

  deletePod(key: string): void {
    const placed = this.#placed.get(key);
    if (!placed) return;
    const { pod, nodeName } = placed;
    this.touch();
    this.#placed.delete(key);
    const left = this.#podsByPriority.get(pod.priority)! - 1;
    if (left === 0) this.#podsByPriority.delete(pod.priority);
    else this.#podsByPriority.set(pod.priority, left);
    const node = this.#nodes.get(nodeName);
    if (node?.pods.get(key) === pod) this.#detach(pod, node);
    else this.#unstray(key, nodeName);
  }

  setNamespace(name: string, labels: Readonly<Record<string, string>> | undefined): void {
    if (labels) this.#namespaces.set(name, labels);
    else this.#namespaces.delete(name);
    this.#counts.namespacesChanged();
    this.touch();
  }

  /** How many Pods each host runs that the matcher means. */
  countsOf(matcher: PodMatcher): SlotCounts {
    return this.#counts.of(matcher, () => this.nodes.map((node) => [node.slot, node.pods.values()] as const));
  }

  /** The domains that a label divides the hosts into. */
  topology(key: string): Topology {
    return this.#topologies.of(key, this.nodes);
  }

  /** Bytes by the host's slot. */
  holdersOfImage(image: string): SlotCounts | undefined {
    return this.#imageHolders.get(image);
  }

  hasPodsBelow(priority: number): boolean {
    return this.#podsByPriority.keys().some((other) => other < priority);
  }

  #addNode(object: Node): NodeInfo {
    const { name } = object.metadata;
    this.touch();
    const node = new NodeInfo(nodeFacts(object), this.#freeSlots.pop() ?? this.#bySlot.length);
    this.#bySlot[node.slot] = node;
    this.#nodes.set(name, node);
    this.#list = undefined;
    this.#topologies.put(node);
    this.#accountImages(node, 1);
    const strays = this.#strays.get(name);
    this.#strays.delete(name);
    for (const pod of strays?.values() ?? []) this.#attach(pod, node);
    return node;
  }

  /** Placed Pods that use the claim, here or on any other host. */
  usersOfClaim(key: string): number {
    return this.#claimUsers.get(key) ?? 0;
  }

  #attach(pod: PodInfo, node: NodeInfo): void {
    node.addPod(pod);
    this.#accountClaims(pod, 1);
    this.#counts.account(pod, node.slot, 1);
    this.holders.account(pod, node.slot, 1);
  }

  #detach(pod: PodInfo, node: NodeInfo): void {
    node.removePod(pod);
    this.#accountClaims(pod, -1);
    this.#counts.account(pod, node.slot, -1);
    this.holders.account(pod, node.slot, -1);
  }

  #stray(pod: PodInfo, nodeName: string): void {
    const pods = this.#strays.get(nodeName) ?? new Map<string, PodInfo>();
    this.#strays.set(nodeName, pods.set(pod.key, pod));
  }

  #unstray(key: string, nodeName: string): void {
    const pods = this.#strays.get(nodeName);
    pods?.delete(key);
    if (pods?.size === 0) this.#strays.delete(nodeName);
  }

  #accountClaims(pod: PodInfo, times: 1 | -1): void {
    for (const claim of pod.class.volumes.claims) {
      const key = `${pod.namespace}/${claim}`;
      const users = (this.#claimUsers.get(key) ?? 0) + times;
      if (users === 0) this.#claimUsers.delete(key);
      else this.#claimUsers.set(key, users);
    }
  }

  #accountImages(node: NodeInfo, times: 1 | -1): void {
    for (const [image, bytes] of node.facts.images) {
      const slots = this.#imageHolders.get(image) ?? new Map<number, number>();
      if (times === 1) this.#imageHolders.set(image, slots.set(node.slot, bytes));
      else slots.delete(node.slot);
      if (slots.size === 0) this.#imageHolders.delete(image);
    }
  }
}

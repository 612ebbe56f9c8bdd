/** The claims of addresses of a Group's Pods: made before the Pod, kept for as long as the Group says. */
import { BY_OWNER, controllerReference, type Env } from '../control/index.ts';
import { conditionOf, controllerOf, type Informer, keyOf } from '../kube/index.ts';
import { GROUPS, type Group, IP_CLAIMS, type IPClaim } from '../resources/index.ts';
import { FIELD_MANAGER, GROUP } from './marks.ts';
import { ordinalOf, podName } from './ordinals.ts';
import type { Trouble } from './troubles.ts';

/** Annotations that give a Pod the addresses of its claim, in the words of a network driver; undefined: none yet. */
export type AddressAnnotations = (
  driver: 'JDOS' | 'Calico' | 'KubeOVN' | 'None',
  claim: IPClaim,
) => Readonly<Record<string, string>> | undefined;

export class ClaimStore {
  readonly #env: Env;
  readonly #annotations: AddressAnnotations;
  readonly #enqueue: (key: string) => void;
  #claims: Informer<IPClaim> | undefined;

  constructor(env: Env, annotations: AddressAnnotations, enqueue: (key: string) => void) {
    this.#env = env;
    this.#annotations = annotations;
    this.#enqueue = enqueue;
  }

  /** What a replica's Pod gets; undefined while its claim has no address: then the Pod has to wait. */
  async prepare(group: Group, ordinal: number): Promise<Readonly<Record<string, string>> | undefined> {
    const { network } = group.spec;
    if (!retains(group) || !network || network.driver === 'None') return {};
    const claims = await this.#open();
    const name = podName(group, ordinal);
    const claim = claims.get(`${group.metadata.namespace}/${name}`);
    if (!claim) {
      await this.#create(group, name);
      return undefined;
    }
    if (claim.metadata.deletionTimestamp) return undefined;
    if (claim.spec.poolRef.name !== network.poolRef?.name) {
      await this.#move(group, claim);
      return undefined;
    }
    return this.#annotations(network.driver, claim);
  }

  /** With retention WhenScaled the claims of replicas that are no more go, once their Pods have. */
  async release(group: Group, inUse: ReadonlySet<number>): Promise<void> {
    if (!retains(group) || group.spec.network?.retention !== 'WhenScaled') return;
    for (const claim of (await this.#open()).byIndex(BY_OWNER, group.metadata.uid)) {
      const ordinal = ordinalOf(group, claim.metadata.name);
      if (ordinal === undefined || inUse.has(ordinal) || claim.metadata.deletionTimestamp) continue;
      const { namespace, name, uid } = claim.metadata;
      await this.#env.client.delete(IP_CLAIMS, name, { namespace: namespace!, preconditions: { uid } });
    }
  }

  /** Undefined: nothing was promised. */
  async trouble(group: Group, ordinals: Iterable<number>): Promise<Trouble | 'none' | undefined> {
    const { network } = group.spec;
    if (!retains(group) || !network) return undefined;
    if (network.driver === 'None')
      return {
        reason: 'DriverUnsupported',
        message: 'network.driver None keeps no address: Pods get any when made anew',
      };
    const claims = await this.#open();
    for (const ordinal of ordinals) {
      const claim = claims.get(`${group.metadata.namespace}/${podName(group, ordinal)}`);
      if (claim?.status?.ips?.length) continue;
      const why = claim && conditionOf(claim, 'Allocated');
      const message = `${podName(group, ordinal)}: ${why?.message ?? 'no address yet'}`;
      return { reason: why?.reason ?? 'NoAddress', message };
    }
    return 'none';
  }

  async #create(group: Group, name: string): Promise<void> {
    const { driver, poolRef, retention, holdSeconds } = group.spec.network!;
    const owned = retention === 'Always' ? {} : { ownerReferences: [controllerReference(group, GROUPS)] };
    const metadata = { name, namespace: group.metadata.namespace!, labels: { [GROUP]: group.metadata.name }, ...owned };
    const spec = { poolRef: poolRef!, driver: driver === 'None' ? ('JDOS' as const) : driver, retention, holdSeconds };
    await this.#env.client.create(IP_CLAIMS, { metadata, spec }, { fieldManager: FIELD_MANAGER });
  }

  /** The next Pod gets its address from the other pool. */
  async #move(group: Group, { metadata }: IPClaim): Promise<void> {
    const { namespace, name, resourceVersion } = metadata;
    const body = { metadata: { resourceVersion }, spec: { poolRef: group.spec.network!.poolRef } };
    const at = { namespace: namespace!, fieldManager: FIELD_MANAGER };
    await this.#env.client.patch(IP_CLAIMS, name, { kind: 'merge', body }, at);
  }

  async #open(): Promise<Informer<IPClaim>> {
    if (!this.#claims) {
      this.#claims = this.#env.caches.of(IP_CLAIMS);
      const tell = (claim: IPClaim) => {
        const name = controllerOf(claim)?.name ?? claim.metadata.labels?.[GROUP];
        if (name) this.#enqueue(keyOf({ metadata: { namespace: claim.metadata.namespace ?? '', name } }));
      };
      this.#claims.onChange({ add: tell, update: tell, delete: tell });
    }
    await this.#claims.synced(this.#env.signal);
    return this.#claims;
  }
}

export function retains(group: Group): boolean {
  return group.spec.identity.ip === 'Retain';
}

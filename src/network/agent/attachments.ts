/**
 * Binds claims to sandboxes and lets go of them, over the API alone: what a node agent does for its runtime, and the
 * simulated kubelets for theirs. Each answer rests on one write of the claim on the version that was judged.
 */
import { type Clock, ifFound, isStatus, type KubeClient, PODS, type Pod, sleep } from '../../kube/index.ts';
import { IP_CLAIMS, type IPClaim, type IPClaimStatus } from '../../resources/index.ts';
import { writeStatus } from '../allocator/claim-status.ts';
import { isOutdated } from '../allocator/plan.ts';
import { type Attachment, conflicted, decideAdd, decideDel, faultOf, rivalOf } from '../claims/take-over.ts';
import type { Pool } from '../pool.ts';
import { CniError } from './answer.ts';
import { type EvidenceOptions, evidenceOf } from './evidence.ts';

export interface AttachmentsOptions extends EvidenceOptions {
  readonly client: Pick<KubeClient, 'get' | 'create' | 'replace'>;
  readonly clock: Clock;
  readonly pool: (name: string) => Pool | undefined;
  /** Labels of a node, where they are known: a pool may be for some nodes only. */
  readonly nodeLabels?: (node: string) => Readonly<Record<string, string>> | undefined;
}

export interface Sandbox extends Attachment {
  readonly namespace: string;
  readonly pod: string;
  /** Where conflicts are looked for; absent: nowhere. */
  readonly device?: string;
  /** A Pod without a claim gets one from this pool. */
  readonly defaultPool?: string;
}

export interface Attached {
  readonly ips: readonly string[];
  readonly pool: Pool;
}

/** An allocator that works needs less; after it the runtime comes again. */
const WAIT_MS = 3000;
const LOOK_MS = 100;
/** Lost races in a row before the runtime is told to come again. */
const RACES = 10;

export class Attachments {
  readonly #o: AttachmentsOptions;

  constructor(options: AttachmentsOptions) {
    this.#o = options;
  }

  /** @throws CniError */
  async attach(sandbox: Sandbox): Promise<Attached> {
    const attachment = await this.#identified(sandbox);
    const { clock } = this.#o;
    const end = clock.now() + WAIT_MS;
    for (let races = 0; ; ) {
      try {
        const done = await this.#try({ ...sandbox, ...attachment });
        if (done) return done;
      } catch (error) {
        if (!isStatus(error, 'Conflict', 'AlreadyExists') || ++races >= RACES) throw error;
        continue;
      }
      if (clock.now() >= end)
        throw new CniError('tryAgain', `IPClaim ${sandbox.namespace}/${sandbox.pod} has no address yet`);
      await sleep(clock, LOOK_MS);
    }
  }

  /** True when a claim was bound to this container and is held now. */
  async detach(namespace: string, pod: string, containerID: string): Promise<boolean> {
    for (;;) {
      const claim = await this.#claim(namespace, pod);
      const after = claim && decideDel(claim.status ?? {}, containerID);
      if (!after) return false;
      try {
        await writeStatus(this.#o.client, claim, after as IPClaimStatus);
        return true;
      } catch (error) {
        if (!isStatus(error, 'Conflict', 'NotFound')) throw error;
      }
    }
  }

  /** @throws CniError when the sandbox no longer has these addresses */
  async check(sandbox: Sandbox, ips: readonly string[]): Promise<void> {
    const claim = await this.#claim(sandbox.namespace, sandbox.pod);
    if (!claim) throw new CniError('lost', `there is no IPClaim ${sandbox.namespace}/${sandbox.pod} any more`);
    const { containerID, node } = sandbox;
    const podUID = sandbox.podUID || (claim.status?.holder?.podUID ?? '');
    const fault = faultOf(claim.status ?? {}, { podUID, containerID, node }, ips);
    if (fault) throw new CniError('lost', fault);
  }

  /** Undefined: there is no address yet, but there may be soon. */
  async #try(sandbox: Sandbox): Promise<Attached | undefined> {
    const claim = (await this.#claim(sandbox.namespace, sandbox.pod)) ?? (await this.#newClaim(sandbox));
    const pool = this.#o.pool(claim.status?.pool ?? claim.spec.poolRef.name);
    const decision = decideAdd({
      state: claim.status ?? {},
      attachment: sandbox,
      leaving: claim.metadata.deletionTimestamp !== undefined || isAnothers(claim, sandbox.podUID),
      outdated: this.#isOutdated(claim),
      evidence: await this.#evidence(claim, sandbox),
      now: this.#o.clock.now(),
    });
    if (decision.kind === 'refuse' && decision.reason === 'NoAddress') return undefined;
    if (decision.kind === 'refuse') throw new CniError('tryAgain', decision.message);
    if (!pool)
      throw new CniError(
        'tryAgain',
        `IPPool ${claim.status?.pool} of IPClaim ${sandbox.namespace}/${sandbox.pod} is gone`,
      );
    if (!this.#serves(pool, sandbox.node)) throw new CniError('config', `IPPool ${pool.name} is not for this node`);
    if (decision.kind === 'bind') {
      await this.#refuseConflict(claim, sandbox);
      await writeStatus(this.#o.client, claim, decision.state as IPClaimStatus);
    }
    return { ips: claim.status?.ips ?? [], pool };
  }

  #serves({ object }: Pool, node: string): boolean {
    const labels = this.#o.nodeLabels?.(node);
    const wanted = Object.entries(object.spec.nodeSelector ?? {});
    return labels === undefined || wanted.every(([label, value]) => labels[label] === value);
  }

  #isOutdated(claim: IPClaim): boolean {
    const wanted = this.#o.pool(claim.spec.poolRef.name);
    return claim.status?.pool !== claim.spec.poolRef.name || (wanted !== undefined && isOutdated(claim, wanted));
  }

  async #evidence(claim: IPClaim, sandbox: Sandbox) {
    const rival = rivalOf(claim.status ?? {}, sandbox);
    if (!rival) return {};
    const ips = claim.status?.ips ?? [];
    return evidenceOf(this.#o, { node: rival.node, ips, ...(sandbox.device && { device: sandbox.device }) });
  }

  /** What answers now is not the former sandbox, which is gone: it is a stranger. */
  async #refuseConflict(claim: IPClaim, { device }: Sandbox): Promise<void> {
    const { answersFor } = this.#o;
    if (!device || !answersFor) return;
    const ips = claim.status?.ips ?? [];
    const answers = await Promise.all(ips.map((ip) => answersFor(ip, device)));
    const conflicts = ips.filter((_, i) => answers[i]);
    if (conflicts.length === 0) return;
    await writeStatus(this.#o.client, claim, conflicted(claim.status ?? {}, conflicts) as IPClaimStatus);
    const everBound = claim.status?.boundAt !== undefined;
    throw new CniError(everBound ? 'conflict' : 'tryAgain', `${conflicts.join(', ')}: somebody outside answers for it`);
  }

  /** A sandbox of a Pod that is no more, or is another by now, gets nothing: a host may come back from the dead. */
  async #identified(sandbox: Sandbox): Promise<Pick<Attachment, 'podUID'>> {
    const pod = await this.#pod(sandbox);
    const { namespace, pod: name, podUID, node } = sandbox;
    if (!pod) throw new CniError('tryAgain', `there is no Pod ${namespace}/${name}`);
    const { uid } = pod.metadata;
    if (podUID && podUID !== uid)
      throw new CniError('tryAgain', `Pod ${namespace}/${name} is ${uid} now, not ${podUID}`);
    if (pod.spec.nodeName && pod.spec.nodeName !== node)
      throw new CniError('tryAgain', `Pod ${namespace}/${name} is on ${pod.spec.nodeName}, not on ${node}`);
    return { podUID: uid };
  }

  async #newClaim(sandbox: Sandbox): Promise<IPClaim> {
    const { namespace, pod, podUID, defaultPool } = sandbox;
    if (!defaultPool)
      throw new CniError(
        'noClaim',
        `Pod ${namespace}/${pod} has no IPClaim, and the network names no pool to make one from`,
      );
    const ownerReferences = [{ apiVersion: 'v1', kind: 'Pod', name: pod, uid: podUID }];
    const spec = {
      poolRef: { name: defaultPool },
      driver: 'JDOS' as const,
      retention: 'WhenScaled' as const,
      holdSeconds: 0,
    };
    return this.#o.client.create(IP_CLAIMS, { metadata: { name: pod, namespace, ownerReferences }, spec });
  }

  #claim(namespace: string, name: string): Promise<IPClaim | undefined> {
    return ifFound(this.#o.client.get(IP_CLAIMS, name, { namespace }));
  }

  #pod({ namespace, pod }: Sandbox): Promise<Pod | undefined> {
    return ifFound(this.#o.client.get(PODS, pod, { namespace }));
  }
}

/** A claim that was made for one Pod goes with it. */
function isAnothers({ metadata }: IPClaim, podUID: string): boolean {
  return metadata.ownerReferences?.some(({ kind, uid }) => kind === 'Pod' && uid !== podUID) ?? false;
}

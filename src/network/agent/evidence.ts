/** What can be found out about the host of an address's holder. */
import { type Clock, ifFound, isFenced, type KubeClient, LEASES, NODES } from '../../kube/index.ts';
import type { HostEvidence } from '../claims/take-over.ts';

/** Does anybody answer for an address on the network behind a device? */
export type AnswersFor = (ip: string, device: string) => Promise<boolean>;

/** Tells whether no route to the address leads to the node any more; absent where there are no routes to withdraw. */
export type RouteWithdrawn = (ip: string, node: string) => Promise<boolean>;

export interface EvidenceOptions {
  readonly client: Pick<KubeClient, 'get'>;
  readonly clock: Clock;
  readonly answersFor?: AnswersFor;
  readonly routeWithdrawn?: RouteWithdrawn;
}

export interface Question {
  readonly node: string;
  readonly ips: readonly string[];
  readonly device?: string;
}

/** The costly signs are asked for only when the cheap ones leave it to them. */
export async function evidenceOf(o: EvidenceOptions, question: Question): Promise<HostEvidence> {
  if (await isHostFenced(o.client, question.node)) return { fenced: true };
  const leaseExpired = await isLeaseExpired(o, question.node);
  if (!leaseExpired || !o.routeWithdrawn) return { leaseExpired };
  const routeWithdrawn = await every(question.ips, (ip) => o.routeWithdrawn!(ip, question.node));
  if (!routeWithdrawn || !o.answersFor || !question.device) return { leaseExpired, routeWithdrawn };
  const { answersFor } = o;
  const silent = await every(question.ips, async (ip) => !(await answersFor(ip, question.device!)));
  return { leaseExpired, routeWithdrawn, silent };
}

async function isHostFenced(client: Pick<KubeClient, 'get'>, node: string): Promise<boolean> {
  const there = await ifFound(client.get(NODES, node));
  return !there || isFenced(there);
}

/** A Lease that is not there says nothing. */
async function isLeaseExpired({ client, clock }: EvidenceOptions, node: string): Promise<boolean> {
  const lease = await ifFound(client.get(LEASES, node, { namespace: 'kube-node-lease' }));
  const renewed = Date.parse(lease?.spec.renewTime ?? '');
  return Number.isFinite(renewed) && clock.now() > renewed + (lease?.spec.leaseDurationSeconds ?? 40) * 1000;
}

async function every(ips: readonly string[], holds: (ip: string) => Promise<boolean>): Promise<boolean> {
  const answers = await Promise.all(ips.map(holds));
  return ips.length > 0 && answers.every(Boolean);
}

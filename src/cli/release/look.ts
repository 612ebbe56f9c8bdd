/** A Group with its Pods and its Release, as a picture shows them. */
import { GROUP, hashOf, ORDINAL, type PodPart, partOf, REVISION, revisionsOf, STATE } from '../../groups/index.ts';
import { type ControllerRevision, isConditionTrue, type KubeClient, PODS, type Pod } from '../../kube/index.ts';
import { GROUPS, type Group, RELEASES, type Release } from '../../resources/index.ts';
import { newestOf } from './found-release.ts';

export interface PodView {
  readonly name: string;
  readonly part: PodPart;
  readonly state: string;
  readonly revision: string;
  readonly ip: string;
  readonly host: string;
  readonly ready: boolean;
}

export interface Look {
  readonly group: Group;
  readonly release: Release | undefined;
  readonly pods: readonly PodView[];
}

export const BY_HAND = 'none; the Group updates its Pods by itself';

export async function lookAt(
  client: KubeClient,
  namespace: string,
  groupName: string,
  release?: Release,
): Promise<Look> {
  const group = await client.get(GROUPS, groupName, { namespace });
  const { items } = await client.list(RELEASES, { namespace });
  const chosen = release
    ? items.find(({ metadata }) => metadata.name === release.metadata.name)
    : newestOf(group, items);
  const revisions = await revisionsOf(client, group);
  const own = await client.list(PODS, { namespace, labelSelector: `${GROUP}=${groupName}` });
  const target = targetHash(group, chosen, revisions);
  const pods = own.items.sort((a, b) => ordinal(a) - ordinal(b)).map((pod) => viewOf(pod, target));
  return { group, release: chosen, pods };
}

function targetHash({ status }: Group, release: Release | undefined, revisions: readonly ControllerRevision[]): string {
  const name = release?.status?.targetRevision ?? status?.updateRevision;
  const target = revisions.find(({ metadata }) => metadata.name === name);
  return target ? hashOf(target) : '';
}

function viewOf(pod: Pod, target: string): PodView {
  const { labels = {}, name } = pod.metadata;
  const revision = labels[REVISION] ?? '';
  const state = pod.metadata.deletionTimestamp ? 'Terminating' : (labels[STATE] ?? '');
  const ready = isConditionTrue(pod, 'Ready');
  return {
    name,
    part: partOf({ state, ready, isNew: revision === target, waits: waitsOf(pod) }),
    state,
    revision,
    ip: pod.status?.podIP ?? '-',
    host: pod.spec.nodeName ?? '-',
    ready,
  };
}

function waitsOf({ status }: Pod): string {
  return status?.containerStatuses?.map(({ state }) => state?.waiting?.reason ?? '').join(' ') ?? '';
}

function ordinal({ metadata }: Pod): number {
  return Number(metadata.labels?.[ORDINAL] ?? 0);
}

/** Makes the Pods that are missing. Their names are known, so a cache that is behind cannot lead to a second one. */
import { isNamespaceEnding, slowStart, text } from '../control/index.ts';
import { type EventRecorder, isStatus, type KubeClient, PODS } from '../kube/index.ts';
import type { Group } from '../resources/index.ts';
import type { Freshest } from './freshest.ts';
import { FIELD_MANAGER } from './marks.ts';
import { podName } from './ordinals.ts';
import type { Plan } from './plan.ts';
import { podOf } from './pod.ts';

export interface Births {
  readonly client: KubeClient;
  readonly recorder: EventRecorder;
  readonly freshest: Freshest;
}

/** What is needed before a replica's Pod may be made: annotations for it; undefined while they are not there. */
export type Preparation = (ordinal: number) => Promise<Readonly<Record<string, string>> | undefined>;

/** Answers what the server said of the first one that it refused, or of whatever else went wrong. */
export async function createPods(
  { client, recorder, freshest }: Births,
  group: Group,
  wanted: Plan['create'],
  prepare: Preparation,
): Promise<{ refused: string | undefined; error: unknown }> {
  const lastNodes = new Map(group.status?.instances?.map(({ ordinal, node }) => [ordinal, node]));
  const at = { namespace: group.metadata.namespace!, fieldManager: FIELD_MANAGER };
  const { error } = await slowStart(wanted.length, async (i) => {
    const { ordinal, version } = wanted[i]!;
    const annotations = await prepare(ordinal);
    if (!annotations) return;
    const draft = podOf({ group, ordinal, version, lastNode: lastNodes.get(ordinal), annotations });
    const pod = await client.create(PODS, draft, at);
    freshest.wrote(group.metadata.uid, pod);
    recorder.event(group, 'Normal', 'SuccessfulCreate', `created Pod ${podName(group, ordinal)}`);
  });
  if (error === undefined || isNamespaceEnding(error)) return { refused: undefined, error: undefined };
  const refused = isStatus(error, 'Invalid', 'Forbidden', 'BadRequest', 'AlreadyExists') ? text(error) : undefined;
  if (refused) recorder.event(group, 'Warning', 'FailedCreate', refused);
  return { refused, error };
}

/** Writes ControllerRevisions. */
import {
  CONTROLLER_REVISIONS,
  type ControllerRevision,
  controllerOf,
  ifFound,
  isStatus,
  type KubeClient,
} from '../kube/index.ts';
import { sameJson } from './canonical.ts';
import { draftRevision, type RevisionDraft, revisionStep } from './revisions.ts';

export type Syncing = Omit<RevisionDraft, 'revision'> & { readonly client: KubeClient };

export interface Synced {
  readonly update: ControllerRevision;
  readonly revisions: readonly ControllerRevision[];
  /** Raised when the wished name was taken by other data; it must be kept in the workload's status. */
  readonly collisionCount: number | undefined;
}

/** Makes sure that the newest revision is that of these data. */
export async function syncRevisions(syncing: Syncing, revisions: readonly ControllerRevision[]): Promise<Synced> {
  const { client, data } = syncing;
  const step = revisionStep(data, revisions);
  if (step.kind === 'current') return { update: step.revision, revisions, collisionCount: syncing.collisionCount };
  if (step.kind === 'renumber') {
    const update = await client.replace(CONTROLLER_REVISIONS, { ...step.revision, revision: step.number });
    const others = revisions.filter((revision) => revision !== step.revision);
    return { update, revisions: [...others, update], collisionCount: syncing.collisionCount };
  }
  const { update, collisionCount } = await create(syncing, step.number);
  return { update, revisions: [...revisions, update], collisionCount };
}

async function create(
  syncing: Syncing,
  revision: number,
): Promise<{ update: ControllerRevision; collisionCount: number | undefined }> {
  const { client, owner } = syncing;
  let { collisionCount } = syncing;
  for (;;) {
    const draft = draftRevision({ ...syncing, revision, collisionCount });
    try {
      return { update: await client.create(CONTROLLER_REVISIONS, draft), collisionCount };
    } catch (error) {
      if (!isStatus(error, 'AlreadyExists')) throw error;
    }
    const twin = await client.get(CONTROLLER_REVISIONS, draft.metadata.name!, { namespace: owner.metadata.namespace });
    const mine = controllerOf(twin)?.uid === owner.metadata.uid;
    if (mine && sameJson(twin.data, draft.data)) return { update: twin, collisionCount };
    collisionCount = (collisionCount ?? 0) + 1;
  }
}

export async function removeRevisions(client: KubeClient, revisions: readonly ControllerRevision[]): Promise<void> {
  for (const { metadata } of revisions) {
    const { namespace, name, uid } = metadata;
    await ifFound(client.delete(CONTROLLER_REVISIONS, name, { namespace, preconditions: { uid } }));
  }
}

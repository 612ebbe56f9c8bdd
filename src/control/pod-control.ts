/** Creates and deletes a workload's Pods, tells events about it and keeps its expectations. */
import {
  type Draft,
  type EventRecorder,
  isControlledBy,
  isStatus,
  type KubeClient,
  type KubeObject,
  PODS,
  type Pod,
  StatusError,
} from '../kube/index.ts';
import type { Expectations } from './expectations.ts';

export interface PodControl {
  create(owner: KubeObject, pod: Draft<Pod>): Promise<void>;
  /** Deletes exactly this Pod (by uid). One that has gone already counts as deleted. */
  delete(owner: KubeObject, pod: Pod): Promise<void>;
}

export function createPodControl(client: KubeClient, recorder: EventRecorder, expectations: Expectations): PodControl {
  return {
    async create(owner, pod) {
      const { namespace, name } = pod.metadata;
      expectations.expectCreation(owner.metadata.uid, `${namespace}/${name}`);
      try {
        await client.create(PODS, pod);
      } catch (error) {
        if (!(error instanceof StatusError) && (await hasArrived(client, owner, pod))) return;
        expectations.creationFailed(`${namespace}/${name}`);
        if (!isNamespaceEnding(error))
          recorder.event(owner, 'Warning', 'FailedCreate', `Error creating: ${text(error)}`);
        throw error;
      }
      recorder.event(owner, 'Normal', 'SuccessfulCreate', `Created pod: ${name}`);
    },
    async delete(owner, pod) {
      const { namespace, name, uid } = pod.metadata;
      expectations.expectDeletion(owner.metadata.uid, uid);
      try {
        await client.delete(PODS, name, { namespace, preconditions: { uid } });
      } catch (error) {
        expectations.deletionFailed(uid);
        if (isStatus(error, 'NotFound', 'Conflict')) return;
        recorder.event(owner, 'Warning', 'FailedDelete', `Error deleting: ${text(error)}`);
        throw error;
      }
      recorder.event(owner, 'Normal', 'SuccessfulDelete', `Deleted pod: ${name}`);
    },
  };
}

/** The answer was lost: the request may have been carried out all the same. */
async function hasArrived(client: KubeClient, owner: KubeObject, { metadata }: Draft<Pod>): Promise<boolean> {
  try {
    const { namespace } = metadata;
    return isControlledBy(await client.get(PODS, metadata.name!, namespace ? { namespace } : {}), owner);
  } catch {
    return false;
  }
}

/** Nothing may be created in a namespace that is being deleted: no fault, and no use to try again. */
export function isNamespaceEnding(error: unknown): boolean {
  return (
    isStatus(error, 'Forbidden') &&
    (error.status.details?.causes?.some((cause) => cause.reason === 'NamespaceTerminating') ?? false)
  );
}

export function text(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

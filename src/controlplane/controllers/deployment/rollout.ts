/** The writes of a rollout: ReplicaSets made, sized and cleared away, and the Deployment's status. */

import {
  controllerReference,
  isNamespaceEnding,
  sameJson,
  sameStatus,
  templateHash,
  text,
} from '../../../control/index.ts';
import {
  type apps,
  controllerOf,
  DEPLOYMENTS,
  type Deployment,
  type Draft,
  type EventRecorder,
  ifFound,
  isStatus,
  type KubeClient,
  REPLICA_SETS,
  type ReplicaSet,
} from '../../../kube/index.ts';
import { superfluous } from './history.ts';
import { limitsOf, sizeOf } from './limits.ts';
import {
  annotationsOfNew,
  findNewReplicaSet,
  isSameTemplate,
  REVISION,
  sizeAnnotations,
  TEMPLATE_HASH,
} from './revision.ts';
import { isScaling, type Resize, recreateStep, rollingStep, type Sets, scaleStep, sizeOfNew } from './scale.ts';
import {
  deploymentStatus,
  hasDeadline,
  isComplete,
  pauseConditions,
  rolloutStatus,
  untilDeadline,
  withCondition,
} from './status.ts';

/** One pass over one Deployment. Every write's answer is taken over, so that the next one builds on it. */
export class Rollout {
  readonly #client: KubeClient;
  readonly #recorder: EventRecorder;
  readonly #now: number;
  #deployment: Deployment;
  #current: ReplicaSet | undefined;
  #old: readonly ReplicaSet[];
  /** What the server has; `#deployment.status` runs ahead of it until {@link #write}. */
  #stored: apps.DeploymentStatus | undefined;

  constructor(client: KubeClient, recorder: EventRecorder, deployment: Deployment, own: ReplicaSet[], now: number) {
    this.#client = client;
    this.#recorder = recorder;
    this.#deployment = deployment;
    this.#stored = deployment.status;
    this.#now = now;
    this.#current = findNewReplicaSet(deployment, own);
    this.#old = own.filter((set) => set !== this.#current);
  }

  /** Answers the milliseconds after which to look again. */
  async step(hasPods: (set: ReplicaSet) => boolean): Promise<number | undefined> {
    if (this.#deployment.metadata.deletionTimestamp) return this.#write(this.#plainStatus());
    const conditions = pauseConditions(this.#deployment, this.#now);
    if (conditions) await this.#write({ ...this.#deployment.status, conditions });
    if (this.#deployment.spec.paused || isScaling(this.#deployment, this.#sets)) return this.#scale();
    if (this.#deployment.spec.strategy?.type === 'Recreate') return this.#recreate(hasPods);
    return this.#roll();
  }

  get #sets(): Sets {
    return { current: this.#current, old: this.#old };
  }

  #plainStatus(): apps.DeploymentStatus {
    return deploymentStatus(this.#deployment, this.#sets, this.#now);
  }

  /** No rollout now: only sizes, history and status. */
  async #scale(): Promise<number | undefined> {
    await this.#adornCurrent();
    await this.#resize(scaleStep(this.#deployment, this.#sets));
    if (this.#deployment.spec.paused) await this.#clean();
    return this.#write(this.#plainStatus());
  }

  async #roll(): Promise<number | undefined> {
    if (this.#current) await this.#adornCurrent();
    else if (!(await this.#createCurrent())) return undefined;
    return this.#finish(rollingStep(this.#deployment, this.#sets));
  }

  async #recreate(hasPods: (set: ReplicaSet) => boolean): Promise<number | undefined> {
    await this.#adornCurrent();
    const waiting = this.#old.some((set) => sizeOf(set) > 0 || hasPods(set));
    if (!this.#current && !waiting && !(await this.#createCurrent())) return undefined;
    return this.#finish(recreateStep(this.#deployment, this.#sets, this.#old.some(hasPods)));
  }

  async #finish(steps: readonly Resize[]): Promise<number | undefined> {
    await this.#resize(steps);
    if (steps.length === 0 && isComplete(this.#deployment, this.#deployment.status ?? {})) await this.#clean();
    const status = rolloutStatus(this.#deployment, this.#sets, this.#now);
    await this.#write(status);
    return untilDeadline(this.#deployment, status, this.#now);
  }

  /** Brings the current ReplicaSet's annotations and the Deployment's revision up to date. */
  async #adornCurrent(): Promise<void> {
    const set = this.#current;
    if (!set) return;
    const annotations = annotationsOfNew(this.#deployment, set.metadata.annotations, this.#old);
    const { minReadySeconds } = this.#deployment.spec;
    const sameWait = (set.spec.minReadySeconds ?? 0) === (minReadySeconds ?? 0);
    if (!sameWait || !sameJson(annotations, set.metadata.annotations)) {
      const spec = { ...set.spec, minReadySeconds };
      const metadata = { ...set.metadata, annotations };
      this.#current = await this.#client.replace(REPLICA_SETS, { ...set, metadata, spec });
    }
    await this.#setRevision(annotations[REVISION]);
    if (!this.#deployment.status?.conditions?.some((condition) => condition.type === 'Progressing')) {
      this.#progressing('True', 'FoundNewReplicaSet', `Found new replica set "${set.metadata.name}"`);
    }
  }

  async #setRevision(revision: string | undefined): Promise<void> {
    const { namespace, name, uid, annotations } = this.#deployment.metadata;
    if (revision === undefined || annotations?.[REVISION] === revision) return;
    const body = { metadata: { uid, annotations: { [REVISION]: revision } } };
    const { metadata } = await this.#client.patch(
      DEPLOYMENTS,
      name,
      { kind: 'merge', body },
      { namespace, subresource: 'status' },
    );
    this.#deployment = { ...this.#deployment, metadata };
  }

  /** Makes the ReplicaSet of the template. False when there will be none: the namespace ends. */
  async #createCurrent(): Promise<boolean> {
    const draft = this.#draft();
    try {
      this.#current = await this.#client.create(REPLICA_SETS, draft);
    } catch (error) {
      if (isNamespaceEnding(error)) return false;
      if (!isStatus(error, 'AlreadyExists')) await this.#tellFailure(draft, error);
      this.#current = await this.#adoptTwin(draft);
      return true;
    }
    const size = sizeOf(this.#current);
    if (size > 0) this.#tellScaled(draft.metadata.name!, 0, size);
    await this.#setRevision(draft.metadata.annotations![REVISION]);
    this.#progressing('True', 'NewReplicaSetCreated', `Created new replica set "${draft.metadata.name}"`);
    return true;
  }

  #draft(): Draft<ReplicaSet> {
    const { metadata, spec, status } = this.#deployment;
    const hash = templateHash(spec.template, status?.collisionCount);
    const labels = { ...spec.template.metadata?.labels, [TEMPLATE_HASH]: hash };
    const { surge } = limitsOf(this.#deployment);
    const { matchLabels, matchExpressions } = spec.selector;
    return {
      apiVersion: 'apps/v1',
      kind: 'ReplicaSet',
      metadata: {
        name: `${metadata.name}-${hash}`,
        namespace: metadata.namespace,
        labels,
        annotations: {
          ...annotationsOfNew(this.#deployment, undefined, this.#old),
          ...sizeAnnotations(this.#deployment, surge),
        },
        ownerReferences: [controllerReference(this.#deployment, DEPLOYMENTS)],
      },
      spec: {
        replicas: sizeOfNew(this.#deployment, this.#sets),
        ...(spec.minReadySeconds !== undefined && { minReadySeconds: spec.minReadySeconds }),
        selector: {
          matchLabels: { ...matchLabels, [TEMPLATE_HASH]: hash },
          ...(matchExpressions && { matchExpressions }),
        },
        template: { ...spec.template, metadata: { ...spec.template.metadata, labels } },
      },
    };
  }

  /** The name is taken: by our own ReplicaSet that the cache has not shown yet, or by chance by another template's. */
  async #adoptTwin(draft: Draft<ReplicaSet>): Promise<ReplicaSet> {
    const { namespace, uid } = this.#deployment.metadata;
    const twin = await this.#client.get(REPLICA_SETS, draft.metadata.name!, { namespace });
    const mine = controllerOf(twin)?.uid === uid;
    if (mine && isSameTemplate(twin.spec.template, this.#deployment.spec.template)) return twin;
    const collisionCount = (this.#deployment.status?.collisionCount ?? 0) + 1;
    await this.#write({ ...this.#deployment.status, collisionCount });
    throw new Error(`the name ${draft.metadata.name} is taken by another ReplicaSet; the next hash will differ`);
  }

  async #tellFailure(draft: Draft<ReplicaSet>, error: unknown): Promise<never> {
    const message = `Failed to create new replica set "${draft.metadata.name}": ${text(error)}`;
    this.#recorder.event(this.#deployment, 'Warning', 'ReplicaSetCreateError', message);
    if (hasDeadline(this.#deployment)) {
      this.#progressing('False', 'ReplicaSetCreateError', message);
      await this.#write(this.#deployment.status!);
    }
    throw error;
  }

  #progressing(status: string, reason: string, message: string): void {
    if (!hasDeadline(this.#deployment)) return;
    const before = this.#deployment.status;
    const condition = { type: 'Progressing', status, reason, message };
    const conditions = withCondition(before?.conditions ?? [], condition, this.#now);
    this.#deployment = { ...this.#deployment, status: { ...before, conditions } };
  }

  async #resize(resizes: readonly Resize[]): Promise<void> {
    for (const { set, replicas } of resizes) {
      const resized = await this.#resizeOne(set, replicas);
      if (set === this.#current) this.#current = resized;
      else this.#old = this.#old.map((other) => (other === set ? resized : other));
    }
  }

  /** The resourceVersion makes the write fail when the cache is behind: sizes are never computed from the past. */
  async #resizeOne(set: ReplicaSet, replicas: number): Promise<ReplicaSet> {
    const sizes = sizeAnnotations(this.#deployment, limitsOf(this.#deployment).surge);
    const annotations = { ...set.metadata.annotations, ...sizes };
    const before = sizeOf(set);
    if (before === replicas && sameJson(annotations, set.metadata.annotations)) return set;
    const metadata = { ...set.metadata, annotations };
    const resized = await this.#client.replace(REPLICA_SETS, { ...set, metadata, spec: { ...set.spec, replicas } });
    if (before !== replicas) this.#tellScaled(set.metadata.name, before, replicas);
    return resized;
  }

  #tellScaled(name: string, from: number, to: number): void {
    const message = `Scaled ${to > from ? 'up' : 'down'} replica set ${name} from ${from} to ${to}`;
    this.#recorder.event(this.#deployment, 'Normal', 'ScalingReplicaSet', message);
  }

  async #clean(): Promise<void> {
    for (const { metadata } of superfluous(this.#deployment, this.#old)) {
      const { namespace, name, uid } = metadata;
      await ifFound(this.#client.delete(REPLICA_SETS, name, { namespace, preconditions: { uid } }));
    }
  }

  async #write(status: apps.DeploymentStatus): Promise<undefined> {
    if (sameStatus(status, this.#stored)) return;
    const body = { ...this.#deployment, status };
    this.#deployment = await this.#client.replace(DEPLOYMENTS, body, { subresource: 'status' });
    this.#stored = this.#deployment.status;
  }
}

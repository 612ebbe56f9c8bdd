/** POST to `pods/{name}/eviction`: a deletion that a PodDisruptionBudget may refuse. */
import { failure, rfc3339, type Selector, type Status, selectorOf } from '../../kube/index.ts';
import type { Json } from '../registry/definition.ts';
import type { Entry } from '../storage/index.ts';
import { answerValue } from './answers.ts';
import { parseBody } from './decoding.ts';
import { type DeleteOptions, deleteObject, deleteOptionsOf, requireDeletable } from './delete.ts';
import { isDryRun } from './dry-run.ts';
import { notFound } from './refusals.ts';
import { type Answer, type ApiRequest, keyIn } from './request.ts';

const WOULD_VIOLATE = "Cannot evict pod as it would violate the pod's disruption budget.";

export async function evict(request: ApiRequest): Promise<Answer> {
  const eviction = parseBody(await request.bytes(), request.contentType) ?? {};
  const options = deleteOptionsOf(request, eviction.deleteOptions ?? {});
  const { definition, target, plane } = request;
  if (eviction.metadata?.name && eviction.metadata.name !== target.name)
    throw failure('BadRequest', 'name in URL does not match name in Eviction object');
  const entry = plane.store.newest(request.collection, keyIn(definition, target.namespace, target.name!));
  if (!entry) throw notFound(definition, target.name!);
  const pod = entry.parse();
  // Nothing is spent on an eviction that is refused in the end.
  requireDeletable(request, pod, options);
  const budget = needsNoBudget(pod) ? undefined : budgetFor(request, pod);
  const writes: Promise<unknown>[] = [];
  if (budget && mustCount(pod, budget.parse())) writes.push(spend(request, budget, pod));
  if (!isDryRun(request)) writes.push(noteReason(request, pod));
  writes.push(deleteObject(request, target.name!, target.namespace, withoutPreconditions(options)));
  await Promise.all(writes);
  return answerValue(success, request.form, 201);
}

/** They were checked before the Pod's condition was written, in the same turn. */
function withoutPreconditions({ preconditions: _, ...options }: DeleteOptions): DeleteOptions {
  return options;
}

const success: Status = { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', code: 201 };

/** Pods that run nowhere, are over or are going already cost nobody anything. */
function needsNoBudget({ metadata, status }: Json): boolean {
  return Boolean(metadata.deletionTimestamp) || ['Succeeded', 'Failed', 'Pending'].includes(status?.phase);
}

function budgetFor({ plane, target }: ApiRequest, pod: Json): Entry | undefined {
  const budgets = plane.of('policy', 'poddisruptionbudgets');
  const prefix = `${target.namespace}/`;
  const matching: Entry[] = [];
  for (const key of budgets.current.keys(prefix)) {
    if (!key.startsWith(prefix)) break;
    const newest = plane.store.newest(budgets, key);
    if (newest && selectorIn(newest.parse()).matches(pod.metadata.labels)) matching.push(newest);
  }
  if (matching.length > 1)
    throw failure(
      'InternalError',
      'This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.',
    );
  return matching[0];
}

function selectorIn(budget: Json): Selector {
  return selectorOf(budget.spec.selector);
}

/** Does this eviction use up the budget? Unhealthy Pods may go without, by the budget's own policy. */
function mustCount(pod: Json, { spec, status }: Json): boolean {
  const ready = pod.status?.conditions?.some((c: Json) => c.type === 'Ready' && c.status === 'True');
  if (ready) return true;
  if (spec.unhealthyPodEvictionPolicy === 'AlwaysAllow') return false;
  return !(status?.currentHealthy >= status?.desiredHealthy && status?.desiredHealthy > 0);
}

function spend({ plane, query }: ApiRequest, entry: Entry, pod: Json): Promise<unknown> {
  const budget = entry.parse();
  const { status = {}, metadata } = budget;
  if ((status.observedGeneration ?? 0) < metadata.generation)
    throw refused(`The disruption budget ${metadata.name} is still being processed by the server.`);
  const causeMessage = `The disruption budget ${metadata.name} needs ${status.desiredHealthy} healthy pods and has ${status.currentHealthy} currently`;
  if (!(status.disruptionsAllowed > 0)) throw refused(causeMessage);
  status.disruptionsAllowed--;
  status.disruptedPods = { ...status.disruptedPods, [pod.metadata.name]: rfc3339(plane.clock.now()) };
  budget.status = status;
  if (query.getAll('dryRun').includes('All')) return Promise.resolve();
  return plane.store.write(plane.of('policy', 'poddisruptionbudgets'), entry.key, () => ({ object: budget }));
}

function refused(causeMessage: string) {
  return failure('TooManyRequests', WOULD_VIOLATE, {
    causes: [{ reason: 'DisruptionBudget', message: causeMessage }],
  });
}

/** The Pod's own record of why it goes. */
function noteReason({ plane, collection, definition, target }: ApiRequest, pod: Json): Promise<unknown> {
  if (pod.metadata.deletionTimestamp) return Promise.resolve();
  return plane.store.write(collection, keyIn(definition, target.namespace, target.name!), (current) => {
    const object = current!.parse();
    const condition = {
      type: 'DisruptionTarget',
      status: 'True',
      reason: 'EvictionByEvictionAPI',
      message: 'Eviction API: evicting',
      lastProbeTime: null,
      lastTransitionTime: rfc3339(plane.clock.now()),
    };
    const others = (object.status?.conditions ?? []).filter((c: Json) => c.type !== condition.type);
    object.status = { ...object.status, conditions: [...others, condition] };
    return { object };
  });
}

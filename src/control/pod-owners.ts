/** The wiring of a controller whose objects manage Pods: what is looked at again when an object or one of its Pods changes. */
import {
  type Controller,
  type Informer,
  type KubeObject,
  keyOf,
  type LabelSelector,
  type Pod,
  type ResourceType,
} from '../kube/index.ts';
import type { Expectations } from './expectations.ts';
import { watchDependents } from './owners.ts';
import { workloadSelector } from './selector-cache.ts';

export interface PodOwners<T extends KubeObject> {
  readonly type: ResourceType<T>;
  readonly owners: Informer<T>;
  readonly pods: Informer<Pod>;
  readonly loop: Pick<Controller, 'enqueue'>;
  /** Hear what the cache of Pods shows, and forget owners that have gone. */
  readonly expectations: Expectations;
  /** How long to gather changes of an owner's Pods, in ms. */
  readonly gatherMs: (owner: T) => number;
}

export function watchPodOwners<T extends KubeObject & { readonly spec: { readonly selector?: LabelSelector } }>({
  type,
  owners,
  pods,
  loop,
  expectations,
  gatherMs,
}: PodOwners<T>): void {
  const look = (owner: T) => loop.enqueue(keyOf(owner));
  expectations.watch(pods);
  owners.onChange({ add: look, update: look, delete: ({ metadata }) => expectations.forget(metadata.uid) });
  watchDependents({
    type,
    owners,
    dependents: pods,
    selector: ({ spec }) => workloadSelector(spec.selector),
    concern: (key, owner) => loop.enqueue(key, gatherMs(owner)),
  });
}

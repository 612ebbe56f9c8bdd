import type { KubeClient } from './client.ts';
import type { Clock } from './clock.ts';
import type { KubeObject } from './object.ts';
import type { ResourceType } from './resource-type.ts';

export interface InformerOptions<T> {
  readonly namespace?: string;
  readonly labelSelector?: string;
  readonly fieldSelector?: string;
  readonly transform?: (object: T) => T;
  readonly indexers?: Readonly<Record<string, (object: T) => readonly string[]>>;
  readonly clock?: Clock;
}

export interface ChangeHandler<T> {
  add?(object: T): void;
  update?(object: T, old: T): void;
  delete?(object: T): void;
}

const todo = (): never => {
  throw new Error('not there yet');
};

export class Informer<T extends KubeObject> {
  constructor(_client: KubeClient, _type: ResourceType<T>, _options: InformerOptions<T> = {}) {}
  start(_signal: AbortSignal): void {
    todo();
  }
  get hasSynced(): boolean {
    return todo();
  }
  synced(_signal?: AbortSignal): Promise<void> {
    return todo();
  }
  get(_key: string): T | undefined {
    return todo();
  }
  list(): IterableIterator<T> {
    return todo();
  }
  byIndex(_index: string, _value: string): readonly T[] {
    return todo();
  }
  get size(): number {
    return todo();
  }
  /** The answer takes the handler off again. */
  onChange(_handler: ChangeHandler<T>): () => void {
    return todo();
  }
}

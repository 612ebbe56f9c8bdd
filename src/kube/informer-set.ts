import type { KubeClient } from './client.ts';
import type { Clock } from './clock.ts';
import type { Informer, InformerOptions } from './informer.ts';
import type { KubeObject } from './object.ts';
import type { ResourceType } from './resource-type.ts';

const todo = (): never => {
  throw new Error('not there yet');
};

export class InformerSet {
  constructor(_client: KubeClient, _clock?: Clock) {}
  of<T extends KubeObject>(_type: ResourceType<T>, _options: InformerOptions<T> = {}): Informer<T> {
    return todo();
  }
  start(_signal: AbortSignal): void {
    todo();
  }
  synced(_signal?: AbortSignal): Promise<void> {
    return todo();
  }
}

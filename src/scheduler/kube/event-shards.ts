/**
 * Several event recorders side by side. One writes event by event, which a burst of bindings outruns; events of one object
 * always go to the same recorder, so that they stay in order and converge as before.
 */
import { EventRecorder, type EventRecorderOptions, type KubeClient, type KubeObject } from '../../kube/index.ts';

export class EventShards {
  readonly #recorders: readonly Pick<EventRecorder, 'event'>[];

  constructor(recorders: readonly Pick<EventRecorder, 'event'>[]) {
    this.#recorders = recorders;
  }

  static of(client: KubeClient, component: string, options: EventRecorderOptions, shards = 16): EventShards {
    return new EventShards(Array.from({ length: shards }, () => new EventRecorder(client, component, options)));
  }

  event(object: KubeObject, type: 'Normal' | 'Warning', reason: string, message: string): void {
    this.#recorders[hash(object.metadata.uid) % this.#recorders.length]!.event(object, type, reason, message);
  }
}

/** FNV-1a. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) value = Math.imul(value ^ text.charCodeAt(i), 0x01000193) >>> 0;
  return value;
}

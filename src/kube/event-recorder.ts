import type { KubeClient } from './client.ts';
import type { Clock } from './clock.ts';
import type { KubeObject } from './object.ts';

export interface EventRecorderOptions {
  readonly clock?: Clock;
  /** The host the component runs on. */
  readonly host?: string;
}

export class EventRecorder {
  constructor(_client: KubeClient, _component: string, _options: EventRecorderOptions = {}) {}
  event(_object: KubeObject, _type: 'Normal' | 'Warning', _reason: string, _message: string): void {}
  /** Resolves when all that was recorded has been written or given up. */
  flush(): Promise<void> {
    return Promise.resolve();
  }
}

/** A Pod on a simulated host, with what the API was last told of it. */
import type { Host } from './host.ts';
import type { PodLife } from './pod-life.ts';
import type { PodStatus } from './pod-status.ts';

export interface Resident {
  readonly host: Host;
  readonly life: PodLife;
  /** The kubelet's part of the status as the API has it. */
  sent: Partial<PodStatus>;
  /** The resourceVersion that the last report made; undefined once it has come back by watch. */
  echo: string | undefined;
  /** The Pod is no longer in the API. */
  removed: boolean;
}

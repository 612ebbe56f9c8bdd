/** For tests: objects that an API server does not take, and its words for why. test/real holds them against a real one. */
import type { Json } from '../definition.ts';
import { clusterRefusals } from './cluster-refusals.ts';
import { containerRefusals } from './container-refusals.ts';
import { objectRefusals } from './object-refusals.ts';
import { podRefusals } from './pod-refusals.ts';
import { workloadRefusals } from './workload-refusals.ts';

export type Refusal = readonly [kind: string, draft: Json, refusal: string];

export const refusals: readonly Refusal[] = [
  ...containerRefusals,
  ...podRefusals,
  ...workloadRefusals,
  ...objectRefusals,
  ...clusterRefusals,
];

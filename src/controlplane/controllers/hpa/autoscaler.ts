/** The kind that this controller is about, and the constants by which it acts. */
import type * as v2 from 'kubernetes-types/autoscaling/v2.d.ts';
import { type KubeObject, resourceType, type Served } from '../../../kube/index.ts';

export type Autoscaler = Served<v2.HorizontalPodAutoscaler>;
export type AutoscalerStatus = v2.HorizontalPodAutoscalerStatus;
export type MetricSpec = v2.MetricSpec;
export type MetricStatus = v2.MetricStatus;
export type MetricTarget = v2.MetricTarget;
export type Behavior = { readonly scaleUp?: ScalingRules; readonly scaleDown?: ScalingRules };
/** `tolerance` is newer than the published types. */
export type ScalingRules = v2.HPAScalingRules & { tolerance?: string };

export const AUTOSCALERS = resourceType<Autoscaler>(
  'autoscaling/v2',
  'HorizontalPodAutoscaler',
  'horizontalpodautoscalers',
);

/** The autoscaling/v1 Scale that any kind with a number of replicas shows. */
export interface Scale extends KubeObject {
  spec: { replicas?: number };
  status?: { replicas?: number; selector?: string };
}

/** How often each autoscaler is looked at. */
export const SYNC_MS = 15_000;
/** A smaller number of replicas must have been enough for this long. */
export const DOWNSCALE_WINDOW_MS = 300_000;

/** A condition to be written, in the words of kube-controller-manager. */
export interface Verdict {
  readonly type: 'AbleToScale' | 'ScalingActive' | 'ScalingLimited';
  readonly status: 'True' | 'False';
  readonly reason: string;
  readonly message: string;
}

export function verdict(type: Verdict['type'], isTrue: boolean, reason: string, message: string): Verdict {
  return { type, status: isTrue ? 'True' : 'False', reason, message };
}

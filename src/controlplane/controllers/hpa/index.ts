/** Scales what HorizontalPodAutoscalers name by what its Pods use of CPU and memory. */

import {
  BY_NAMESPACE,
  createLoop,
  type Env,
  type Loop,
  sameJson,
  sameStatus,
  selectedPods,
} from '../../../control/index.ts';
import {
  isStatus,
  keyOf,
  PODS,
  type Pod,
  parseLabelSelector,
  rfc3339,
  type Selector,
  setCondition,
} from '../../../kube/index.ts';
import {
  AUTOSCALERS,
  type Autoscaler,
  type AutoscalerStatus,
  type Behavior,
  type Scale,
  SYNC_MS,
  type Verdict,
  verdict,
} from './autoscaler.ts';
import { type Decision, decide, needsMetrics } from './decision.ts';
import { evaluate, type Failure, type Proposal } from './evaluation.ts';
import { type History, newHistory } from './history.ts';
import { POD_METRICS, type PodMetrics } from './samples.ts';
import { type Target, Targets } from './target.ts';

export function autoscalingController(env: Env): Loop {
  const autoscalers = env.caches.of(AUTOSCALERS);
  const pods = env.caches.of(PODS);
  const recorder = env.recorder('horizontal-pod-autoscaler');
  const targets = new Targets(env);
  const histories = new Map<string, History>();
  /** Which Pods each autoscaler was last found to be about. */
  const selectors = new Map<string, Selector>();
  const loop = createLoop(env, 'horizontal-pod-autoscaler', reconcile, 5);

  autoscalers.onChange({
    add: (autoscaler) => loop.enqueue(keyOf(autoscaler), SYNC_MS),
    update: (autoscaler, old) => sameJson(autoscaler.spec, old.spec) || loop.enqueue(keyOf(autoscaler)),
    delete: (autoscaler) => forget(keyOf(autoscaler)),
  });
  return loop;

  function forget(key: string): void {
    histories.delete(key);
    selectors.delete(key);
  }

  async function reconcile(key: string, signal: AbortSignal) {
    const autoscaler = autoscalers.get(key);
    if (!autoscaler) return undefined;
    try {
      await sync(key, autoscaler);
    } catch (error) {
      // The next look comes soon enough; a quicker one would not find more.
      if (!signal.aborted && !isStatus(error, 'Conflict', 'NotFound'))
        env.onError?.('horizontal-pod-autoscaler', key, error);
    }
    return { requeueAfterMs: SYNC_MS };
  }

  async function sync(key: string, autoscaler: Autoscaler): Promise<void> {
    const found = await scaleOf(autoscaler);
    if ('fault' in found) {
      const message = `the HPA controller was unable to get the target's current scale: ${found.fault}`;
      recorder.event(autoscaler, 'Warning', 'FailedGetScale', found.fault);
      await report(autoscaler, [verdict('AbleToScale', false, 'FailedGetScale', message)], {});
      return;
    }
    const { target, scale } = found;
    const currentReplicas = scale.spec.replicas ?? 0;
    const now = env.clock.now();
    const history = histories.get(key) ?? newHistory(currentReplicas, now);
    histories.set(key, history);
    const got = verdict(
      'AbleToScale',
      true,
      'SucceededGetScale',
      "the HPA controller was able to get the target's current scale",
    );
    const { spec } = autoscaler;
    const evaluations = needsMetrics(spec, currentReplicas) ? await measure(key, autoscaler, scale) : [];
    if ('fault' in evaluations) {
      warn(autoscaler, evaluations.reason, evaluations.fault);
      recorder.event(autoscaler, 'Warning', 'FailedComputeMetricsReplicas', evaluations.fault);
      await report(autoscaler, [got, evaluations.verdict], { currentReplicas, currentMetrics: [] });
      return;
    }
    for (const one of evaluations) if (one.kind === 'failure') warn(autoscaler, one.reason, one.fault);
    const decision = decide({ spec, currentReplicas, evaluations, history, now });
    await act({ key, history, autoscaler, target, scale, got }, decision);
  }

  function warn(autoscaler: Autoscaler, reason: string, message: string): void {
    recorder.event(autoscaler, 'Warning', reason, message);
  }

  async function scaleOf(autoscaler: Autoscaler): Promise<{ target: Target; scale: Scale } | { fault: string }> {
    const target = await targets.find(autoscaler);
    if ('fault' in target) return target;
    try {
      return { target, scale: await targets.read(target) };
    } catch (error) {
      return { fault: textOf(error) };
    }
  }

  async function measure(
    key: string,
    autoscaler: Autoscaler,
    scale: Scale,
  ): Promise<(Proposal | Failure)[] | { reason: string; fault: string; verdict: Verdict }> {
    const selected = select(key, autoscaler, scale.status?.selector ?? '');
    if ('fault' in selected) return selected;
    const { spec, metadata } = autoscaler;
    const metrics = await metricsOf(metadata.namespace ?? '', scale.status!.selector!);
    const behavior = (spec.behavior ?? undefined) as Behavior | undefined;
    return (spec.metrics ?? []).map((metric) =>
      evaluate(metric, {
        namespace: metadata.namespace ?? '',
        pods: selected.pods,
        metrics,
        currentReplicas: scale.spec.replicas ?? 0,
        ...(behavior && { behavior }),
        now: env.clock.now(),
      }),
    );
  }

  /** The target's Pods, unless it cannot be said which, or others scale them too. */
  function select(key: string, autoscaler: Autoscaler, text: string) {
    const refuse = (reason: string, fault: string, condition = reason, message = fault) => ({
      reason,
      fault,
      verdict: verdict('ScalingActive', false, condition, message),
    });
    if (text === '')
      return refuse(
        'SelectorRequired',
        'selector is required',
        'InvalidSelector',
        "the HPA target's scale is missing a selector",
      );
    let selector: Selector;
    try {
      selector = parseLabelSelector(text);
    } catch (error) {
      const fault = `couldn't convert selector into a corresponding internal selector object: ${textOf(error)}`;
      return refuse('InvalidSelector', fault);
    }
    selectors.set(key, selector);
    const { namespace = '' } = autoscaler.metadata;
    const own = selectedPods(pods, namespace, selector);
    const rivals = rivalsFor(own, namespace);
    if (rivals.length < 2) return { pods: own };
    const fault = `pods by selector ${text} are controlled by multiple HPAs: [${rivals.join(' ')}]`;
    return refuse('AmbiguousSelector', fault);
  }

  /** The autoscalers that any of these Pods is scaled by. */
  function rivalsFor(own: readonly Pod[], namespace: string): string[] {
    return autoscalers
      .byIndex(BY_NAMESPACE, namespace)
      .map(keyOf)
      .filter((key) => own.some((pod) => selectors.get(key)?.matches(pod.metadata.labels)))
      .sort();
  }

  async function metricsOf(namespace: string, labelSelector: string): Promise<PodMetrics[] | { fault: string }> {
    try {
      const { items } = await env.client.list(POD_METRICS, { namespace, labelSelector });
      return items.length > 0 ? items : { fault: 'no metrics returned from resource metrics API' };
    } catch (error) {
      return { fault: `unable to fetch metrics from resource metrics API: ${textOf(error)}` };
    }
  }

  interface Scene {
    readonly key: string;
    readonly history: History;
    readonly autoscaler: Autoscaler;
    readonly target: Target;
    readonly scale: Scale;
    readonly got: Verdict;
  }

  async function act({ key, history, autoscaler, target, scale, got }: Scene, decision: Decision): Promise<void> {
    const currentReplicas = scale.spec.replicas ?? 0;
    const { replicas, reason, metrics: currentMetrics } = decision;
    const seen = { currentReplicas, currentMetrics: currentMetrics as AutoscalerStatus['currentMetrics'] };
    const verdicts = [got, ...decision.verdicts];
    if (decision.blocked) {
      recorder.event(autoscaler, 'Warning', 'FailedComputeMetricsReplicas', decision.fault ?? '');
      await report(autoscaler, verdicts, seen);
      return;
    }
    if (!decision.rescale) {
      histories.set(key, decision.history);
      await report(autoscaler, verdicts, { ...seen, desiredReplicas: currentReplicas });
      return;
    }
    try {
      await targets.write(target, scale, replicas);
    } catch (error) {
      const text = textOf(error);
      histories.set(key, { ...history, recommendations: decision.history.recommendations });
      warn(autoscaler, 'FailedRescale', `New size: ${replicas}; reason: ${reason}; error: ${text}`);
      const message = `the HPA controller was unable to update the target scale: ${text}`;
      await report(autoscaler, [...verdicts, verdict('AbleToScale', false, 'FailedUpdateScale', message)], seen);
      return;
    }
    histories.set(key, decision.history);
    recorder.event(autoscaler, 'Normal', 'SuccessfulRescale', `New size: ${replicas}; reason: ${reason}`);
    const message = `the HPA controller was able to update the target scale to ${replicas}`;
    await report(autoscaler, [...verdicts, verdict('AbleToScale', true, 'SucceededRescale', message)], {
      ...seen,
      desiredReplicas: replicas,
      lastScaleTime: rfc3339(env.clock.now()),
    });
  }

  async function report(
    autoscaler: Autoscaler,
    verdicts: readonly Verdict[],
    seen: Partial<AutoscalerStatus>,
  ): Promise<void> {
    const before = autoscaler.status;
    const conditions = verdicts.reduce((list, one) => setCondition(list, one, env.clock), before?.conditions ?? []);
    const status = { desiredReplicas: 0, ...before, ...seen, conditions } as AutoscalerStatus;
    if (sameStatus(status, before)) return;
    await env.client.replace(AUTOSCALERS, { ...autoscaler, status }, { subresource: 'status' });
  }
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** From what metrics ask for to what is done at once: stabilization, the speed of scaling, and the bounds. */
import { type Behavior, DOWNSCALE_WINDOW_MS, type ScalingRules, type Verdict, verdict } from './autoscaler.ts';
import { atPeriodStart, type History, windowMs, withRecommendation } from './history.ts';

export interface LimitQuestion {
  readonly current: number;
  /** By metrics. */
  readonly wanted: number;
  readonly min: number;
  readonly max: number;
  readonly behavior?: Behavior;
  readonly history: History;
  readonly now: number;
}

export interface LimitAnswer {
  readonly replicas: number;
  readonly verdicts: readonly Verdict[];
  /** With this recommendation noted. */
  readonly history: History;
}

interface Limited {
  readonly replicas: number;
  readonly reason: string;
  readonly message: string;
}

const WITHIN = { reason: 'DesiredWithinRange', message: 'the desired count is within the acceptable range' };
const TOO_MANY = {
  reason: 'TooManyReplicas',
  message: 'the desired replica count is more than the maximum replica count',
};
const TOO_FEW = {
  reason: 'TooFewReplicas',
  message: 'the desired replica count is less than the minimum replica count',
};
const TOO_FAST_UP = {
  reason: 'ScaleUpLimit',
  message: 'the desired replica count is increasing faster than the maximum scale rate',
};
const TOO_FAST_DOWN = {
  reason: 'ScaleDownLimit',
  message: 'the desired replica count is decreasing faster than the maximum scale rate',
};

/** Without a behavior a target at most doubles at once, or grows to this many. */
const UP_FACTOR = 2;
const UP_AT_LEAST = 4;

export function limit(question: LimitQuestion): LimitAnswer {
  const { wanted, behavior, history, now, current } = question;
  const stable = behavior ? stabilizedBothWays(question, behavior) : stabilizedDown(question);
  const limited = behavior
    ? limitedByBehavior({ ...question, wanted: stable }, behavior)
    : limitedAsUsual({ ...question, wanted: stable });
  const { replicas, reason, message } = limited;
  return {
    replicas,
    verdicts: [
      stabilization(stable, wanted, current, behavior !== undefined),
      verdict('ScalingLimited', replicas !== stable, reason, message),
    ],
    history: withRecommendation(history, wanted, now, behavior),
  };
}

/** The highest recommendation of the last minutes. */
function stabilizedDown({ wanted, history, now }: LimitQuestion): number {
  const recent = history.recommendations.filter(({ at }) => at >= now - DOWNSCALE_WINDOW_MS);
  return Math.max(wanted, ...recent.map(({ replicas }) => replicas));
}

/** As near to what is there as the lowest and the highest recommendation of each direction's window allow. */
function stabilizedBothWays({ wanted, current, history, now }: LimitQuestion, behavior: Behavior): number {
  const since = (ms: number) =>
    history.recommendations.filter(({ at }) => at > now - ms).map(({ replicas }) => replicas);
  const lowest = Math.min(wanted, ...since(windowMs(behavior.scaleUp, 0)));
  const highest = Math.max(wanted, ...since(windowMs(behavior.scaleDown, DOWNSCALE_WINDOW_MS)));
  return Math.min(Math.max(current, lowest), highest);
}

function stabilization(stable: number, wanted: number, current: number, bothWays: boolean): Verdict {
  const say = (reason: string, message: string) => verdict('AbleToScale', true, reason, message);
  if (stable === wanted) return say('ReadyForNewScale', 'recommended size matches current size');
  if (bothWays && wanted >= current)
    return say(
      'ScaleUpStabilized',
      'recent recommendations were lower than current one, applying the lowest recent recommendation',
    );
  return say(
    'ScaleDownStabilized',
    'recent recommendations were higher than current one, applying the highest recent recommendation',
  );
}

function limitedAsUsual({ wanted, current, min, max }: LimitQuestion): Limited {
  const fastest = Math.max(UP_FACTOR * current, UP_AT_LEAST);
  if (wanted < min) return { replicas: min, ...TOO_FEW };
  if (max > fastest && wanted > fastest) return { replicas: fastest, ...TOO_FAST_UP };
  if (wanted > max) return { replicas: max, ...TOO_MANY };
  return { replicas: wanted, ...WITHIN };
}

function limitedByBehavior(question: LimitQuestion, { scaleUp, scaleDown }: Behavior): Limited {
  const { wanted, current, min, max } = question;
  if (wanted > current) {
    const fastest = Math.max(current, upLimit(question, scaleUp));
    if (wanted > Math.min(max, fastest))
      return max > fastest ? { replicas: fastest, ...TOO_FAST_UP } : { replicas: max, ...TOO_MANY };
  } else if (wanted < current) {
    const fastest = Math.min(current, downLimit(question, scaleDown));
    if (wanted < Math.max(min, fastest))
      return min < fastest ? { replicas: fastest, ...TOO_FAST_DOWN } : { replicas: min, ...TOO_FEW };
  }
  return { replicas: wanted, ...WITHIN };
}

type Policy = NonNullable<ScalingRules['policies']>[number];

const USUAL_UP: readonly Policy[] = [
  { type: 'Pods', value: 4, periodSeconds: 15 },
  { type: 'Percent', value: 100, periodSeconds: 15 },
];
const USUAL_DOWN: readonly Policy[] = [{ type: 'Percent', value: 100, periodSeconds: 15 }];

function upLimit({ current, history, now }: LimitQuestion, rules: ScalingRules = {}): number {
  if (rules.selectPolicy === 'Disabled') return current;
  const limits = (rules.policies ?? USUAL_UP).map(({ type, value, periodSeconds }) => {
    const start = atPeriodStart(history, current, periodSeconds, now);
    return type === 'Pods' ? start + value : Math.ceil(start * (1 + value / 100));
  });
  return rules.selectPolicy === 'Min' ? Math.min(...limits) : Math.max(...limits);
}

function downLimit({ current, history, now }: LimitQuestion, rules: ScalingRules = {}): number {
  if (rules.selectPolicy === 'Disabled') return current;
  const limits = (rules.policies ?? USUAL_DOWN).map(({ type, value, periodSeconds }) => {
    const start = atPeriodStart(history, current, periodSeconds, now);
    return type === 'Pods' ? start - value : Math.trunc(start * (1 - value / 100));
  });
  return rules.selectPolicy === 'Min' ? Math.max(...limits) : Math.min(...limits);
}

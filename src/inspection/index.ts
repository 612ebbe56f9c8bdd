/**
 * Inspection: facts of hosts, judged by checks, kept as runs, told as briefs.
 *
 * What other rooms of this level need is passed to them as functions by cli/, since rooms of one level do not import each
 * other. For maintenance these are
 *
 *   inspectHost(subject, options)   asks one host now and judges it; keeps nothing
 *   judge(subject, answer, options) judges facts that somebody else has
 *   describe(result, language)      what an operator reads of a result
 */
export { type Asked, type AskOptions, ask } from './ask.ts';
export { type BreakerOptions, withBreaker } from './breaker.ts';
export type { Check, Context, Finding } from './check.ts';
export { CHECKS } from './checks/index.ts';
export { COLLECTOR_FILE, collectorScript } from './collector.ts';
export { type Exemption, type ExemptionWish, MOST_EXEMPT_DAYS, requireExemption } from './exemption.ts';
export { type Fact, Facts, parseFacts, Unreadable } from './facts.ts';
export { type InspectOptions, inspectHost } from './inspect-host.ts';
export {
  type Answer,
  checkOf,
  describe,
  type Failure,
  type Judgement,
  type JudgeOptions,
  judge,
  type Result,
  worstLevel,
} from './judge.ts';
export { isBad, LEVELS, type Level, rank } from './level.ts';
export type { HostMemory } from './memory.ts';
export { briefCsv } from './outputs/csv.ts';
export { briefHtml } from './outputs/html.ts';
export { briefJUnit } from './outputs/junit.ts';
export { type BriefLetter, briefLetter } from './outputs/letter.ts';
export { briefMetrics } from './outputs/metrics.ts';
export { COLUMNS, titleOf } from './outputs/words.ts';
export { type Reach, type ReachOptions, reachOf, WAYS, type Way } from './reach.ts';
export { type BadHosts, badHosts, badHostsByCheck } from './runs/bad-hosts.ts';
export { type Brief, type BriefRow, briefOf, type Systemic } from './runs/brief.ts';
export { type Change, type Diff, diffOf } from './runs/diff.ts';
export { type ExemptionReach, exemptionReach } from './runs/exemption-reach.ts';
export { addExemption, endExemption, listExemptions, type NewExemption } from './runs/exemption-store.ts';
export { type HostRun, hostHistory, levelsOf } from './runs/host-history.ts';
export {
  checkSpec,
  dueAfter,
  findPlan,
  listPlans,
  type Plan,
  type PlanSpec,
  removePlan,
  savePlan,
  TIMEOUT_SECONDS,
  TIMEZONE,
} from './runs/plan.ts';
export { listResults, type ResultQuery } from './runs/result-store.ts';
export {
  createRun,
  endRun,
  findRun,
  keepRuns,
  latestRun,
  listRuns,
  type NewRun,
  type Run,
  type RunQuery,
  type RunSpec,
  type RunState,
} from './runs/run.ts';
export { type RunnerOptions, work } from './runs/runner.ts';
export { type InspectionOptions, startInspection } from './runs/schedule.ts';
export { Trend, type TrendPoint } from './runs/trend.ts';
export { clusterScope, localScope, type ScopeOptions } from './scope.ts';
export { NO_SETTINGS, parseSettings, readSettings, type Settings } from './settings.ts';
export { type NodeSubject, type Subject, zoneOf } from './subject.ts';
export { fill, LANGUAGES, type Language, type Params, type Text } from './text.ts';
export type { Collected, Transport } from './transports/transport.ts';

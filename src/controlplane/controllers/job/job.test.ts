import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { START } from '../../../control/fixture.ts';
import { isActive, isFinished } from '../../../control/index.ts';
import type { batch, Job, Pod } from '../../../kube/index.ts';
import { account } from './account.ts';
import { judgeFailure } from './failure-policy.ts';
import { job, worker } from './fixture.ts';
import { formatIndexes, parseIndexes } from './index-set.ts';
import { INDEX_FAILURES, isTracked, jobPod } from './job-pod.ts';
import { type JobPods, planJob } from './manage.ts';
import { RetryBackoff } from './retry-backoff.ts';
import { isOver, jobStatus } from './status.ts';
import { judgeJob, untilDeadline } from './verdict.ts';

const now = START + 60_000;
const group = (all: readonly Pod[]): JobPods => ({
  all,
  active: all.filter(isActive),
  terminating: all.filter((pod) => pod.metadata.deletionTimestamp !== undefined && !isFinished(pod)),
});
const done = { phase: 'Succeeded' };
const lost = { phase: 'Failed' };

describe('index sets', () => {
  it('are read and written in short form', () => {
    expect(formatIndexes([5, 1, 0, 2])).toBe('0-2,5');
    expect([...parseIndexes('0-2,5', 5)]).toEqual([0, 1, 2]);
    fc.assert(
      fc.property(fc.uniqueArray(fc.nat(50)), (indexes) => {
        expect([...parseIndexes(formatIndexes(indexes), 51)]).toEqual(indexes.toSorted((a, b) => a - b));
      }),
    );
  });
});

describe('account', () => {
  it('puts a Pod that has ended into the uncounted first', () => {
    const [ok, bad] = [worker(done), worker(lost)];
    const accounts = account(job(), [ok, bad]);
    expect(accounts).toMatchObject({ succeeded: 0, failed: 0, totalSucceeded: 1, totalFailed: 1, settled: [ok, bad] });
    expect(accounts.uncounted).toEqual({ succeeded: [ok.metadata.uid], failed: [bad.metadata.uid] });
  });

  it('counts it when its finalizer has gone', () => {
    const ok = worker({ ...done, free: true });
    const status = { uncountedTerminatedPods: { succeeded: [ok.metadata.uid, 'gone'] }, succeeded: 3 };
    expect(account(job({}, status), [ok])).toMatchObject({
      succeeded: 5,
      totalSucceeded: 5,
      uncounted: { succeeded: [] },
    });
  });

  it('counts a Pod that is leaving as failed, unless only failed ones are replaced', () => {
    const leaving = worker({ leaving: true });
    expect(account(job(), [leaving]).totalFailed).toBe(1);
    expect(account(job({ podReplacementPolicy: 'Failed' }), [leaving]).totalFailed).toBe(0);
  });

  it('counts each Pod once, whenever the controller dies', () => {
    const end = fc.constantFrom('Succeeded', 'Failed');
    fc.assert(
      fc.property(fc.array(end, { maxLength: 8 }), fc.infiniteStream(fc.boolean()), (ends, crash) => {
        let current: Job = job({ completions: 20, parallelism: 20, backoffLimit: 100 });
        let pods = ends.map((phase) => worker({ phase }));
        for (let round = 0; round < 60; round++) {
          const accounts = account(current, pods);
          expect(accounts.totalSucceeded).toBe(ends.filter((e) => e === 'Succeeded').length);
          expect(accounts.totalFailed).toBe(ends.filter((e) => e === 'Failed').length);
          const status = jobStatus(current, group(pods), accounts, undefined, now);
          if (crash.next().value) continue;
          current = { ...current, status };
          const first = accounts.settled[0];
          if (crash.next().value || !first) continue;
          pods = pods.map((pod) => (pod === first ? { ...pod, metadata: { ...pod.metadata, finalizers: [] } } : pod));
        }
      }),
      { numRuns: 50 },
    );
  });

  it('counts an index once however many Pods succeed with it', () => {
    const indexed = job({ completionMode: 'Indexed', completions: 3 }, { completedIndexes: '2' });
    const accounts = account(indexed, [
      worker({ ...done, index: 0 }),
      worker({ ...done, index: 0 }),
      worker({ ...done, index: 9 }),
    ]);
    expect([...accounts.completedIndexes].sort()).toEqual([0, 2]);
    expect(accounts).toMatchObject({ succeeded: 2, newlySucceeded: 1 });
    expect(accounts.settled).toHaveLength(3);
  });

  it('gives an index up when it has failed too often', () => {
    const indexed = job({ completionMode: 'Indexed', completions: 3, backoffLimitPerIndex: 1 });
    const second = worker({
      ...lost,
      index: 1,
      metadata: { annotations: { 'batch.kubernetes.io/job-completion-index': '1', [INDEX_FAILURES]: '1' } },
    });
    expect([...account(indexed, [worker({ ...lost, index: 0 }), second]).failedIndexes]).toEqual([1]);
  });
});

describe('judgeJob', () => {
  const judge = (spec: Partial<batch.JobSpec>, status: batch.JobStatus, pods: Pod[] = []) => {
    const one = job(spec, status);
    return judgeJob(one, account(one, pods), group(pods).active, now);
  };
  const started = '2026-01-01T00:00:00Z';
  it.each([
    ['goes on', {}, {}, undefined],
    ['has succeeded often enough', { completions: 3 }, { succeeded: 3 }, 'CompletionsReached'],
    ['has failed too often', { backoffLimit: 1 }, { failed: 2 }, 'BackoffLimitExceeded'],
    ['has failed as often as it may', { backoffLimit: 2 }, { failed: 2 }, undefined],
    ['takes too long', { activeDeadlineSeconds: 60 }, { startTime: started }, 'DeadlineExceeded'],
    ['has time left', { activeDeadlineSeconds: 61 }, { startTime: started }, undefined],
    ['stays decided', {}, { conditions: [{ type: 'FailureTarget', status: 'True', reason: 'Why' }] }, 'Why'],
    [
      'has enough of its indexes',
      {
        completionMode: 'Indexed',
        completions: 3,
        successPolicy: { rules: [{ succeededIndexes: '0-1', succeededCount: 1 }] },
      },
      { completedIndexes: '1' },
      'SuccessPolicy',
    ],
    [
      'has lost an index',
      { completionMode: 'Indexed', completions: 2, backoffLimitPerIndex: 0 },
      { completedIndexes: '1', failedIndexes: '0' },
      'FailedIndexes',
    ],
  ])('%s', (_, spec, status, reason) => {
    expect(judge(spec, status)?.reason).toBe(reason);
  });

  it('counts restarts where containers restart in place', () => {
    const template = { spec: { containers: [{ name: 'main', image: 'sum:1' }], restartPolicy: 'OnFailure' } };
    expect(judge({ template, backoffLimit: 3 }, {}, [worker({ restarts: 3 })])?.reason).toBe('BackoffLimitExceeded');
    expect(judge({ template, backoffLimit: 3 }, {}, [worker({ restarts: 2 })])).toBeUndefined();
  });

  it('fails at once where the policy says so', () => {
    const podFailurePolicy = { rules: [{ action: 'FailJob', onExitCodes: { operator: 'In', values: [42] } }] };
    expect(judge({ podFailurePolicy }, {}, [worker({ name: 'sum-x', ...lost, exitCode: 42 })])).toEqual({
      outcome: 'failed',
      reason: 'PodFailurePolicy',
      message: 'Container main for pod default/sum-x failed with exit code 42 matching FailJob rule at index 0',
    });
  });

  it('knows when to look at the deadline', () => {
    expect(untilDeadline(job({ activeDeadlineSeconds: 90 }, { startTime: started }), now)).toBe(30_000);
    expect(
      untilDeadline(job({ activeDeadlineSeconds: 90, suspend: true }, { startTime: started }), now),
    ).toBeUndefined();
  });
});

describe('judgeFailure', () => {
  const rules = [
    { action: 'Ignore', onPodConditions: [{ type: 'DisruptionTarget', status: 'True' }] },
    { action: 'Count', onExitCodes: { operator: 'NotIn', values: [1] } },
  ];
  it('takes the first rule that fits', () => {
    const disrupted = worker({ ...lost, exitCode: 7 });
    disrupted.status!.conditions!.push({ type: 'DisruptionTarget', status: 'True' });
    expect(judgeFailure(job({ podFailurePolicy: { rules } }), disrupted).action).toBe('Ignore');
    expect(judgeFailure(job({ podFailurePolicy: { rules } }), worker({ ...lost, exitCode: 1 })).action).toBe('Count');
  });
});

describe('planJob', () => {
  const plan = (spec: Partial<batch.JobSpec>, pods: Pod[] = [], status?: batch.JobStatus) => {
    const one = job(spec, status);
    const { create, remove } = planJob(one, group(pods), account(one, pods), now);
    return { create: create.map((pod) => pod.index ?? 'any'), remove: remove.length };
  };
  it.each([
    ['starts as many as may run', { parallelism: 3, completions: 5 }, [], { create: ['any', 'any', 'any'], remove: 0 }],
    [
      'starts no more than are wanted',
      { parallelism: 3, completions: 5 },
      [worker(done), worker(done), worker(done), worker(done)],
      { create: ['any'], remove: 0 },
    ],
    ['replaces what failed', { parallelism: 1, completions: 1 }, [worker(lost)], { create: ['any'], remove: 0 }],
    ['stops what is too much', { parallelism: 1, completions: 5 }, [worker(), worker()], { create: [], remove: 1 }],
    [
      'stops all while suspended',
      { parallelism: 2, completions: 5, suspend: true },
      [worker(), worker()],
      { create: [], remove: 2 },
    ],
    [
      'fills free indexes in order',
      { completionMode: 'Indexed', parallelism: 3, completions: 5 },
      [worker({ index: 1 }), worker({ ...done, index: 0 })],
      { create: [2, 3], remove: 0 },
    ],
    [
      'stops doubles',
      { completionMode: 'Indexed', parallelism: 3, completions: 3 },
      [worker({ index: 1 }), worker({ index: 1 })],
      { create: [], remove: 1 },
    ],
    [
      'waits for what is leaving where only failed ones are replaced',
      { podReplacementPolicy: 'Failed' },
      [worker({ leaving: true })],
      { create: [], remove: 0 },
    ],
    [
      'starts no more of a work queue after a success',
      { completions: undefined, parallelism: 2 },
      [worker(done)],
      { create: [], remove: 0 },
    ],
  ] as [string, Partial<batch.JobSpec>, Pod[], object][])('%s', (_, spec, pods, expected) => {
    expect(plan(spec, pods)).toEqual(expected);
  });
});

describe('jobStatus', () => {
  it('first decides, and ends only when all Pods are accounted for and gone', () => {
    const one = job();
    const ok = worker(done);
    const first = account(one, [ok]);
    const verdict = judgeJob(one, first, [], now)!;
    const decided = { ...one, status: jobStatus(one, group([ok]), first, verdict, now) };
    expect(decided.status.conditions!.map((c) => c.type)).toEqual(['SuccessCriteriaMet']);
    const freed = worker({ ...done, free: true, metadata: { uid: ok.metadata.uid, finalizers: [] } });
    const ended = { ...decided, status: jobStatus(decided, group([freed]), account(decided, [freed]), verdict, now) };
    expect(ended.status).toMatchObject({ succeeded: 1, active: 0, completionTime: '2026-01-01T00:01:00Z' });
    expect(isOver(ended)).toBe(true);
  });

  it('has no start while suspended, and a new one when resumed', () => {
    const suspended = job({ suspend: true }, { startTime: '2026-01-01T00:00:00Z' });
    const status = jobStatus(suspended, group([]), account(suspended, []), undefined, now);
    expect(status.startTime).toBeUndefined();
    expect(status.conditions).toMatchObject([{ type: 'Suspended', status: 'True', reason: 'JobSuspended' }]);
    const resumed = job({}, status);
    expect(jobStatus(resumed, group([]), account(resumed, []), undefined, now)).toMatchObject({
      startTime: '2026-01-01T00:01:00Z',
      conditions: [{ type: 'Suspended', status: 'False', reason: 'JobResumed' }],
    });
  });
});

describe('jobPod', () => {
  it('tells its index in label, annotation, host name and environment', () => {
    const made = jobPod(job({ completionMode: 'Indexed' }), { index: 3 }, () => 0);
    expect(made.metadata.name).toBe('sum-3-bbbbb');
    expect(made.metadata.labels).toMatchObject({ 'batch.kubernetes.io/job-completion-index': '3' });
    expect(made.spec.hostname).toBe('sum-3');
    expect(made.spec.containers[0]!.env![0]!.name).toBe('JOB_COMPLETION_INDEX');
    expect(isTracked(made as Pod)).toBe(true);
  });
});

describe('RetryBackoff', () => {
  it('doubles from 10 s, and starts anew after a success', () => {
    const backoff = new RetryBackoff();
    backoff.note('a', 0, 1, 0);
    expect(backoff.waitOf('a', 0)).toBe(10_000);
    backoff.note('a', 0, 2, 5000);
    expect(backoff.waitOf('a', 5000)).toBe(40_000);
    backoff.note('a', 1, 0, 6000);
    expect(backoff.waitOf('a', 6000)).toBe(0);
  });
});

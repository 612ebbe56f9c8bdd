/** Release: one grey release run of a Group. */
import { z } from 'zod';
import type { Custom, KindDefinition } from './definition.ts';
import {
  conditions,
  count,
  countOrPercent,
  dnsLabel,
  list,
  listMap,
  objectName,
  reference,
  ruled,
  time,
} from './field.ts';
import { RELEASES } from './resource-types.ts';
import { steering } from './steering.ts';

const url = () =>
  z
    .string()
    .max(2048)
    .regex(/^https?:\/\/\S+$/, 'expected an address with http or https');

const httpCheck = () =>
  z.strictObject({
    url: url().describe('What is asked with GET. Redirects are not followed.'),
    expectStatus: z
      .int32()
      .min(100)
      .max(599)
      .optional()
      .describe('The status that is well; without it any from 200 to 299.'),
    expectBody: z.string().max(1024).optional().describe('A text that the answer must contain.'),
  });

const promqlCheck = () =>
  z.strictObject({
    server: url().describe('The address of a Prometheus; /api/v1/query is asked.'),
    query: z.string().min(1).max(4096).describe('The query, in PromQL.'),
    expect: z
      .string()
      .max(64)
      .regex(/^(<|<=|>|>=|==|!=) ?-?[0-9]+(\.[0-9]+)?(e-?[0-9]+)?$/, 'expected a comparison like "< 0.01"')
      .describe('What each value must be, like "< 0.01".'),
    onEmpty: z.enum(['Fail', 'Pass']).default('Fail').describe('How an answer without any value counts.'),
  });

const jobCheck = () =>
  z.strictObject({
    image: z.string().min(1).max(512).describe('The image.'),
    command: list(z.string().max(4096), 64).optional().describe('In place of the image’s own command.'),
    args: list(z.string().max(4096), 64).optional().describe('Arguments of the command.'),
    env: listMap(
      z.strictObject({
        name: z.string().min(1).max(128).describe('The variable.'),
        value: z.string().max(4096).describe('Its value.'),
      }),
      ['name'],
      64,
    )
      .optional()
      .describe('Variables of the container.'),
    serviceAccountName: objectName().optional().describe('The account it runs as.'),
  });

const check = () =>
  ruled(
    z.strictObject({
      name: dnsLabel().max(40).describe('Its name, unlike that of any other check of the step.'),
      http: httpCheck().optional().describe('Ask an address.'),
      promql: promqlCheck().optional().describe('Ask a Prometheus.'),
      job: jobCheck().optional().describe('Run a command in a Job; well when it ends well.'),
      intervalSeconds: count().max(86_400).default(30).describe('So long between two tries.'),
      timeoutSeconds: z.int32().min(1).max(3600).default(30).describe('A try that takes longer has failed.'),
      successes: z.int32().min(1).max(1000).default(1).describe('So many tries must be well before the step is done.'),
      failureLimit: z.int32().min(1).max(1000).default(3).describe('With so many failed tries the check has failed.'),
    }),
    {
      rule: '(has(self.http) ? 1 : 0) + (has(self.promql) ? 1 : 0) + (has(self.job) ? 1 : 0) == 1',
      message: 'must have exactly one of http, promql and job',
    },
  );

const pause = () =>
  z.strictObject({
    durationSeconds: count().optional().describe('So long; without it until somebody approves.'),
  });

const step = () =>
  ruled(
    z.strictObject({
      name: dnsLabel().max(40).optional().describe('Its name, for people.'),
      replicas: countOrPercent()
        .optional()
        .describe('So many Pods are at the target with this step, those before included.'),
      pods: list(objectName(), 200)
        .optional()
        .describe('These Pods are at the target with this step and all later ones.'),
      bakeSeconds: count().optional().describe('So long the Pods must have served before the checks begin.'),
      checks: listMap(check(), ['name'], 16).optional().describe('What must be well before the next step.'),
      pause: pause().optional().describe('Wait after the checks.'),
    }),
    { rule: 'has(self.replicas) || has(self.pods) && size(self.pods) > 0', message: 'must have replicas or pods' },
  );

const spec = () =>
  ruled(
    z.strictObject({
      groupRef: reference().describe('The Group that is released.'),
      targetRevision: objectName()
        .optional()
        .describe(
          'A ControllerRevision of the Group; without it the one of the Group’s template, also when that changes.',
        ),
      steps: list(step(), 50).default([]).describe('In this order; after the last all Pods follow.'),
      autoRollback: z
        .boolean()
        .default(true)
        .describe('Go back when a check has failed or the deadline has passed; else stop, or go on, and say so.'),
      deadlineSeconds: z
        .int32()
        .min(1)
        .default(600)
        .describe('Without progress for so long, pauses not counted, the run is late.'),
    }),
    { rule: 'self.groupRef == oldSelf.groupRef', message: 'is immutable', fieldPath: '.groupRef' },
  );

const checkRecord = () =>
  z.strictObject({
    name: z.string().describe('The check.'),
    successes: count().describe('Tries that were well.'),
    failures: count().describe('Tries that failed.'),
    lastTime: time().optional().describe('When it was tried last.'),
    message: z.string().optional().describe('What came.'),
    job: objectName().optional().describe('The Job that runs now.'),
  });

const approval = () =>
  z.strictObject({ step: count().describe('The step.'), time: time().describe('When it was approved.') });

const entry = () =>
  z.strictObject({
    time: time().describe('When.'),
    event: z.string().describe('One word.'),
    message: z.string().optional().describe('The same for people.'),
  });

export const PHASES = [
  'Pending',
  'Running',
  'Paused',
  'Promoting',
  'RollingBack',
  'Succeeded',
  'RolledBack',
  'Superseded',
  'Failed',
] as const;

const status = () =>
  z.strictObject({
    observedGeneration: z.int().optional().describe('The generation that this was judged on.'),
    phase: z.enum(PHASES).optional().describe('How far the run is.'),
    stepState: z.enum(['Updating', 'Baking', 'Checking', 'Paused']).optional().describe('How far its step is.'),
    run: count().optional().describe('How often the run has begun: once, and once more for each new target or retry.'),
    stableRevision: z.string().optional().describe('What the Group had before.'),
    targetRevision: z.string().optional().describe('What it is to have.'),
    currentStepIndex: count().optional().describe('The step it is at, from 1; one more than there are: all Pods.'),
    steps: count().optional().describe('How many steps there are.'),
    step: z.string().optional().describe('Both, for people: 2/3.'),
    updatedReplicas: count().optional().describe('Pods at the target and available.'),
    expectedReplicas: count().optional().describe('Pods that are to be at the target for now.'),
    replicas: count().optional().describe('Pods that the Group is to have.'),
    updated: z.string().optional().describe('Updated and all, for people: 3/10.'),
    message: z.string().optional().describe('Where it waits and why.'),
    paused: z.boolean().optional().describe('Somebody has paused the run.'),
    steering: steering().optional().describe('What the Group obeys.'),
    checks: listMap(checkRecord(), ['name'], 16).optional().describe('The checks of the step.'),
    approvals: list(approval(), 51).optional().describe('Steps of this run that were approved.'),
    progressTime: time().optional().describe('When something moved last.'),
    stateTime: time().optional().describe('When the step came into its state.'),
    startTime: time().optional().describe('When the run began.'),
    completionTime: time().optional().describe('When it ended.'),
    handledRequest: z.string().optional().describe('The request that was carried out last.'),
    history: list(entry(), 50).optional().describe('What happened, oldest first.'),
    conditions: conditions().optional(),
  });

export type ReleaseSpec = z.output<ReturnType<typeof spec>>;
export type ReleaseStatus = z.output<ReturnType<typeof status>>;
export type Release = Custom<ReleaseSpec, ReleaseStatus>;

export const release: KindDefinition = {
  type: RELEASES,
  shortNames: ['rel'],
  categories: ['all'],
  summary: 'One grey release run of a Group: some Pods first, checks, pauses, then all; and back when it goes wrong.',
  about: `A run begins when the Group's template is another than what its Pods have, and follows the template: when that changes
in the middle, the run begins anew with the new one, and Pods of the middle revision go first; when it is put back to what
the Group had, the run goes back. The Group is never edited: the run is steered by \`status.steering\`, which the Group's
controller obeys. So whatever keeps the Group as it stands in a repository finds nothing to correct. Before the template of a
Group is changed there should be a Release waiting, or \`updateStrategy.rollingUpdate.partition: 100%\` in the Group, so that no
Pod is updated before a Release steers it.

Each step waits until its Pods are available, then bakes, runs its checks, and pauses. Going back ignores every pause, begins
with Pods that serve nobody, and ends at RolledBack; the Group is then held at what it had until its template changes.

What people ask of a run is the annotation \`apps.jdos.jd.com/request\`, which the controller carries out, records and removes:
\`approve:STEP\`, \`pause\`, \`resume\`, \`abort\`, \`jump:STEP\`, \`retry\`. \`jdos release\` writes it, with an id of its own after \`#\`, so
that a request is carried out once whatever happens in between.

Addresses of checks are those of others. Loopback, link-local and other addresses that lead into the control plane's own host are
refused unless it is started with \`--allow-check-addresses\`.

A Release of a newer date takes over from an older one of the same Group, which becomes Superseded.`,
  spec: spec(),
  status: status(),
  columns: [
    { name: 'Group', type: 'string', path: '.spec.groupRef.name' },
    { name: 'Phase', type: 'string', path: '.status.phase' },
    { name: 'Step', type: 'string', path: '.status.step' },
    { name: 'Updated', type: 'string', path: '.status.updated' },
    { name: 'Age', type: 'date', path: '.metadata.creationTimestamp' },
    { name: 'Waits for', type: 'string', path: '.status.message', priority: 1 },
  ],
  example: `apiVersion: apps.jdos.jd.com/v1alpha1
kind: Release
metadata:
  name: web-2
spec:
  groupRef: { name: web }
  steps:
    - { replicas: 1, pause: {} }
    - replicas: 30%
      bakeSeconds: 60
      checks:
        - name: errors
          promql:
            server: http://prometheus.monitoring:9090
            query: sum(rate(http_requests_total{app="web",code=~"5.."}[1m]))
            expect: "< 1"
    - { replicas: 100%, pause: { durationSeconds: 300 } }
  deadlineSeconds: 900
`,
};

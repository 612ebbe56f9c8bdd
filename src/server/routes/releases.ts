/** A Release: how far it is, each Pod of its Group, and what people say to it. */
import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { askRelease, hasEnded, shortRevision, VERBS } from '../../groups/index.ts';
import { appendAudit, type Records } from '../../records/index.ts';
import { RELEASES, type Release } from '../../resources/index.ts';
import type { ClusterDoor } from '../cluster-door.ts';
import { RELEASE_FACTS, RELEASE_PICTURE, type ReleaseFacts } from '../contract/release.ts';
import { groupPicture } from '../group-picture.ts';
import { OBJECT_NAME } from '../object-name.ts';
import { Problem } from '../problem.ts';
import { callerIn } from '../request-guard.ts';
import type { LiveTables } from './lists.ts';

export interface ReleaseRoutes {
  readonly cluster: ClusterDoor;
  readonly tables: LiveTables;
  readonly records: Records;
  readonly now: () => number;
}

const NAME = z.string().min(1).max(253);
const RELEASE = z.object({ namespace: OBJECT_NAME, name: OBJECT_NAME });
/** What whoever asks has seen: another Release, or one that has gone on meanwhile, is not what was meant. */
const SAYING = z.object({
  uid: NAME,
  phase: z.string().max(32),
  at: z.number().int().min(0),
  step: z.number().int().min(1).max(1000).optional(),
});

export function releaseRoutes(plain: FastifyInstance, { cluster, tables, records, now }: ReleaseRoutes): void {
  const app = plain.withTypeProvider<ZodTypeProvider>();

  app.get(
    '/api/v1/releases/:namespace/:name',
    { config: { access: 'viewer' }, schema: { params: RELEASE, response: { 200: RELEASE_PICTURE } } },
    async (request) => {
      const { namespace, name } = request.params;
      const { principal } = callerIn(request);
      const release = await cluster.as(principal, (client) => client.get(RELEASES, name, { namespace }));
      const target = shortRevision(release.status?.targetRevision);
      const whose = { namespace, name: release.spec.groupRef.name, target };
      return { release: viewOf(release), ...(await groupPicture(tables, whose, principal, request.signal)) };
    },
  );

  app.post(
    '/api/v1/releases/:namespace/:name/:verb',
    {
      config: { access: 'operator' },
      schema: { params: RELEASE.extend({ verb: z.enum(VERBS) }), body: SAYING, response: { 200: RELEASE_FACTS } },
    },
    async (request) => {
      const { namespace, name, verb } = request.params;
      const { principal } = callerIn(request);
      const { uid, phase, at, step } = request.body;
      const after = await cluster.as(principal, async (client) => {
        const release = await client.get(RELEASES, name, { namespace });
        const seen = release.metadata.uid === uid && phaseOf(release) === phase && stepOf(release) === at;
        if (!seen)
          throw new Problem('conflict', { detail: `${phaseOf(release)} ${release.status?.step ?? ''}`.trim() });
        const chosen = verb === 'approve' ? at : step;
        return askRelease(client, release, verb, {
          patienceSeconds: 10,
          ...(chosen !== undefined && { step: chosen }),
        });
      });
      await appendAudit(records, {
        at: now(),
        actor: principal.name,
        action: `release.${verb}`,
        object: `release/${namespace}/${name}`,
        detail: { at, ...(step !== undefined && { step }) },
      });
      return viewOf(after);
    },
  );
}

function phaseOf({ status }: Release): string {
  return status?.phase ?? 'Pending';
}

function stepOf({ status }: Release): number {
  return status?.currentStepIndex ?? 0;
}

/** What the page shows; checks keep their addresses to themselves, which may hold what is no business of readers. */
function viewOf(release: Release): ReleaseFacts {
  const { metadata, spec, status = {} } = release;
  return {
    name: metadata.name,
    namespace: metadata.namespace ?? '',
    uid: metadata.uid,
    group: spec.groupRef.name,
    createdAt: metadata.creationTimestamp,
    phase: phaseOf(release),
    ended: hasEnded(status),
    at: stepOf(release),
    stepState: status.stepState ?? null,
    paused: status.paused ?? false,
    message: status.message ?? '',
    stable: status.stableRevision ?? null,
    target: status.targetRevision ?? null,
    updated: status.updatedReplicas ?? 0,
    expected: status.expectedReplicas ?? 0,
    replicas: status.replicas ?? 0,
    steps: spec.steps.map((step) => ({
      name: step.name ?? null,
      replicas: step.replicas ?? null,
      pods: step.pods ?? [],
      bakeSeconds: step.bakeSeconds ?? 0,
      pauseSeconds: step.pause ? (step.pause.durationSeconds ?? null) : 0,
      checks: (step.checks ?? []).map(({ name }) => name),
    })),
    checks: (status.checks ?? []).map(({ name, successes, failures, message = '' }) => ({
      name,
      successes,
      failures,
      message,
    })),
    history: (status.history ?? []).slice(-50).map(({ time, event, message }) => ({
      time,
      event,
      ...(message !== undefined && { message }),
    })),
  };
}

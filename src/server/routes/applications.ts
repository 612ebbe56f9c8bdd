/** One application: where its Pods are, and of a Group its revisions, its Releases and each Pod. */
import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { imagesOf, revisionsOf, rollbackTo, shortRevision } from '../../groups/index.ts';
import { appendAudit, type Records } from '../../records/index.ts';
import { GROUPS } from '../../resources/index.ts';
import type { ClusterDoor } from '../cluster-door.ts';
import { GROUP_FACTS, RELEASE_ROW, SPREAD_ROW } from '../contract/application.ts';
import { groupPicture } from '../group-picture.ts';
import { APPLICATION } from '../lists/application-sql.ts';
import { OBJECT_NAME } from '../object-name.ts';
import { Problem } from '../problem.ts';
import { callerIn } from '../request-guard.ts';
import type { LiveTables } from './lists.ts';

export interface ApplicationRoutes {
  readonly cluster: ClusterDoor;
  readonly tables: LiveTables;
  readonly records: Records;
  readonly now: () => number;
}

const NAME = z.string().min(1).max(253);
const GROUP = z.object({ namespace: OBJECT_NAME, name: OBJECT_NAME });

const SPREAD = `SELECT coalesce(n.zone, '') AS zone, coalesce(n.rack, '') AS rack, count(*) AS pods,
    count(*) FILTER (p.ready) AS ready, count(DISTINCT p.node_name) AS hosts
  FROM pods p LEFT JOIN nodes n ON n.cluster = p.cluster AND n.name = p.node_name
  WHERE p.namespace = $1 AND ${APPLICATION} = $2 AND coalesce(p.phase, '') NOT IN ('Succeeded', 'Failed')
  GROUP BY ALL ORDER BY zone, rack LIMIT 1000`;

const RELEASES_OF = `SELECT name, phase, step, updated, waits_for AS message, created_at AS "createdAt"
  FROM releases__apps_jdos_jd_com WHERE namespace = $1 AND "group" = $2 ORDER BY created_at DESC, name DESC LIMIT 50`;

export function applicationRoutes(plain: FastifyInstance, o: ApplicationRoutes): void {
  const { cluster, tables, records, now } = o;
  const app = plain.withTypeProvider<ZodTypeProvider>();
  const see = { access: 'viewer' } as const;

  app.get(
    '/api/v1/applications/:kind/:namespace/:name/spread',
    {
      config: see,
      schema: {
        params: GROUP.extend({ kind: z.string().regex(/^[A-Za-z]{1,63}$/) }),
        response: { 200: z.object({ items: z.array(SPREAD_ROW) }) },
      },
    },
    async (request) => {
      const { kind, namespace, name } = request.params;
      const { principal } = callerIn(request);
      const rows = await tables.rows(SPREAD, [namespace, `${kind}/${name}`], principal, request.signal);
      return { items: rows.map((row) => SPREAD_ROW.parse(row)) };
    },
  );

  app.get(
    '/api/v1/groups/:namespace/:name',
    { config: see, schema: { params: GROUP, response: { 200: GROUP_FACTS } } },
    async (request) => {
      const { namespace, name } = request.params;
      const { principal } = callerIn(request);
      const { group, revisions } = await cluster.as(principal, async (client) => {
        const found = await client.get(GROUPS, name, { namespace });
        return { group: found, revisions: await revisionsOf(client, found) };
      });
      const target = shortRevision(group.status?.updateRevision);
      const [picture, releases] = await Promise.all([
        groupPicture(tables, { namespace, name, target }, principal, request.signal),
        tables.rows(RELEASES_OF, [namespace, name], principal, request.signal),
      ]);
      return {
        ...picture,
        releases: releases.map((row) => RELEASE_ROW.parse(row)),
        uid: group.metadata.uid,
        replicas: group.spec.replicas,
        current: group.status?.currentRevision ?? null,
        revisions: revisions.toReversed().map((one) => ({
          name: one.metadata.name,
          revision: one.revision,
          images: imagesOf(one),
          createdAt: one.metadata.creationTimestamp ?? '',
        })),
      };
    },
  );

  app.post(
    '/api/v1/groups/:namespace/:name/rollback',
    {
      config: { access: 'operator' },
      schema: {
        params: GROUP,
        body: z.object({ revision: NAME, uid: NAME }),
        response: { 201: z.object({ release: z.string() }) },
      },
    },
    async (request, reply) => {
      const { namespace, name } = request.params;
      const { principal } = callerIn(request);
      const { revision, uid } = request.body;
      const made = await cluster.as(principal, async (client) => {
        const group = await client.get(GROUPS, name, { namespace });
        if (group.metadata.uid !== uid) throw new Problem('conflict', { detail: name });
        const target = (await revisionsOf(client, group)).find(({ metadata }) => metadata.name === revision);
        if (!target) throw new Problem('not-found', { detail: `revision ${revision}` });
        if (group.status?.currentRevision === revision) throw new Problem('refused', { detail: revision });
        return rollbackTo(client, group, target);
      });
      await appendAudit(records, {
        at: now(),
        actor: principal.name,
        action: 'group.rollback',
        object: `group/${namespace}/${name}`,
        detail: { revision, release: made.metadata.name },
      });
      return reply.code(201).send({ release: made.metadata.name });
    },
  );
}

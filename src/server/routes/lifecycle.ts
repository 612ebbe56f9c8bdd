/** The board of hosts by where in their lives they are. */
import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { HOST_STATUSES, HostBook, type HostState, nextStatuses } from '../../nodes/index.ts';
import type { Records } from '../../records/index.ts';
import { BOARD } from '../contract/lifecycle.ts';
import { callerIn } from '../request-guard.ts';
import type { LiveTables } from './lists.ts';
import { allRacks } from './racks.ts';

export interface LifecycleRoutes {
  readonly tables: LiveTables;
  readonly records: Records;
}

/** Hosts shown of each status: those that came to it last. */
const SHOWN = 6;

export function lifecycleRoutes(plain: FastifyInstance, { tables, records }: LifecycleRoutes): void {
  const book = new HostBook(records);

  plain.withTypeProvider<ZodTypeProvider>().get(
    '/api/v1/lifecycle',
    {
      config: { access: 'viewer' },
      schema: {
        querystring: z.object({ zone: z.string().max(63).optional(), search: z.string().trim().max(200).default('') }),
        response: { 200: BOARD },
      },
    },
    async (request) => {
      const { zone, search } = request.query;
      const [racks, states] = await Promise.all([
        allRacks(tables, callerIn(request).principal, request.signal),
        book.states(),
      ]);
      const zones = [...new Set(racks.map((rack) => rack.zone))];
      const places = new Map(
        racks
          .filter((rack) => zone === undefined || rack.zone === zone)
          .flatMap((rack) => rack.hosts.map(({ name }) => [name, { zone: rack.zone, rack: rack.rack }] as const))
          .filter(([name]) => name.includes(search)),
      );
      const here = states.filter(({ host }) => places.has(host));
      const cardOf = (state: HostState) => ({ zone: '', rack: '', ...places.get(state.host), ...state });
      const columns = HOST_STATUSES.map((status) => {
        const own = here.filter((state) => state.status === status);
        const newest = own.toSorted((a, b) => b.since - a.since).slice(0, SHOWN);
        return { status, next: nextStatuses(status), hosts: own.length, cards: newest.map(cardOf) };
      });
      return { columns, zones, unmanaged: places.size - here.length };
    },
  );
}

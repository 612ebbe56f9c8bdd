/** The description of this API, OpenAPI 3.1, made from the schemas by which requests are checked and answers are written. */
import swagger from '@fastify/swagger';
import type { FastifyInstance, FastifySchema } from 'fastify';
import { jsonSchemaTransform } from 'fastify-type-provider-zod';
import { z } from 'zod';
import manifest from '../../package.json' with { type: 'json' };
import { PROBLEM } from './contract/problem.ts';
import { type Access, CSRF_HEADER, cookieName } from './request-guard.ts';

const PATH = '/api/v1/openapi.json';

/** Before the routes, of which it takes note. */
export async function describeApi(app: FastifyInstance, secure: boolean): Promise<void> {
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: { title: 'JDOS', version: manifest.version, description: 'The API of the console' },
      components: {
        securitySchemes: {
          session: { type: 'apiKey', in: 'cookie', name: cookieName(secure) },
          csrf: { type: 'apiKey', in: 'header', name: CSRF_HEADER },
        },
      },
    },
    transform: (document) => {
      const { schema, url, route } = document;
      if (!url.startsWith('/api/')) return { schema: { ...schema, hide: true }, url };
      const told = withAccess(schema ?? {}, url, String(route.method), route.config?.access ?? 'signed-in');
      return jsonSchemaTransform({ ...document, schema: told });
    },
  });
  app.addHook('onReady', async () => {
    app.swagger();
  });
}

export function openApiRoute(app: FastifyInstance): void {
  const schema = { summary: 'This description', response: { 200: z.record(z.string(), z.unknown()) } };
  app.get(PATH, { config: { access: 'viewer' }, schema }, () => app.swagger());
}

/** Whom a route is for is part of what is told of it. */
function withAccess(schema: FastifySchema, url: string, method: string, access: Access): FastifySchema {
  const [, , , room = ''] = url.split('/');
  const open = access === 'anyone';
  const needs: Record<string, string[]> = method === 'GET' ? { session: [] } : { session: [], csrf: [] };
  const { response = {} } = schema as { response?: Record<string, unknown> };
  return {
    ...schema,
    // Of WebSockets too: what may be asked is no secret.
    hide: false,
    tags: [room],
    description: open
      ? 'For anybody'
      : access === 'signed-in'
        ? 'For whoever is signed in'
        : `For role ${access} and above`,
    ...(open ? {} : { security: [needs] }),
    response: {
      ...response,
      default: { description: 'A refusal', content: { 'application/problem+json': { schema: PROBLEM } } },
    },
  };
}

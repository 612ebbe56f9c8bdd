import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { NOTHING } from './contract/page.ts';
import { openTestServer, type TestServer } from './server.testing.ts';

interface Operation {
  readonly description?: string;
  readonly security?: readonly object[];
  readonly parameters?: readonly { readonly name: string; readonly in: string; readonly schema?: object }[];
  readonly requestBody?: { readonly content: Record<string, { readonly schema?: object }> };
  readonly responses: Record<
    string,
    { readonly description?: string; readonly content?: Record<string, { readonly schema?: object }> }
  >;
}

let server: TestServer;
let paths: Record<string, Record<string, Operation>>;
beforeAll(async () => {
  server = await openTestServer();
  const answer = await (await server.signedIn('viewer-1', 'viewer')).ask('GET', '/api/v1/openapi.json');
  const document = answer.json<{ openapi: string; paths: typeof paths }>();
  expect(document.openapi).toBe('3.1.0');
  ({ paths } = document);
});
afterAll(() => server[Symbol.asyncDispose]());

function routes() {
  const own = server.app.declaredRoutes.filter(({ method, url }) => method !== 'HEAD' && url.startsWith('/api/'));
  return own.map(({ method, url, access }) => ({
    name: `${method} ${url}`,
    access,
    parameters: [...url.matchAll(/:(\w+)/g)].map(([, name]) => name!),
    operation: paths[url.replace(/:(\w+)/g, '{$1}')]?.[method.toLowerCase()],
  }));
}

describe('the description of the API', () => {
  it('has every route', () => {
    expect(routes().length).toBeGreaterThan(30);
    expect(routes().filter(({ operation }) => !operation)).toEqual([]);
  });

  it('has a schema for every part of a path', () => {
    const bare = routes().filter(({ parameters, operation }) =>
      parameters.some(
        (name) => !operation?.parameters?.some((one) => one.name === name && one.in === 'path' && one.schema),
      ),
    );
    expect(bare.map(({ name }) => name)).toEqual([]);
  });

  it('tells whom each route is for, and what a change must bring along', () => {
    for (const { name, access, operation } of routes()) {
      if (access === 'anyone') expect([name, operation!.security]).toEqual([name, undefined]);
      else expect([name, operation!.security]).toEqual([name, [expect.objectContaining({ session: [] })]]);
      const changes = !name.startsWith('GET ') && access !== 'anyone';
      if (changes) expect([name, operation!.security]).toEqual([name, [{ session: [], csrf: [] }]]);
      expect(operation!.responses).toHaveProperty('default');
    }
  });

  it('has the answer of every route, which pages are written by', () => {
    const answered = ({ operation }: ReturnType<typeof routes>[number]) =>
      Object.entries(operation?.responses ?? {}).some(([code, { content = {}, description }]) => {
        const schemas = Object.values(content).map(({ schema }) => schema);
        const tells = schemas.some((schema) => schema && Object.keys(schema).length > 0);
        return Number(code) < 400 && (tells || description === NOTHING.description);
      });
    expect(
      routes()
        .filter((route) => !answered(route))
        .map(({ name }) => name),
    ).toEqual([]);
  });
});

import { afterAll, beforeAll, expect, it } from 'vitest';
import { day, ndjson, TestLogs } from '../apilogs/fixture.ts';
import type { KubeClient } from '../kube/index.ts';
import { openTestServer, type Person, type TestServer } from './server.testing.ts';

interface Review {
  readonly spec: {
    readonly groups: readonly string[];
    readonly user: string;
    readonly resourceAttributes: Readonly<Record<string, string>>;
  };
}

/** As a cluster decides in which the role `jdos:audit-reader` is bound to ann in `shop`, and administrators may do everything. */
const authoriser = {
  async create(_: unknown, { spec }: Review) {
    if (spec.user === 'jdos:user:lost') throw new Error('connection refused');
    const { verb, group, resource, namespace } = spec.resourceAttributes;
    const asked = verb === 'get' && group === 'audit.jdos.jd.com' && resource === 'events';
    const allowed = spec.groups.includes('jdos:admins') || (spec.user === 'jdos:user:ann' && namespace === 'shop');
    return { status: { allowed: asked && allowed } };
  },
} as object as KubeClient;

let logs: TestLogs;
let server: TestServer;
let [ann, bob, admin, lost]: Person[] = [];
beforeAll(async () => {
  logs = new TestLogs();
  await logs.import([logs.file('audit.log', ndjson(day()))]);
  server = await openTestServer({ client: authoriser, apiLogs: logs.dir });
  ann = await server.signedIn('ann', 'viewer');
  bob = await server.signedIn('bob', 'operator');
  lost = await server.signedIn('lost', 'admin');
  admin = await server.signedIn('root', 'admin');
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
  await logs[Symbol.asyncDispose]();
});

const ask = async (person: Person | undefined, report: string, query = '') =>
  person!.ask('GET', `/api/v1/api-logs/reports/${report}${query}`);

it('who has the right to read audit events gets reports, and nobody else, whatever his role', async () => {
  const all = await ask(admin, 'namespaces');
  expect([all.statusCode, all.body]).toEqual([200, expect.stringContaining('bank')]);
  for (const query of ['', '?namespaces=shop', '?namespaces=']) {
    const refused = await ask(bob, 'namespaces', query);
    expect(refused.json()).toMatchObject({
      code: 'cluster-refused',
      right: { verb: 'get', resource: 'events', group: 'audit.jdos.jd.com' },
    });
    expect(refused.body).not.toContain('bank');
  }
});

it('63 who has it in one namespace sees this one, and nothing of others or of the cluster', async () => {
  expect((await ask(ann, 'permission-probes')).statusCode).toBe(403);
  expect((await ask(ann, 'permission-probes', '?namespaces=shop,bank')).statusCode).toBe(403);
  for (const { name } of (await ann!.ask('GET', '/api/v1/api-logs/reports')).json<{ items: { name: string }[] }>()
    .items) {
    const answer = await ask(ann, name, '?namespaces=shop&top=1000');
    expect([name, answer.statusCode]).toEqual([name, 200]);
    expect(answer.body).not.toContain('bank');
  }
});

it('where the cluster does not say, nothing is shown', async () => {
  const answer = await ask(lost, 'users');
  expect(answer.statusCode).toBeGreaterThanOrEqual(500);
  expect(answer.body).not.toContain('ann');
});

it('says what there is not: such a report, or any log', async () => {
  expect((await ask(admin, 'nonsense')).statusCode).toBe(404);
  expect((await ask(admin, 'users', '?from=yesterday')).statusCode).toBe(422);
  await using empty = await openTestServer({ client: authoriser });
  const person = await empty.signedIn('root', 'admin');
  expect((await ask(person, 'users')).statusCode).toBe(404);
});

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { VirtualClock } from '../kube/index.ts';
import { HostBook } from '../nodes/index.ts';
import { type PlayedCluster, playCluster } from './played-cluster.testing.ts';
import { openTestServer, type Person, type TestServer } from './server.testing.ts';

const HOST = ['h1', true, false, 'ready', 0.5, 0.25, 0.1];
const asked: { sql: string; parameters: readonly string[] }[] = [];

let cluster: PlayedCluster;
let server: TestServer;
let [viewer, operator]: Person[] = [];
beforeAll(async () => {
  cluster = await playCluster();
  server = await openTestServer({
    client: cluster.client,
    tables: {
      rows: async (sql, parameters) => {
        asked.push({ sql, parameters });
        return sql.includes('json_group_array') ? [{ zone: 'gz-1', rack: 'r1', hosts: JSON.stringify([HOST]) }] : [];
      },
      ageSeconds: async () => 0,
      names: async () => new Set<string>(),
    },
  });
  viewer = await server.signedIn('vera', 'viewer');
  operator = await server.signedIn('olaf', 'operator');
  await new HostBook(server.records, new VirtualClock()).adopt('h1', 'ready', 'jdos', 'new');
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
  await cluster[Symbol.asyncDispose]();
});

describe('racks', () => {
  it('tell their hosts, and a zone travels as a parameter', async () => {
    const answer = await viewer!.ask('GET', "/api/v1/racks?zone=gz-1'%20OR%20true");
    expect(answer.json()).toMatchObject({ items: [{ rack: 'r1', hosts: [{ name: 'h1', cpuShare: 0.5 }] }] });
    const question = asked.find(({ sql }) => sql.includes('json_group_array'));
    expect(question?.parameters).toEqual(["gz-1' OR true"]);
    expect(question?.sql).not.toContain('OR true');
  });
});

describe('maintenance', () => {
  const wish = { host: 'h1', address: 'h1', kind: 'planned', reason: 'a new disk' };
  const asks = [
    ['patch nodes', 'POST', '/api/v1/maintenance'],
    ['list nodes', 'POST', '/api/v1/maintenance'],
    ['list pods', 'POST', '/api/v1/maintenance/preview'],
    ['list nodes', 'GET', '/api/v1/maintenance/resolve?address=h1'],
    ['list nodes', 'POST', '/api/v1/maintenance/diagnose'],
    ['list nodes', 'POST', '/api/v1/inspection/runs'],
    ['list nodes', 'GET', '/api/v1/inspection/runs/latest/results'],
    ['list nodes', 'GET', '/api/v1/inspection/runs/2/diff/1'],
    ['list nodes', 'GET', '/api/v1/inspection/exemptions/reach?check=load&host=h1'],
    ['list nodes', 'GET', '/api/v1/scheduling/explain?namespace=default&pod=p'],
  ] as const;

  it.each(asks)('%s is needed for %s %s, though JDOS itself does it', async (right, method, url) => {
    cluster.forbidden.add(right);
    try {
      const answer = await operator!.ask(method, url, method === 'POST' ? wish : undefined);
      expect(answer.json()).toMatchObject({ code: 'cluster-refused', detail: right });
    } finally {
      cluster.forbidden.clear();
    }
  });

  it('that the cluster would not let somebody do himself is told before he asks for it', async () => {
    cluster.forbidden.add('patch nodes');
    const preview = await operator!.ask('POST', '/api/v1/maintenance/preview', wish);
    cluster.forbidden.clear();
    expect(preview.json()).toMatchObject({
      refusals: expect.arrayContaining(['the cluster does not let you patch nodes']),
    });
  });
});

describe('the life of a host', () => {
  const wish = { to: 'cordoned', reason: 'a new disk', version: 1 };

  it('is everybody’s to see and an operator’s to change, who must give a reason', async () => {
    expect((await viewer!.ask('GET', '/api/v1/hosts/h1')).json()).toMatchObject({ state: { status: 'ready' } });
    expect((await viewer!.ask('POST', '/api/v1/hosts/h1/status', wish)).json()).toMatchObject({ code: 'not-allowed' });
    const silent = await operator!.ask('POST', '/api/v1/hosts/h1/status', { ...wish, reason: ' ' });
    expect(silent.json()).toMatchObject({ code: 'bad-field', fields: [{ field: 'reason' }] });
  });

  it('moves as the table allows; who saw an older state is told, and every change is in its story', async () => {
    const illegal = await operator!.ask('POST', '/api/v1/hosts/h1/status', { ...wish, to: 'retired' });
    expect(illegal.json()).toMatchObject({ code: 'refused', detail: expect.stringContaining('it may become') });
    expect((await operator!.ask('POST', '/api/v1/hosts/h1/status', wish)).statusCode).toBe(200);
    const late = await operator!.ask('POST', '/api/v1/hosts/h1/status', wish);
    expect(late.json()).toMatchObject({ code: 'conflict' });
    const story = await viewer!.ask('GET', '/api/v1/hosts/h1/transitions');
    expect(story.json()).toMatchObject({ items: [{ from: 'ready', to: 'cordoned', actor: 'olaf' }, { to: 'ready' }] });
  });

  it('is changed in the cluster by the operator himself, and for whoever the cluster lets see that host', async () => {
    const changes = cluster.asked.filter(({ method }) => method === 'PATCH');
    expect(changes.length).toBeGreaterThan(0);
    expect(new Set(changes.map(({ as }) => as))).toEqual(new Set(['jdos:user:olaf']));
    cluster.forbidden.add('get nodes');
    for (const part of ['', '/transitions', '/verdicts', '/inspection'])
      expect((await viewer!.ask('GET', `/api/v1/hosts/h1${part}`)).json()).toMatchObject({
        code: 'cluster-refused',
        right: { verb: 'get', resource: 'nodes' },
      });
    cluster.forbidden.clear();
  });

  it('stands on the board under its status, with what may follow', async () => {
    const board = (await viewer!.ask('GET', '/api/v1/lifecycle')).json<{ columns: { status: string }[] }>();
    const column = board.columns.find(({ status }) => status === 'cordoned');
    expect(column).toMatchObject({ hosts: 1, cards: [{ host: 'h1', zone: 'gz-1' }] });
    const elsewhere = (await viewer!.ask('GET', '/api/v1/lifecycle?zone=gz-2')).json<{
      columns: { hosts: number }[];
    }>();
    expect(elsewhere.columns.every(({ hosts }) => hosts === 0)).toBe(true);
  });
});

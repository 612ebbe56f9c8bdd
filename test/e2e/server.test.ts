/** `jdos server` as deploy/server.yaml runs it: with the rights of its service account and no others. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
import { CLIENT, startProvider, type TestProvider, walkThrough } from '../../src/server/accounts/provider.testing.ts';
import { Api, createAccount, PASSWORD } from '../browser/person.ts';
import { Cluster, eventually, freePort, ROOT } from './harness.ts';

const scratch = mkdtempSync(join(tmpdir(), 'jdos-server-'));
const records = join(scratch, 'records');
const snapshots = join(scratch, 'snapshots');
let cluster: Cluster;
let server: ChildProcess;
let said = '';
let [url, health] = ['', ''];
let provider: TestProvider | undefined;

beforeAll(async () => {
  cluster = await Cluster.up({ args: ['--hosts', '3'] });
  await cluster.kubectlOk(['apply', '-f', join(ROOT, 'deploy', 'server.yaml')]);
  const token = (await cluster.kubectlOk('-n jdos-system create token jdos-server')).trim();
  const kubeconfig = join(scratch, 'kubeconfig');
  writeFileSync(kubeconfig, withToken(readFileSync(cluster.kubeconfig, 'utf8'), token));
  const [port, healthPort] = [await freePort(), await freePort()];
  [url, health] = [`http://127.0.0.1:${port}`, `http://127.0.0.1:${healthPort}`];
  const args = [
    'server',
    '--kubeconfig',
    kubeconfig,
    '--records',
    records,
    '--port',
    port,
    '--health-port',
    healthPort,
    ...(await knownToProvider()),
    '--sql-snapshots',
    snapshots,
  ];
  server = spawn(join(ROOT, 'jdos'), args.map(String), { stdio: ['ignore', 'pipe', 'pipe'] });
  for (const stream of [server.stdout, server.stderr])
    stream?.on('data', (chunk: Buffer) => (said += chunk.toString()));
  await eventually(
    () =>
      fetch(`${health}/readyz`).then(
        ({ ok }) => ok,
        () => false,
      ),
    (ok) => ok || server.exitCode !== null,
    { what: 'jdos server ready' },
  );
});
afterAll(async () => {
  server?.kill('SIGTERM');
  if (server?.exitCode === null) await once(server, 'exit');
  await cluster?.stop();
  await provider?.[Symbol.asyncDispose]();
  rmSync(scratch, { recursive: true, force: true });
});

/** Options by which the server knows a provider, and is known there. */
async function knownToProvider(): Promise<string[]> {
  provider = await startProvider();
  provider.trust(url);
  const secret = join(scratch, 'secret');
  writeFileSync(secret, `${CLIENT.secret}\n`);
  const client = ['--oidc-client-id', CLIENT.id, '--oidc-client-secret-file', secret];
  return ['--oidc-issuer', provider.issuer, ...client, '--oidc-viewers', 'staff', '--oidc-operators', 'sre'];
}

function withToken(text: string, token: string): string {
  const config = parse(text) as { users: { user: object }[] };
  for (const user of config.users) user.user = { token };
  return stringify(config);
}

const accounts = (args: string) => cluster.jdos(`accounts ${args} --records ${records}`);

async function firstAdmin(): Promise<Api> {
  const { stdout, stderr } = await accounts('create root --role admin');
  const printed = /first password: (\S+)/.exec(stdout)?.[1];
  expect(printed, stderr).toBeDefined();
  const api = await Api.signIn(url, 'root', printed!);
  await api.ask('POST', '/me/password', { old: printed, new: PASSWORD });
  return api;
}

describe('jdos server', () => {
  let admin: Api;
  beforeAll(async () => {
    admin = await firstAdmin();
  });

  it('shows the cluster to people by their roles, with no more rights than its manifest gives it', async () => {
    const viewer = await createAccount(admin, 'watcher', 'viewer');
    for (const person of [admin, viewer]) {
      const hosts = () => person.ask<{ total: number }>('GET', '/lists/hosts');
      await eventually(hosts, ({ total }) => total === 3, { what: 'the hosts' });
    }
    expect((await viewer.ask<{ total: number }>('GET', '/lists/applications')).total).toBeGreaterThan(0);
    const [pod] = (await viewer.ask<{ items: { namespace: string; name: string }[] }>('GET', '/lists/pods')).items;
    expect(pod).toBeDefined();
    expect(await viewer.ask('GET', `/pods/${pod!.namespace}/${pod!.name}`)).toMatchObject({ name: pod!.name });
  });

  it('28 51 answers SQL within the rights of who asks, in lines or as CSV, and says where a question is wrong', async () => {
    const viewer = await Api.signIn(url, 'watcher', PASSWORD);
    const ask = async (body: object) => {
      const headers = { cookie: viewer.cookie, 'x-jdos-csrf': viewer.csrf, 'content-type': 'application/json' };
      const answer = await fetch(`${url}/api/v1/sql`, { method: 'POST', headers, body: JSON.stringify(body) });
      return { status: answer.status, text: await answer.text() };
    };
    const names = (await cluster.kubectlOk('get nodes -o jsonpath={.items[*].metadata.name}')).split(' ').sort();
    const sql = 'select name from nodes order by name';
    const { text: lines } = await ask({ sql, most: 2 });
    expect(
      lines
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as unknown),
    ).toEqual([
      { columns: [{ name: 'name', type: 'VARCHAR' }], notices: expect.any(Array) },
      ...names.slice(0, 2).map((name) => [name]),
      { rows: 2, more: true },
    ]);
    expect((await ask({ sql, as: 'csv' })).text).toBe(['name', ...names].map((name) => `${name}\r\n`).join(''));
    const refused = await ask({ sql: 'select count(*) from secrets' });
    expect(refused.status).toBe(403);
    expect(JSON.parse(refused.text)).toMatchObject({ code: 'sql-refused', sql: { state: '42501', position: 22 } });
    expect(JSON.parse((await ask({ sql: 'select nam from nodes' })).text)).toMatchObject({
      code: 'sql-wrong',
      sql: { state: '42703', position: 8, hint: expect.stringContaining('name') },
    });
    const { tables } = await viewer.ask<{ tables: { name: string; state?: string }[] }>('GET', '/sql/tables');
    expect(tables.find(({ name }) => name === 'nodes')).toMatchObject({ state: 'live' });
    expect(tables.filter(({ name }) => name.startsWith('secrets'))).toEqual([]);
  });

  it('writes its tables as Parquet as soon as they are there', async () => {
    const written = async () => readdirSync(snapshots).filter((name) => name.startsWith('snapshot='));
    const [first] = await eventually(written, (names) => names.length > 0, { what: 'a snapshot', ms: 120_000 });
    const connection = await (await DuckDBInstance.create(':memory:')).connect();
    const read = await connection.runAndReadAll(
      `select count(*) from read_parquet('${join(snapshots, first!, 'nodes__core.parquet')}')`,
    );
    expect(read.getRows()).toEqual([[3n]]);
    connection.closeSync();
  });

  it('may be nobody but people of the console', async () => {
    const file = join(scratch, 'kubeconfig');
    const who = (group: string) =>
      cluster.kubectl(['--kubeconfig', file, '--as', 'jdos:user:x', '--as-group', group, 'get', 'nodes']);
    expect((await who('jdos:viewers')).code).toBe(0);
    expect((await who('system:masters')).stderr).toContain('cannot impersonate resource "groups"');
    expect((await cluster.kubectl(['--kubeconfig', file, 'get', 'secrets', '-A'])).stderr).toContain('forbidden');
  });

  it('tells how it fares, and counts requests by route', async () => {
    expect(await (await fetch(`${health}/readyz`)).text()).toBe('ok, serves\n');
    const metrics = await (await fetch(`${health}/metrics`)).text();
    const count = (route: string) =>
      `jdos_http_request_duration_seconds_count{method="GET",route="/api/v1/${route}",code="200"}`;
    expect(metrics).toContain(count('lists/hosts'));
    expect(metrics).toContain(count('pods/:namespace/:name'));
    expect(metrics).not.toContain('/pods/kube-system');
  });

  it('lets people of an identity provider in, with the role that their groups give', async () => {
    const begin = await fetch(`${url}/api/v1/sign-in/oidc`, { redirect: 'manual' });
    const journey = begin.headers.getSetCookie()[0]!.split(';', 1)[0]!;
    const back = await walkThrough(begin.headers.get('location')!, 'mei.staff.sre', url);
    const answer = await fetch(back, { redirect: 'manual', headers: { cookie: journey } });
    const session = answer.headers
      .getSetCookie()
      .find((set) => set.startsWith('jdos='))!
      .split(';', 1)[0]!;
    const me = await fetch(`${url}/api/v1/me`, { headers: { cookie: session } });
    expect(await me.json()).toMatchObject({ name: 'mei.staff.sre', role: 'operator' });
  });

  it('lets nobody have done to hosts what the cluster would not let him do himself', async () => {
    const operator = await createAccount(admin, 'olaf', 'operator');
    const host = await idleHost();
    const wish = { host, address: host, kind: 'planned', reason: 'a new disk' };
    const preview = await operator.ask<{ refusals: string[] }>('POST', '/maintenance/preview', wish);
    expect(preview.refusals).toEqual([]);
    const look = () => operator.ask<{ state: { status: string } }>('GET', `/hosts/${host}/moves`);
    await eventually(look, ({ state }) => state.status === 'ready', { what: 'a host that is ready' });
    const move = (to: string, version: number) =>
      operator.ask<{ after: { version: number } }>('POST', `/hosts/${host}/status`, {
        to,
        version,
        reason: 'a new disk',
      });
    const { after } = await move('cordoned', 0);
    await cluster.kubectlOk('delete clusterrolebinding jdos:operators');
    await expect(operator.ask('POST', '/maintenance', wish)).rejects.toThrow(/patch nodes/);
    await expect(move('ready', after.version)).rejects.toThrow(/cluster-refused/);
  });

  it('never writes a password into its log', () => {
    expect(said).not.toMatch(/password: |postgres:\/\//);
  });
});

/** A host that no Pod would have to leave. */
async function idleHost(): Promise<string> {
  const names = async (what: string) => (await cluster.kubectlOk(`get ${what}`)).split(' ').filter(Boolean);
  const busy = await names('pods -A -o jsonpath={.items[*].spec.nodeName}');
  return (await names('nodes -o jsonpath={.items[*].metadata.name}')).find((name) => !busy.includes(name))!;
}

describe('jdos accounts', () => {
  it('takes away and gives the right to sign in, and writes it down', async () => {
    const { stdout } = await accounts('create clara --role operator');
    const first = /first password: (\S+)/.exec(stdout)![1]!;
    expect((await accounts('create clara --role viewer')).stderr).toContain('clara is there already');
    await accounts('disable clara');
    await expect(Api.signIn(url, 'clara', first)).rejects.toThrow('401');
    const renewed = /first password: (\S+)/.exec((await accounts('password clara')).stdout)![1]!;
    await Api.signIn(url, 'clara', renewed);
    await accounts('role clara --role viewer');
    expect((await accounts('list -o json')).stdout).toMatch(/"name": "clara",\s+"role": "viewer"/);
    await accounts('remove clara --yes');
    expect((await accounts('disable clara')).stderr).toContain('there is no account clara');
    const audit = (await cluster.jdos(`audit list --records ${records} -o json`)).stdout;
    for (const action of ['account.create', 'account.change', 'account.remove']) expect(audit).toContain(action);
  });
});

describe('beyond this machine', () => {
  const refused = (args: string) => cluster.jdos(`server --records ${records} ${args}`);

  it.each([
    ['--host 0.0.0.0', '--url: expected where browsers reach the console'],
    ['--host 0.0.0.0 --url http://jdos.example.com', 'travel in the clear'],
    ['--oidc-issuer https://id.example.com', '--oidc-client-id'],
  ])('%s alone is refused: %s', async (args, words) => {
    const { code, stderr } = await refused(args);
    expect(stderr).toContain(words);
    expect(code).toBe(2);
  });
});

/** `jdos server` as deploy/server.yaml runs it: with the rights of its service account and no others. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
import { Api, createAccount, PASSWORD } from '../browser/person.ts';
import { Cluster, eventually, freePort, ROOT } from './harness.ts';

const scratch = mkdtempSync(join(tmpdir(), 'jdos-server-'));
const records = join(scratch, 'records');
let cluster: Cluster;
let server: ChildProcess;
let said = '';
let [url, health] = ['', ''];

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
  rmSync(scratch, { recursive: true, force: true });
});

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
    for (const person of [admin, viewer])
      expect((await person.ask<{ total: number }>('GET', '/lists/hosts')).total).toBe(3);
    expect((await viewer.ask<{ total: number }>('GET', '/lists/applications')).total).toBeGreaterThan(0);
    const [pod] = (await viewer.ask<{ items: { namespace: string; name: string }[] }>('GET', '/lists/pods')).items;
    expect(pod).toBeDefined();
    expect(await viewer.ask('GET', `/pods/${pod!.namespace}/${pod!.name}`)).toMatchObject({ name: pod!.name });
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
    expect(metrics).toContain(
      'jdos_http_request_duration_seconds_count{method="GET",route="/api/v1/lists/:list",code="200"}',
    );
    expect(metrics).not.toContain('/lists/hosts');
  });

  it('never writes a password into its log', () => {
    expect(said).not.toMatch(/password: |postgres:\/\//);
  });
});

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

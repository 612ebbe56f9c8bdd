/** A cluster that is played (bench/sql/cluster.ts), `jdos server` for it, and an administrator who has signed in there. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { Api, PASSWORD } from '../../test/browser/person.ts';
import { eventually, freePort, ROOT, run } from '../../test/e2e/harness.ts';
import { configOf } from '../sql/kubeconfig.ts';

export interface Served extends AsyncDisposable {
  readonly api: Api;
  /** Lets so many of its Pods change, so many a second; resolves when all have. */
  change(count: number, perSecond: number): Promise<unknown>;
}

export async function serve(pods: number, nodes: number): Promise<Served> {
  await using parts = new AsyncDisposableStack();
  const scratch = parts.adopt(mkdtempSync(join(tmpdir(), 'jdos-bench-console-')), (path) =>
    rmSync(path, { recursive: true, force: true }),
  );
  const played = [join(ROOT, 'bench/sql/cluster.ts'), `${pods}`, `${nodes}`];
  const cluster = spawn(process.execPath, played, { stdio: ['ignore', 'pipe', 'inherit'] });
  parts.defer(() => void cluster.kill());
  const address = String((await once(cluster.stdout, 'data'))[0]).trim();
  const kubeconfig = join(scratch, 'kubeconfig');
  writeFileSync(kubeconfig, JSON.stringify(configOf(address)));
  const records = join(scratch, 'records');
  const [port, health] = [await freePort(), await freePort()];
  const flags = ['--kubeconfig', kubeconfig, '--records', records, '--port', `${port}`, '--health-port', `${health}`];
  const server = spawn(join(ROOT, 'jdos'), ['server', ...flags], { stdio: ['ignore', 'ignore', 'inherit'] });
  parts.defer(async () => {
    server.kill();
    await once(server, 'exit');
  });
  await answers(`http://127.0.0.1:${health}/readyz`);
  const api = await administrator(`http://127.0.0.1:${port}`, records);
  await loaded(api, pods);
  const whole = parts.move();
  return {
    api,
    change: (count, perSecond) => fetch(`${address}/change?count=${count}&rate=${perSecond}`),
    [Symbol.asyncDispose]: () => whole.disposeAsync(),
  };
}

async function answers(url: string): Promise<void> {
  const ready = () =>
    fetch(url).then(
      ({ ok }) => ok,
      () => false,
    );
  await eventually(ready, (ok) => ok, { what: 'jdos server ready' });
}

async function administrator(url: string, records: string): Promise<Api> {
  const making = ['accounts', 'create', 'root', '--role', 'admin', '--records', records];
  const { stdout, stderr } = await run(join(ROOT, 'jdos'), making);
  const first = /first password: (\S+)/.exec(stdout)?.[1];
  if (!first) throw new Error(stderr);
  const api = await Api.signIn(url, 'root', first);
  await api.ask('POST', '/me/password', { old: first, new: PASSWORD });
  return api;
}

/** All Pods are in the tables, and the pages are built: a clone does that at the first request, a published package has them. */
async function loaded(api: Api, pods: number): Promise<void> {
  const total = () =>
    api.ask<{ total: number }>('GET', '/lists/pods?pageSize=1').then(
      (list) => list.total,
      () => 0,
    );
  await eventually(total, (count) => count === pods, { ms: 240_000, what: 'all Pods', lookMs: 1000 });
  const page = () => fetch(api.url).then((answer) => answer.text());
  await eventually(page, (text) => text.includes('/assets/'), { ms: 170_000, what: 'the pages' });
}

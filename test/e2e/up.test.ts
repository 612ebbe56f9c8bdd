import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Cluster, freePort, type Output, ROOT, run } from './harness.ts';

const scratch = mkdtempSync(join(tmpdir(), 'jdos-up-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

const jdos = (args: string[], env: Record<string, string> = {}, cwd = scratch): Promise<Output> =>
  run(join(ROOT, 'jdos'), args, { env: { JDOS_DATA: join(scratch, 'none'), ...env }, cwd });

/** So that what is missing is installed before anyone looks at what is printed. */
beforeAll(() => jdos(['version']).then(() => undefined));

describe('jdos', () => {
  it('runs from any directory and through a link', async () => {
    const link = join(scratch, 'jdos-link');
    symlinkSync(join(ROOT, 'jdos'), link);
    const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { version: string };
    expect(await run(link, ['version', '-o', 'name'], { cwd: '/' })).toEqual({
      code: 0,
      stdout: `${version}\n`,
      stderr: '',
    });
  });

  it('answers wrong command lines with exit code 2 and what was expected', async () => {
    for (const args of [
      ['nonsense'],
      ['up', '--hosts', 'many'],
      ['up', '--without', 'gravity'],
      ['status', '-o', 'xml'],
    ]) {
      const { code, stderr } = await jdos(args);
      expect(code, args.join(' ')).toBe(2);
      expect(stderr).toContain('error:');
    }
    expect((await jdos(['up', '--api-port', '70000'])).stderr).toContain('expected a port from 0 to 65535');
  });

  it('says with exit code 3 that nothing runs', async () => {
    for (const args of [['status'], ['down'], ['fleet', 'hosts'], ['fleet', 'fault', 'list']]) {
      const { code, stderr } = await jdos(args);
      expect(code, args.join(' ')).toBe(3);
      expect(stderr).toContain('JDOS_ERR_NOT_RUNNING');
    }
  });

  it('completes commands and options in bash', async () => {
    const { stdout } = await jdos(['completion', 'bash']);
    const complete = async (line: string) => {
      const words = line.split(' ');
      const script = `${stdout}\nCOMP_WORDS=(${words.map((word) => `'${word}'`).join(' ')}) COMP_CWORD=${words.length - 1}\n_jdos; echo "\${COMPREPLY[@]}"`;
      return (await run('bash', ['-c', script])).stdout.trim().split(' ');
    };
    expect(await complete('jdos st')).toEqual(['status']);
    expect(await complete('jdos fleet fault ')).toEqual(expect.arrayContaining(['add', 'list', 'clear', 'kinds']));
    expect(await complete('jdos fleet fault add host-s')).toEqual(['host-silent']);
    expect(await complete('jdos up --without fleet --api')).toEqual(['--api-port']);
  });
});

describe('jdos up', () => {
  const data = join(scratch, 'data');

  it('starts, tells where it is, keeps its data over a clean stop, and takes them up again', async () => {
    await using first = await Cluster.up({ data, args: ['--hosts', '3', '--kubeconfig-out', join(scratch, 'kc')] });
    await first.kubectlOk('create configmap kept --from-literal=a=1');
    expect(first.log).toContain(`export KUBECONFIG=${data}/kubeconfig`);
    expect(readFileSync(join(scratch, 'kc'), 'utf8')).toBe(readFileSync(first.kubeconfig, 'utf8'));
    expect(statSync(first.kubeconfig).mode & 0o777).toBe(0o600);
    expect(await first.stop('SIGINT')).toBe(0);
    await using second = await Cluster.up({ data });
    expect(await second.kubectlOk('get configmap kept -o jsonpath={.data.a}')).toBe('1');
    expect((await second.kubectlOk('get nodes -o name')).trim().split('\n')).toHaveLength(3);
    expect(await second.stop()).toBe(0);
  });

  it('loses nothing acknowledged by kill -9, and its directory is free again', async () => {
    await using first = await Cluster.up({ data });
    await first.kubectlOk('create configmap survivor --from-literal=a=1');
    await first.stop('SIGKILL');
    await using second = await Cluster.up({ data });
    expect(await second.kubectlOk('get configmap survivor -o jsonpath={.data.a}')).toBe('1');
  });

  it('refuses a directory and ports that are taken, and leaves their owner alone', async () => {
    await using cluster = await Cluster.up({ data, args: ['--hosts', '3'] });
    const [free, other] = [String(await freePort()), String(await freePort())];
    const again = await jdos(['up', '--data', data, '--api-port', free, '--console-port', other]);
    expect(again.code).toBe(1);
    expect(again.stderr).toContain(`is in use by process ${cluster.process.pid}`);
    const elsewhere = ['--data', join(scratch, 'elsewhere')];
    const api = await jdos(['up', ...elsewhere, '--api-port', String(cluster.apiPort), '--console-port', free]);
    expect([api.code, api.stderr]).toEqual([1, expect.stringContaining('--api-port (JDOS_ERR_PORT_IN_USE)')]);
    const console = await jdos(['up', ...elsewhere, '--api-port', free, '--console-port', String(cluster.consolePort)]);
    expect([console.code, console.stderr]).toEqual([
      1,
      expect.stringContaining('--console-port (JDOS_ERR_PORT_IN_USE)'),
    ]);
    expect((await cluster.jdos('status')).code).toBe(0);
  });

  it('is ready on both ports, and shows people and programs how it fares', async () => {
    await using cluster = await Cluster.up({ data, args: ['--hosts', '3'] });
    expect(await cluster.kubectlOk(['get', '--raw', '/readyz'])).toBe('ok');
    const status = JSON.parse((await cluster.jdos('status -o json')).stdout) as Record<string, unknown>;
    expect(status).toMatchObject({ ready: true, pid: cluster.process.pid, counts: { hosts: { total: 3, ready: 3 } } });
    const page = await fetch(`http://127.0.0.1:${cluster.consolePort}/status`, {
      headers: { 'accept-language': 'zh-CN' },
    });
    expect(await page.text()).toContain('主机');
    expect((await cluster.jdos('down')).code).toBe(0);
    const code = async () => cluster.process.exitCode;
    expect(await cluster.until(code, (seen) => seen !== null, { what: 'the end of the process' })).toBe(0);
  });

  it('leaves roles to others', async () => {
    await using cluster = await Cluster.up({ args: ['--without', 'fleet,scheduler,controllers,jdos'] });
    expect((await cluster.kubectlOk('get nodes -o name')).trim()).toBe('');
    const { parts } = JSON.parse((await cluster.jdos('status -o json')).stdout) as { parts: { name: string }[] };
    expect(parts.map((part) => part.name)).toEqual(['api']);
  });

  it('does not write over a kubeconfig that is not its own', async () => {
    const file = join(scratch, 'theirs');
    const theirs = 'clusters:\n- name: production\n  cluster: {server: https://example.com}\n';
    writeFileSync(file, theirs);
    const { code, stderr } = await jdos(['up', '--data', join(scratch, 'x'), '--kubeconfig-out', file]);
    expect([code, stderr]).toEqual([2, expect.stringContaining('name another file')]);
    expect(readFileSync(file, 'utf8')).toBe(theirs);
    expect(existsSync(join(scratch, 'x'))).toBe(false);
  });
});

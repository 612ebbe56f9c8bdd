import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { VirtualClock } from './clock.ts';
import { inClusterTarget } from './in-cluster.ts';
import { loadKubeconfig } from './kubeconfig.ts';
import { TokenFile } from './token-file.ts';

const base64 = (text: string) => Buffer.from(text).toString('base64');
let dir: string;

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'kubeconfig-'));
});
afterAll(() => rm(dir, { recursive: true }));

async function file(name: string, text: string): Promise<string> {
  await mkdir(join(dir, name, '..'), { recursive: true });
  await writeFile(join(dir, name), text);
  return join(dir, name);
}

const config = (user: object, cluster: object = {}, context: object = {}) =>
  JSON.stringify({
    'current-context': 'c',
    clusters: [{ name: 'k', cluster: { server: 'https://api:6443/', ...cluster } }],
    users: [{ name: 'u', user }],
    contexts: [{ name: 'c', context: { cluster: 'k', user: 'u', ...context } }],
  });

const signature = async (path: string) => (await loadKubeconfig({ path })).authorization?.();

describe('a kubeconfig', () => {
  it('names the server, the namespace and the context', async () => {
    const path = await file('plain', config({}, {}, { namespace: 'team' }));
    expect(await loadKubeconfig({ path })).toMatchObject({
      server: 'https://api:6443',
      namespace: 'team',
      context: 'c',
      tls: { insecure: false },
    });
    expect(await loadKubeconfig({ path, namespace: 'mine' })).toMatchObject({ namespace: 'mine' });
  });

  it('gives certificates as data or as files beside itself; data win', async () => {
    await file('pki/ca.crt', 'CA FILE');
    await file('pki/me.key', 'KEY FILE');
    const user = {
      'client-certificate-data': base64('CERT DATA'),
      'client-certificate': 'absent',
      'client-key': 'pki/me.key',
    };
    const cluster = { 'certificate-authority': 'pki/ca.crt', 'tls-server-name': 'kubernetes' };
    const { tls } = await loadKubeconfig({ path: await file('certs', config(user, cluster)) });
    expect(tls).toMatchObject({ ca: 'CA FILE', cert: 'CERT DATA', key: 'KEY FILE', serverName: 'kubernetes' });
  });

  it('may trust any certificate, go through a proxy, and act as someone else', async () => {
    const user = { as: 'boss', 'as-uid': '7', 'as-groups': ['a', 'b'] };
    const cluster = { 'insecure-skip-tls-verify': true, 'proxy-url': 'http://proxy:3128' };
    expect(await loadKubeconfig({ path: await file('odd', config(user, cluster)) })).toMatchObject({
      tls: { insecure: true },
      proxyUrl: 'http://proxy:3128',
      impersonate: { user: 'boss', uid: '7', groups: ['a', 'b'] },
    });
  });

  it('signs in by token, token file, or name and password', async () => {
    expect(await signature(await file('token', config({ token: 'T' })))).toBe('Bearer T');
    await file('secret', ' F\n');
    const both = config({ token: 'T', tokenFile: 'secret' });
    expect(await signature(await file('tokenfile', both))).toBe('Bearer F');
    const basic = config({ username: 'u', password: 'p' });
    expect(await signature(await file('basic', basic))).toBe(`Basic ${base64('u:p')}`);
    expect(await signature(await file('none', config({})))).toBeUndefined();
  });

  it('signs in by a plugin, and asks it again after a refusal', async () => {
    const script = await file(
      'plugin',
      `#!/bin/sh\necho x >> ${dir}/calls\nn=$(wc -l < ${dir}/calls)\n` +
        `echo '{"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential","status":{"token":"P'$n'"}}'\n`,
    );
    await chmod(script, 0o755);
    const exec = { apiVersion: 'client.authentication.k8s.io/v1', command: script, interactiveMode: 'Never' };
    const target = await loadKubeconfig({ path: await file('exec', config({ exec })) });
    expect([await target.authorization!(), await target.authorization!()]).toEqual(['Bearer P1', 'Bearer P1']);
    target.renew!();
    expect(await target.authorization!()).toBe('Bearer P2');
  });

  it('is merged of several files: the first to name something decides', async () => {
    const one = await file('one/config', JSON.stringify({ users: [{ name: 'u', user: { tokenFile: 'here' } }] }));
    await file('one/here', 'ONE');
    const two = await file('two/config', config({ token: 'TWO' }));
    const env = { KUBECONFIG: [one, join(dir, 'absent'), two].join(':') };
    const target = await loadKubeconfig({ env });
    expect(target.server).toBe('https://api:6443');
    expect(await target.authorization?.()).toBe('Bearer ONE');
  });

  it('is looked for in the home directory', async () => {
    await file('home/.kube/config', config({ token: 'H' }));
    const target = await loadKubeconfig({ env: { HOME: join(dir, 'home') } });
    expect(await target.authorization?.()).toBe('Bearer H');
  });

  it('chooses another context, cluster or user when told', async () => {
    const text = JSON.stringify({
      clusters: [
        { name: 'k1', cluster: { server: 'https://one' } },
        { name: 'k2', cluster: { server: 'https://two' } },
      ],
      users: [{ name: 'u', user: { token: 'T' } }],
      contexts: [{ name: 'c1', context: { cluster: 'k1' } }],
    });
    const path = await file('several', text);
    expect((await loadKubeconfig({ path, context: 'c1' })).server).toBe('https://one');
    const target = await loadKubeconfig({ path, cluster: 'k2', user: 'u' });
    expect([target.server, await target.authorization?.()]).toEqual(['https://two', 'Bearer T']);
  });

  const refusal = (promise: Promise<unknown>) => promise.catch((error: Error) => error.message);

  it('says what is wrong with it', async () => {
    const absent = join(dir, 'absent');
    expect(await refusal(loadKubeconfig({ path: absent }))).toBe(`kubeconfig ${absent}: there is no such file`);
    const broken = await file('broken', 'a: [');
    expect(await refusal(loadKubeconfig({ path: broken }))).toContain(`kubeconfig ${broken}: it is not YAML: `);
    const scalar = await file('scalar', '"hello"');
    expect(await refusal(loadKubeconfig({ path: scalar }))).toContain('expected a mapping');
    const path = await file('good', config({}));
    expect(await refusal(loadKubeconfig({ path, context: 'x' }))).toContain('there is no context x; there are: c');
    expect(await refusal(loadKubeconfig({ path, user: 'x' }))).toContain('there is no user x; there are: u');
    expect(await refusal(loadKubeconfig({ path, cluster: 'x' }))).toContain('cluster x has no server');
    expect(await refusal(loadKubeconfig({ env: { HOME: dir } }))).toBe(
      `kubeconfig ${dir}/.kube/config: there is no such file, and no cluster around this process`,
    );
    const chosen = JSON.stringify({ contexts: [{ name: 'c', context: {} }] });
    expect(await refusal(loadKubeconfig({ path: await file('unchosen', chosen) }))).toContain(
      'no context is chosen; there are: c',
    );
    const lost = await file('lost', config({ 'client-key': 'gone.key' }));
    expect(await refusal(loadKubeconfig({ path: lost }))).toContain(`${join(dir, 'gone.key')}: it cannot be read`);
  });
});

describe('inside a cluster', () => {
  it('uses the ServiceAccount of the Pod', async () => {
    await file('sa/ca.crt', 'CA');
    await file('sa/namespace', 'here\n');
    await file('sa/token', 'S\n');
    const env = { KUBERNETES_SERVICE_HOST: 'fd00::1', KUBERNETES_SERVICE_PORT: '443' };
    const target = await inClusterTarget(env, join(dir, 'sa'));
    expect(target).toMatchObject({ server: 'https://[fd00::1]:443', namespace: 'here', tls: { ca: 'CA' } });
    expect(await target?.authorization?.()).toBe('Bearer S');
    expect(await inClusterTarget({}, join(dir, 'sa'))).toBeUndefined();
    expect(await inClusterTarget(env, join(dir, 'nothing'))).toBeUndefined();
  });
});

describe('a token file', () => {
  it('is read again after a minute and after a refusal; a file gone meanwhile changes nothing', async () => {
    const path = await file('rotating', 'one');
    const clock = new VirtualClock();
    const token = new TokenFile(path, clock);
    expect(await token.token()).toBe('one');
    await writeFile(path, 'two');
    expect(await token.token()).toBe('one');
    await clock.advance(60_000);
    expect(await token.token()).toBe('two');
    await rm(path);
    await clock.advance(60_000);
    expect(await token.token()).toBe('two');
    await writeFile(path, 'three');
    token.forget();
    expect(await token.token()).toBe('three');
  });

  it('that cannot be read is tried again', async () => {
    const path = join(dir, 'not-yet');
    const token = new TokenFile(path);
    await expect(token.token()).rejects.toThrow('ENOENT');
    await writeFile(path, 'now');
    expect(await token.token()).toBe('now');
  });
});

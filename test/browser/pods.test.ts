import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { CLIENT, startProvider, type TestProvider } from '../../src/server/accounts/provider.testing.ts';
import { Cluster } from '../e2e/harness.ts';
import { openBrowser, Visitor } from './browser.ts';
import { type Api, consoleOf, createAccount, enter, firstSignIn, spaced, WORDS } from './person.ts';
import { sqlPage } from './sql-page.ts';

let [cluster, browser]: [Cluster?, Browser?] = [];
let provider: TestProvider | undefined;
let [operator, viewer]: Api[] = [];
const scratch = mkdtempSync(join(tmpdir(), 'jdos-browser-'));
const HOSTILE = '<img src=x onerror=alert(1)>';

beforeAll(async () => {
  provider = await startProvider();
  const secret = join(scratch, 'secret');
  writeFileSync(secret, CLIENT.secret);
  const known = ['--oidc-issuer', provider.issuer, '--oidc-client-id', CLIENT.id, '--oidc-client-secret-file', secret];
  const args = ['--hosts', '3', ...known, '--oidc-viewers', 'staff', '--oidc-operators', 'sre'];
  [cluster, browser] = await Promise.all([Cluster.up({ args }), openBrowser()]);
  provider.trust(consoleOf(cluster));
  const admin = await firstSignIn(cluster);
  operator = await createAccount(admin, 'olga', 'operator');
  viewer = await createAccount(admin, 'watcher', 'viewer');
  await cluster.kubectlOk(['run', 'web', '--image=nginx', `--annotations=note=${HOSTILE}`]);
  const command = ['run', 'crash', '--image=busybox', '--restart=Always', '--command', '--', 'sh', '-c', 'exit 3'];
  await cluster.kubectlOk(command);
  await cluster.kubectlOk('wait pod/web --for=condition=Ready --timeout=120s');
  const uid = await cluster.kubectlOk('get pod web -o jsonpath={.metadata.uid}');
  const event = {
    apiVersion: 'v1',
    kind: 'Event',
    metadata: { name: 'hostile', namespace: 'default' },
    involvedObject: { kind: 'Pod', apiVersion: 'v1', name: 'web', namespace: 'default', uid },
    reason: 'Hostile',
    message: HOSTILE,
    type: 'Warning',
    source: { component: 'test' },
    firstTimestamp: new Date().toISOString(),
    lastTimestamp: new Date().toISOString(),
    count: 1,
  };
  await cluster.kubectlOk('create -f -', { input: JSON.stringify(event) });
});
afterAll(async () => {
  await browser?.close();
  await cluster?.stop();
  await provider?.[Symbol.asyncDispose]();
  rmSync(scratch, { recursive: true });
});

it('people of an identity provider sign in from the page of the console, with the role that their groups give', async () => {
  await using person = await Visitor.open(browser!, { url: consoleOf(cluster!), language: 'en' });
  const { page } = person;
  await page.goto('/');
  await page.getByRole('link', { name: WORDS.en['sign-in.provider'] }).click();
  await page.getByPlaceholder(/login/).fill('mei.staff.sre');
  await page.getByPlaceholder(/password/).fill('any');
  await page.getByRole('button', { name: /sign-in/i }).click();
  await page.getByRole('button', { name: /continue/i }).click();
  await page.getByRole('heading', { level: 1, name: WORDS.en['menu.home'] }).waitFor();
  await page.getByRole('button', { name: `mei.staff.sre · ${WORDS.en['role.operator']}` }).waitFor();
  const audit = await cluster!.jdos('audit list -o json');
  expect(audit.stdout).toContain('account/mei.staff.sre');
});

describe.each(['zh', 'en'] as const)('a container, in %s', (language) => {
  const word = WORDS[language];
  let person: Visitor;
  beforeAll(async () => {
    person = await enter(browser!, cluster!, language, { name: 'olga' });
  });
  afterAll(() => person[Symbol.asyncDispose]());

  it('has a page with its events, in which nothing of the cluster is more than text', async () => {
    const { page } = person;
    await page.goto('/pods');
    await page.getByRole('link', { name: 'web', exact: true }).click();
    await page.getByRole('heading', { level: 1, name: 'web' }).waitFor();
    await page.getByText(`note=${HOSTILE}`).waitFor();
    await person.screenshot(`pod-${language}`);
    expect(await person.barriers()).toEqual([]);
    await page.getByRole('tab', { name: new RegExp(word['pod.events']) }).click();
    await page.getByRole('cell', { name: HOSTILE, exact: true }).waitFor();
    await page.getByRole('cell', { name: /Scheduled$/ }).waitFor();
    expect(await page.locator('main img, #page img').count()).toBe(0);
    await person.screenshot(`pod-events-${language}`);
    expect(await person.barriers()).toEqual([]);
    expect(person.complaints).toEqual([]);
  });

  it('shows its log, and that of the container before', async () => {
    const { page } = person;
    const [line = ''] = (await cluster!.kubectlOk('logs web')).split('\n');
    await page.goto('/pods/default/web?tab=log');
    await page.getByRole('log').getByText(line).first().waitFor();
    await person.screenshot(`pod-log-${language}`);
    expect(await person.barriers()).toEqual([]);
    await cluster!.until(
      () => cluster!.kubectlOk('get pod crash -o jsonpath={.status.containerStatuses[0].restartCount}'),
      (restarts) => Number(restarts) > 0,
    );
    await page.goto('/pods/default/crash?tab=log');
    await page.getByLabel(word['log.previous']).check();
    const lines = /^(Ended|已结束)/;
    await page.getByRole('status').filter({ hasText: lines }).waitFor();
    expect(person.complaints).toEqual([]);
  });

  it('has a terminal: what is typed there is run in the container, and its end is told', async () => {
    const { page } = person;
    await page.goto('/pods/default/web?tab=terminal');
    await page.getByRole('button', { name: spaced(word['terminal.open']) }).click();
    const screen = page.getByRole('region', { name: word['pod.terminal'] });
    await screen.getByText(/\$|#/).first().waitFor();
    await page.keyboard.type('hostname\r');
    await screen.getByText('web', { exact: true }).first().waitFor();
    await person.screenshot(`pod-terminal-${language}`);
    expect(await person.barriers()).toEqual([]);
    await page.keyboard.type('exit\r');
    await page.getByText(language === 'zh' ? '已退出，退出码 0' : 'Ended with exit code 0').waitFor();
    const audit = await cluster!.until(
      async () => (await cluster!.jdos('audit list -o json')).stdout,
      (text) => text.includes('terminal.close'),
    );
    expect(audit).toContain('terminal.open');
    expect(person.complaints).toEqual([]);
  });
});

describe('a terminal', () => {
  const path = '/pods/default/web/terminal?container=web';
  interface Wish {
    readonly origin?: string;
    readonly cookie?: string;
    readonly token?: string;
  }

  /** The status of the answer, 101 for an open terminal. */
  async function knock({ origin, cookie, token = '' }: Wish): Promise<number> {
    const { url } = operator!;
    const socket = new WebSocket(`${url.replace('http', 'ws')}/api/v1${path}`, ['jdos.terminal', token || 'none'], {
      headers: { ...(cookie && { cookie }), ...(origin && { origin }) },
    });
    const answered = Promise.withResolvers<number>();
    socket.on('open', () => answered.resolve(101));
    socket.on('unexpected-response', (_, { statusCode = 0 }) => answered.resolve(statusCode));
    socket.on('error', () => answered.resolve(0));
    const status = await answered.promise;
    socket.terminate();
    return status;
  }

  it('is opened for operators from the console’s own pages, and for nobody else', async () => {
    const { url: origin, cookie, csrf: token } = operator!;
    expect(await knock({ origin, cookie, token })).toBe(101);
    expect(await knock({ origin })).toBe(401);
    expect(await knock({ origin, cookie: viewer!.cookie, token: viewer!.csrf })).toBe(403);
    expect(await knock({ origin, cookie })).toBe(403);
    expect(await knock({ origin, cookie, token: viewer!.csrf })).toBe(403);
    expect(await knock({ origin: 'https://evil.example', cookie, token })).toBe(403);
    expect(await knock({ cookie, token })).toBe(403);
  });

  it('is the cluster’s to refuse, and the page says which right is missing', async () => {
    await cluster!.kubectlOk('delete clusterrolebinding jdos:operators:edit');
    await using person = await enter(browser!, cluster!, 'en', { name: 'olga' });
    const { page } = person;
    await page.goto('/pods/default/web?tab=terminal');
    await page.getByRole('button', { name: WORDS.en['terminal.open'] }).click();
    await page.getByText(/The right that is missing in the cluster: \w+ pods\/exec -n default/).waitFor();
  });
});

sqlPage(() => ({ cluster: cluster!, browser: browser! }), 'watcher');

import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { en } from '../../console/src/words/en.ts';
import { zh } from '../../console/src/words/zh.ts';
import { Cluster, ROOT } from '../e2e/harness.ts';
import { openBrowser, Visitor } from './browser.ts';

const PASSWORD = 'a sentence to remember';
let [cluster, browser]: [Cluster?, Browser?] = [];
let url = '';

beforeAll(async () => {
  [cluster, browser] = await Promise.all([Cluster.up({ args: ['--hosts', '30'] }), openBrowser()]);
  url = `http://127.0.0.1:${cluster.consolePort}`;
  await cluster.kubectlOk(`apply -f ${ROOT}/examples/shop.yaml`);
  await cluster.kubectlOk('-n shop rollout status deployment/web --timeout=120s');
});
afterAll(async () => {
  await browser?.close();
  await cluster?.stop();
});

const words = { zh, en };

async function visitor(language: 'zh' | 'en', dark = false): Promise<Visitor> {
  return Visitor.open(browser!, { url, language, dark });
}

/** Signs in and waits until the console is there. */
async function enter(person: Visitor, language: 'zh' | 'en'): Promise<void> {
  await person.page.goto('/sign-in');
  await signIn(person, 'admin', PASSWORD, language);
  await person.page.getByRole('heading', { name: words[language]['menu.home'] }).waitFor();
}

async function signIn({ page }: Visitor, name: string, password: string, language: 'zh' | 'en'): Promise<void> {
  const word = words[language];
  await page.getByLabel(word['sign-in.name']).fill(name);
  await page.getByLabel(word['sign-in.password'], { exact: true }).fill(password);
  await page.getByRole('button', { name: spaced(word['sign-in.enter']) }).click();
}

/** antd puts a space between two Chinese characters of a button. */
function spaced(text: string): RegExp {
  return new RegExp(`^${[...text].join('\\s?')}$`);
}

describe('the first sign-in', () => {
  it('leads with the printed password to a new one, and from there to the page that was asked for', async () => {
    const printed = /password: (\S+)/.exec(cluster!.log)?.[1];
    expect(printed).toMatch(/^[\w-]{20}$/);
    await using admin = await visitor('zh');
    const { page } = admin;
    await page.goto('/hosts');
    await page.getByLabel(zh['sign-in.name']).waitFor();
    expect(await admin.barriers()).toEqual([]);
    await admin.screenshot('sign-in-zh');
    await signIn(admin, 'admin', 'not the password!', 'zh');
    await page.getByText('用户名或密码不正确').waitFor();
    await signIn(admin, 'admin', printed!, 'zh');
    await page.getByLabel(zh['password.old']).fill(printed!);
    await page.getByLabel(zh['password.new'], { exact: true }).fill(PASSWORD);
    await page.getByLabel(zh['password.again']).fill(PASSWORD);
    await page.getByRole('button', { name: zh['password.change'] }).click();
    await page.getByRole('heading', { name: zh['menu.hosts'] }).waitFor();
    expect(new URL(page.url()).pathname).toBe('/hosts');
    expect(admin.complaints.filter((text) => !text.includes('401'))).toEqual([]);
  });
});

it('a morning: the brief, the failing host, its diagnosis, the preview, the treatment under way, and back', async () => {
  await using person = await visitor('zh', false);
  const { page } = person;
  const host = (await cluster!.kubectlOk('get nodes -o jsonpath={.items[3].metadata.name}')).trim();
  await cluster!.jdos(['fleet', 'fault', 'add', 'limit-lost', '--host', host, '--set', 'limit=cpu']);
  await enter(person, 'zh');
  await page.getByRole('link', { name: zh['menu.inspection'], exact: true }).first().click();
  await page.getByRole('button', { name: zh['inspection.start'] }).click();
  await page.getByRole('link', { name: /cadvisor cgroup cpu quota.*Error 1/ }).click();
  await page.getByRole('main').getByRole('link', { name: host }).first().waitFor();
  await person.screenshot('inspection-run-zh');
  await page.getByRole('main').getByRole('link', { name: zh['menu.maintenance'] }).first().click();
  await page.getByRole('button', { name: spaced(zh['maintenance.diagnose']) }).click();
  await page
    .getByRole('button', { name: spaced(zh['maintenance.treat']) })
    .first()
    .click();
  await page.getByRole('button', { name: zh['maintenance.preview'] }).click();
  await page.getByText(zh['maintenance.undo']).waitFor();
  await person.screenshot('maintenance-zh');
  expect(await person.barriers()).toEqual([]);
  await page.getByRole('button', { name: zh['maintenance.start'] }).click();
  await page.getByRole('heading', { level: 1, name: new RegExp(host) }).waitFor();
  await page.getByText(/asked for:/).waitFor();
  await person.screenshot('operation-zh');
  expect(await person.barriers()).toEqual([]);
  await page.getByRole('button', { name: spaced(zh['operation.abort']) }).click();
  await page.getByRole('tooltip').getByRole('button').last().click();
  await page.getByText(zh['operation.state.aborted']).first().waitFor();
  expect(await cluster!.kubectlOk(['get', 'node', host, '-o', 'jsonpath={.spec.unschedulable}'])).toBe('');
  await page.goto('/operations');
  await page.getByRole('row').filter({ hasText: host }).first().waitFor();
  expect(person.complaints).toEqual([]);
});

describe.each(['zh', 'en'] as const)('in %s', (language) => {
  const word = words[language];
  let person: Visitor;
  beforeAll(async () => {
    person = await visitor(language, language === 'en');
    await enter(person, language);
  });
  afterAll(() => person[Symbol.asyncDispose]());

  it.each([
    ['/', 'menu.home', '30'],
    ['/inspection', 'menu.inspection', 'kubelet'],
    ['/maintenance', 'menu.maintenance', ''],
    ['/operations', 'menu.operations', ''],
    ['/hosts', 'menu.hosts', 'gz1'],
    ['/applications', 'menu.applications', 'Deployment'],
    ['/pods', 'menu.pods', 'agent-'],
    ['/settings/accounts', 'menu.accounts', 'admin'],
    ['/settings/audit', 'menu.audit', 'account.change'],
  ] as const)('%s shows what it is for, and anybody can use it', async (path, title, content) => {
    const { page } = person;
    await page.goto(path);
    await page.getByRole('heading', { level: 1, name: word[title] }).waitFor();
    if (content) await page.getByRole('main').getByText(content).first().waitFor();
    await person.screenshot(`${title.slice(title.indexOf('.') + 1)}-${language}`);
    expect(await person.barriers()).toEqual([]);
    expect(person.complaints).toEqual([]);
  });

  it('a list keeps in the URL what was asked of it, and back leads to the same place', async () => {
    const { page } = person;
    await page.goto('/pods');
    await page.getByLabel(word['list.search']).fill('web');
    await page.waitForURL(/search=web/);
    const rows = page.getByRole('main').getByRole('row');
    await rows.filter({ hasText: 'agent-' }).first().waitFor({ state: 'detached' });
    await rows.filter({ hasText: 'web-' }).first().waitFor();
    const host = page.getByRole('main').getByRole('link').first();
    const name = await host.textContent();
    await host.click();
    await page.getByRole('heading', { level: 1, name: name! }).waitFor();
    await page.goBack();
    await page.waitForURL(/search=web/);
    expect(await page.getByLabel(word['list.search']).inputValue()).toBe('web');
  });

  it('a filter keeps every key, however the typing falls between the answers', async () => {
    const { page } = person;
    const box = page.getByLabel(word['list.search']);
    for (const delay of [90, 150, 170]) {
      await page.goto('/pods');
      await page.getByRole('main').getByRole('row').nth(3).waitFor();
      await box.pressSequentially('agent-', { delay });
      await page.waitForURL(/search=agent-/);
      expect([delay, await box.inputValue()]).toEqual([delay, 'agent-']);
    }
    await page.getByRole('button', { name: /close-circle|clear/ }).click();
    await page.waitForURL((url) => !url.searchParams.has('search'));
  });

  it('a slash leads to the search, and an address to the host that has it', async () => {
    const { page } = person;
    const ip = (await cluster!.kubectlOk('get nodes -o jsonpath={.items[7].status.addresses[0].address}')).trim();
    const name = (await cluster!.kubectlOk('get nodes -o jsonpath={.items[7].metadata.name}')).trim();
    await page.goto('/');
    await page.getByRole('heading', { level: 1 }).waitFor();
    await page.keyboard.press('/');
    await page.keyboard.type(ip);
    await page.keyboard.press('Enter');
    await page.getByRole('main').getByRole('link', { name }).click();
    await page.getByRole('heading', { level: 1, name }).waitFor();
  });
});

it('what happens in the cluster shows without anybody asking', async () => {
  await using person = await visitor('en');
  const { page } = person;
  await enter(person, 'en');
  await page.goto('/pods?search=appears');
  await page.getByText(en['list.none-found']).waitFor();
  await cluster!.kubectlOk('create configmap unrelated');
  await cluster!.kubectlOk('run appears --image=nginx');
  await page.getByRole('cell', { name: /^appears/ }).waitFor();
});

it('names from the cluster are text, whatever they hold', async () => {
  await using person = await visitor('en');
  const { page } = person;
  const hostile = '<img src=x onerror=alert(1)>';
  await cluster!.kubectlOk(['create', 'deployment', 'hostile', '--image=nginx', '--replicas=0']);
  const patch = JSON.stringify({
    metadata: { labels: { 'app.kubernetes.io/managed-by': 'x' }, annotations: { note: hostile } },
  });
  await cluster!.kubectlOk(['patch', 'deployment', 'hostile', '--type=merge', '-p', patch]);
  await enter(person, 'en');
  await page.goto(`/search?q=${encodeURIComponent(hostile)}`);
  await page.getByRole('heading', { level: 1 }).waitFor();
  expect(await page.locator('main img').count()).toBe(0);
  expect(await page.getByRole('heading', { level: 1 }).textContent()).toContain(hostile);
});

/** An operator's morning, from the sign-in to the recovery mail, with a colleague who agrees and a mail server that is real. */
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { PostOffice } from '../../src/maintenance/fixture.ts';
import { Cluster } from '../e2e/harness.ts';
import { openBrowser } from './browser.ts';
import { type Api, createAccount, enter, firstSignIn, spaced, WORDS } from './person.ts';

const word = WORDS.zh;
let post: PostOffice;
let [cluster, browser, admin]: [Cluster?, Browser?, Api?] = [];
let host = '';

beforeAll(async () => {
  post = await PostOffice.open();
  [cluster, browser] = await Promise.all([Cluster.up({ args: ['--hosts', '30'] }), openBrowser()]);
  admin = await firstSignIn(cluster);
  await createAccount(admin, 'olga', 'operator');
  await createAccount(admin, 'otto', 'operator');
  const people = { from: 'jdos@example.com', to: ['ops@example.com'], owners: {}, language: 'zh' };
  await admin.ask('PUT', '/settings/mail', { ...post.place, ...people });
  await cluster.kubectlOk('create deployment web --image=nginx --replicas=60');
  await cluster.kubectlOk('rollout status deployment/web --timeout=120s');
  host = (await cluster.kubectlOk('get pods -l app=web -o jsonpath={.items[0].spec.nodeName}')).trim();
  await cluster.jdos(['fleet', 'fault', 'add', 'processes', '--host', host, '--set', 'percent=99']);
}, 400_000);
afterAll(async () => {
  await browser?.close();
  await cluster?.stop();
  await post?.[Symbol.asyncDispose]();
});

it('sees the brief, opens the failing row, diagnoses, previews, asks; a colleague agrees; it is emptied, repaired, verified, given back, told and on record', async () => {
  await using olga = await enter(browser!, cluster!, 'zh', { name: 'olga' });
  const { page } = olga;
  const main = page.getByRole('main');
  await page.getByRole('link', { name: word['menu.inspection'], exact: true }).first().click();
  await page.getByRole('button', { name: word['inspection.start'] }).click();
  await main
    .getByRole('link', { name: /: (Error|Alarm) 1$/ })
    .first()
    .click();
  await main.getByRole('link', { name: host }).first().waitFor();
  await main
    .getByRole('row')
    .filter({ hasText: host })
    .getByRole('link', { name: word['menu.maintenance'] })
    .first()
    .click();
  await page.getByRole('button', { name: spaced(word['maintenance.diagnose']) }).click();
  await main.getByRole('row').filter({ hasText: 'reboot' }).getByRole('button').click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel(word['maintenance.healthy']).fill('0');
  await dialog.getByRole('button', { name: word['maintenance.preview'] }).click();
  await dialog.getByText(word['maintenance.undo']).waitFor();
  await olga.screenshot('morning-preview');
  await dialog.getByRole('button', { name: word['maintenance.start'] }).click();
  await page.getByRole('heading', { level: 1, name: new RegExp(host) }).waitFor();
  await main.getByText(word['operation.state.awaiting-approval']).first().waitFor();
  expect(await main.getByRole('button', { name: spaced(word['operation.approve']) }).isDisabled()).toBe(true);

  await using otto = await enter(browser!, cluster!, 'zh', { name: 'otto' });
  await otto.page.goto(new URL(page.url()).pathname);
  await otto.page.getByRole('button', { name: spaced(word['operation.approve']) }).click();

  await main.getByText(word['operation.state.succeeded']).first().waitFor({ timeout: 100_000 });
  await main.getByRole('row').filter({ hasText: word['mails.recovery'] }).getByText(word['mails.state.sent']).waitFor();
  await olga.screenshot('morning-done');
  expect(await olga.barriers()).toEqual([]);
  expect(await cluster!.kubectlOk(['get', 'node', host, '-o', 'jsonpath={.spec.unschedulable}'])).toBe('');
  expect(post.letters).toHaveLength(2);
  expect(post.letters[1]!.text).toMatch(/^In-Reply-To: </m);
  await page.goto('/operations');
  await main
    .getByRole('row')
    .filter({ hasText: host })
    .filter({ hasText: word['operation.state.succeeded'] })
    .waitFor();
  expect([...olga.complaints, ...otto.complaints]).toEqual([]);
}, 240_000);

import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Cluster } from '../e2e/harness.ts';
import { openBrowser, type Visitor } from './browser.ts';
import { createAccount, enter, firstSignIn, spaced, WORDS } from './person.ts';

let [cluster, browser]: [Cluster?, Browser?] = [];

beforeAll(async () => {
  [cluster, browser] = await Promise.all([Cluster.up({ args: ['--hosts', '30'], examples: true }), openBrowser()]);
  const admin = await firstSignIn(cluster);
  await createAccount(admin, 'watcher', 'viewer');
  await createAccount(admin, 'olga', 'operator');
  await cluster.kubectlOk('-n demo wait release/web-1.29 --for=jsonpath={.status.stepState}=Paused --timeout=120s');
});
afterAll(async () => {
  await browser?.close();
  await cluster?.stop();
});

describe.each(['zh', 'en'] as const)('the fleet that `jdos up` opens on, in %s', (language) => {
  const word = WORDS[language];
  let person: Visitor;
  beforeAll(async () => {
    person = await enter(browser!, cluster!, language, { name: 'watcher' });
  });
  afterAll(() => person[Symbol.asyncDispose]());

  it('has applications by owner, and a Group with its Pods by zone and rack', async () => {
    const { page } = person;
    await page.goto('/applications');
    const row = page.getByRole('row').filter({ hasText: 'shop' }).filter({ hasText: 'web' });
    await row.getByText('12 / 12').waitFor();
    await person.screenshot(`applications-${language}`);
    await row.getByRole('link', { name: 'web', exact: true }).click();
    await page.getByRole('heading', { level: 1, name: 'web' }).waitFor();
    await page.getByRole('heading', { level: 2, name: word['application.spread'] }).waitFor();
    await page.getByRole('cell', { name: /gz1/ }).first().waitFor();
    await page.getByRole('cell', { name: /nginx:1.29/ }).waitFor();
    await person.screenshot(`application-${language}`);
    expect(await person.barriers()).toEqual([]);
    expect(person.complaints).toEqual([]);
  });

  it('has a release that waits, with a picture of each Pod, and nothing to press for who may only look', async () => {
    const { page } = person;
    await page.goto('/releases/demo/web-1.29');
    await page.getByRole('heading', { level: 1, name: /web-1\.29/ }).waitFor();
    await page.getByRole('link', { name: new RegExp(`^web-\\d+: ${word['part.new']}$`) }).waitFor();
    await page
      .getByRole('link', { name: new RegExp(`^web-\\d+: ${word['part.old']}$`) })
      .nth(10)
      .waitFor();
    expect(await page.getByRole('button', { name: spaced(word['release.approve']) }).count()).toBe(0);
    await person.screenshot(`release-${language}`);
    expect(await person.barriers()).toEqual([]);
    expect(person.complaints).toEqual([]);
  });
});

it('an operator approves, pauses, sees two revisions side by side, and takes all of it back', async () => {
  await using person = await enter(browser!, cluster!, 'zh', { name: 'olga' });
  const word = WORDS.zh;
  const { page } = person;
  const button = (name: keyof typeof word) => page.getByRole('button', { name: spaced(word[name]) });
  await page.goto('/releases/demo/web-1.29');
  await button('release.approve').click();
  await page.getByText('5 / 12').waitFor();
  await button('release.pause').click();
  await page.getByText(word['release.phase.Paused']).waitFor();
  await button('release.resume').waitFor();
  await button('release.abort').click();
  await page
    .getByRole('dialog')
    .getByText(/5 个 Pod 将回到/)
    .waitFor();
  expect(await person.barriers()).toEqual([]);
  await person.screenshot('release-abort-zh');
  await page
    .getByRole('dialog')
    .getByRole('button', { name: spaced(word['release.abort']) })
    .click();
  await page.getByText(word['release.phase.RolledBack']).waitFor();
  // The picture comes from the tables, a moment after the Release itself.
  await page
    .getByRole('link', { name: new RegExp(`: ${word['part.old']}$`) })
    .nth(11)
    .waitFor();
  const audit = await cluster!.jdos('audit list -o json');
  for (const action of ['release.approve', 'release.pause', 'release.abort']) expect(audit.stdout).toContain(action);
  expect(person.complaints).toEqual([]);
});

it('an operator takes a Group to another of its revisions, by a Release that he sees at once', async () => {
  await using person = await enter(browser!, cluster!, 'zh', { name: 'olga' });
  const word = WORDS.zh;
  const { page } = person;
  await page.goto('/applications/Group/demo/web');
  await page.getByRole('row').filter({ hasText: 'nginx:1.28' }).getByText(word['application.current']).waitFor();
  const other = page.getByRole('row').filter({ hasText: 'nginx:1.29' });
  await other.getByRole('button', { name: spaced(word['application.back-to']) }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByText(/12 个 Pod 将从/).waitFor();
  await dialog.getByText(word['application.back-undo']).waitFor();
  expect(await person.barriers()).toEqual([]);
  await person.screenshot('rollback-zh');
  await dialog.getByRole('button', { name: spaced(word['application.back-to']) }).click();
  await page.waitForURL(/releases\/demo\/web-rollback-/);
  await page.getByText(word['release.phase.Succeeded']).waitFor();
  expect((await cluster!.jdos('audit list -o json')).stdout).toContain('group.rollback');
  expect(person.complaints).toEqual([]);
});

it('who comes second sees how it stands now, and is asked again', async () => {
  await using person = await enter(browser!, cluster!, 'en', { name: 'olga' });
  const { page } = person;
  await page.route('**/api/v1/releases/demo/web-1.29', async (route) => {
    const answer = await route.fetch();
    const told = (await answer.json()) as { release: { phase: string; ended: boolean; stepState: string; at: number } };
    const release = { ...told.release, phase: 'Paused', stepState: 'Paused', ended: false, at: 1 };
    await route.fulfill({ response: answer, json: { ...told, release } });
  });
  await page.goto('/releases/demo/web-1.29');
  await page.getByRole('button', { name: WORDS.en['release.approve'] }).click();
  await page.getByRole('dialog').getByText(WORDS.en['release.changed']).waitFor();
});

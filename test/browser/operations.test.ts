import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Cluster } from '../e2e/harness.ts';
import { openBrowser, type Visitor } from './browser.ts';
import { enter, firstSignIn, spaced, WORDS } from './person.ts';

let [cluster, browser]: [Cluster?, Browser?] = [];
let [sick, silent, late, calm] = ['', '', '', ''];

beforeAll(async () => {
  [cluster, browser] = await Promise.all([Cluster.up({ args: ['--hosts', '30'] }), openBrowser()]);
  await firstSignIn(cluster);
  const names = (await cluster.kubectlOk('get nodes -o jsonpath={.items[*].metadata.name}')).split(' ');
  [sick, silent, late, calm] = [names[3]!, names[7]!, names[11]!, names[15]!];
  await cluster.jdos(['fleet', 'fault', 'add', 'limit-lost', '--host', sick, '--set', 'limit=cpu']);
  await cluster.jdos(['fleet', 'fault', 'add', 'host-silent', '--host', silent]);
  await cluster.jdos(['inspect', 'run']);
  await cluster.jdos(['fleet', 'fault', 'add', 'limit-lost', '--host', late, '--set', 'limit=memory']);
  await cluster.jdos(['inspect', 'run']);
});
afterAll(async () => {
  await browser?.close();
  await cluster?.stop();
});

describe.each(['zh', 'en'] as const)('in %s', (language) => {
  const word = WORDS[language];
  let person: Visitor;
  beforeAll(async () => {
    person = await enter(browser!, cluster!, language, { dark: language === 'en' });
  });
  afterAll(() => person?.[Symbol.asyncDispose]());

  /** The page as it is: kept as a picture, without barriers and complaints. */
  async function isFit(name: string): Promise<void> {
    await person.screenshot(`${name}-${language}`);
    expect(await person.barriers()).toEqual([]);
    expect(person.complaints.splice(0)).toEqual([]);
  }

  it('racks show every host in its place, coloured by what is asked about, and lead to it', async () => {
    const { page } = person;
    await page.goto('/hosts?view=racks');
    const main = page.getByRole('main');
    await main.getByRole('figure').first().waitFor();
    expect(await main.getByRole('figure').getByRole('link').count()).toBe(30);
    await main.getByRole('combobox', { name: word['racks.colour'] }).click();
    await page.getByTitle(word['racks.colour.level']).click();
    await page.waitForURL(/colour=level/);
    const place = main.getByRole('link', { name: new RegExp(`${sick}.*${word['level.error']}`) });
    await place.waitFor();
    await isFit('racks');
    await place.click();
    await page.getByRole('heading', { level: 1, name: sick }).waitFor();
    await page.goBack();
    await page.waitForURL(/colour=level/);
  });

  it('a host tells its facts, its life, the verdicts on it with their evidence, and what inspections found', async () => {
    const { page } = person;
    const main = page.getByRole('main');
    const open = (name: string) => page.getByRole('tab', { name }).click();
    await page.goto(`/hosts/${sick}`);
    await main.getByText(word['host.serial']).waitFor();
    await isFit('host-facts');
    await open(word['host.tab.inspection']);
    await main.getByText(/cadvisor cgroup cpu/i).waitFor();
    await isFit('host-inspections');
    await open(word['host.tab.life']);
    await main.getByText(word['host.life.begin'].replace('{{to}}', word['status.ready'])).waitFor();
    await isFit('host-life');
    await page.goto(`/hosts/${silent}?tab=verdicts`);
    // A host is silent for 40 s before anybody is asked about it.
    await main.getByText(word['host.verdict.NodeDown']).first().waitFor({ timeout: 100_000 });
    await main.getByText(word['host.witness.peer']).first().waitFor();
    await isFit('host-verdicts');
  });

  it('the trend shows run after run, and two of them compared show what is new and what is fixed', async () => {
    const { page } = person;
    const main = page.getByRole('main');
    await page.goto('/inspection/trend');
    await main.getByRole('img', { name: new RegExp(`^${word['inspection.trend']}.*#1`) }).waitFor();
    await isFit('inspection-trend');
    await page.goto('/inspection/diff?before=1&after=2');
    await main.getByRole('radio', { name: new RegExp(`${word['diff.kind.new']} [1-9]`) }).waitFor();
    await main.getByRole('link', { name: late }).first().waitFor();
    await isFit('inspection-diff');
    await main.getByText(new RegExp(`^${word['diff.kind.fixed']} 0`)).click();
    await page.waitForURL(/kind=fixed/);
    await main.getByText(word['diff.none']).waitFor();
  });

  it('an exemption shows whom it concerns before it holds, and can be taken back', async () => {
    const { page } = person;
    const dialog = page.getByRole('dialog');
    await page.goto(`/inspection/exemptions?check=cadvisor.cgroup.cpu&host=${sick}`);
    await dialog.getByText(new RegExp(word['exempt.reach-names'].replace('{{names}}', sick))).waitFor();
    await dialog.getByLabel(word['exempt.reason']).fill('a known fault of this batch');
    await isFit('exemption-new');
    await dialog.getByRole('button', { name: spaced(word['exempt.add']) }).click();
    const row = page.getByRole('row').filter({ hasText: 'a known fault of this batch' });
    await row.getByText(word['exempt.in-force']).waitFor();
    await isFit('exemptions');
    await page.getByRole('button', { name: spaced(word.undo) }).click();
    await row.waitFor({ state: 'detached' });
    await page.getByLabel(word['exempt.show-all']).check();
    await row.first().getByText(word['exempt.over']).waitFor();
    await isFit('exemptions-all');
  });

  it('a plan says when it would run while it is written, and a removed one can be had back', async () => {
    const { page } = person;
    const dialog = page.getByRole('dialog');
    const name = `daily-${language}`;
    await page.goto('/inspection/plans');
    await page.getByRole('button', { name: spaced(word['plan.add']) }).click();
    await dialog.getByLabel(word['plan.name'], { exact: true }).fill(name);
    await dialog.getByLabel(word['plan.schedule']).fill('not a time');
    await dialog.getByText(/schedule/).waitFor();
    await dialog.getByLabel(word['plan.schedule']).fill('30 7 * * *');
    await dialog.getByText(word['plan.next-times']).waitFor();
    await isFit('plan-new').catch((error: Error) => {
      // A refused pattern is a refused request, of which the browser complains.
      if (!error.message.includes('422')) throw error;
    });
    await dialog.getByRole('button', { name: spaced(word['plan.save']) }).click();
    const row = page.getByRole('row').filter({ hasText: name });
    await row.getByText('30 7 * * *').waitFor();
    await isFit('plans');
    await row.getByRole('button', { name: spaced(word['plan.remove']) }).click();
    await page.getByRole('tooltip').getByRole('button').last().click();
    await row.waitFor({ state: 'detached' });
    await page.getByRole('button', { name: spaced(word.undo) }).click();
    await row.waitFor();
  });

  it('the board shows hosts by their status, what a change would mean, and the way back', async () => {
    const { page } = person;
    const drawer = page.getByRole('dialog');
    await page.goto('/lifecycle');
    const ready = page.getByRole('region', { name: word['status.ready'], exact: true });
    await ready.getByRole('button').first().waitFor();
    await isFit('lifecycle');
    await page.goto(`/lifecycle?host=${calm}`);
    await drawer.getByText(word['status.cordoned'], { exact: true }).click();
    await drawer.getByText(word['life.effect.unschedulable']).waitFor();
    await drawer.getByText(word['life.undo']).waitFor();
    await isFit('lifecycle-move');
    await drawer.getByLabel(word['life.reason']).fill('a new disk');
    await drawer.getByRole('button', { name: spaced(word['life.do']) }).click();
    await page.getByText(`${calm}: ${word['status.ready']} → ${word['status.cordoned']}`).waitFor();
    await cluster!.kubectlOk(['wait', `node/${calm}`, '--for=jsonpath={.spec.unschedulable}=true', '--timeout=60s']);
    await page.getByRole('button', { name: spaced(word.undo) }).click();
    await drawer.getByText(word['status.ready'], { exact: true }).first().waitFor();
    const kept = () => cluster!.kubectlOk(['get', 'node', calm, '-o', 'jsonpath={.spec.unschedulable}']);
    await cluster!.until(kept, (seen) => seen === '', { what: 'the host given back' });
    expect(person.complaints.splice(0)).toEqual([]);
  });
});

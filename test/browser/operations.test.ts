import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Cluster } from '../e2e/harness.ts';
import { openBrowser, type Visitor } from './browser.ts';
import { enter, firstSignIn, WORDS } from './person.ts';

let [cluster, browser]: [Cluster?, Browser?] = [];
let [sick, silent] = ['', ''];

beforeAll(async () => {
  [cluster, browser] = await Promise.all([Cluster.up({ args: ['--hosts', '30'] }), openBrowser()]);
  await firstSignIn(cluster);
  const names = (await cluster.kubectlOk('get nodes -o jsonpath={.items[*].metadata.name}')).split(' ');
  [sick, silent] = [names[3]!, names[7]!];
  await cluster.jdos(['fleet', 'fault', 'add', 'limit-lost', '--host', sick, '--set', 'limit=cpu']);
  await cluster.jdos(['fleet', 'fault', 'add', 'host-silent', '--host', silent]);
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
    await main.getByText(word['host.verdict.NodeDown']).first().waitFor();
    await main.getByText(word['host.witness.peer']).first().waitFor();
    await isFit('host-verdicts');
  });
});

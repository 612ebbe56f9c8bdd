import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Cluster } from '../e2e/harness.ts';
import { openBrowser, type Visitor } from './browser.ts';
import { createAccount, enter, firstSignIn, spaced, WORDS } from './person.ts';

let [cluster, browser]: [Cluster?, Browser?] = [];
let [sick, silent, late, calm] = ['', '', '', ''];

beforeAll(async () => {
  [cluster, browser] = await Promise.all([Cluster.up({ args: ['--hosts', '30'] }), openBrowser()]);
  await createAccount(await firstSignIn(cluster), 'watcher', 'viewer');
  const names = (await cluster.kubectlOk('get nodes -o jsonpath={.items[*].metadata.name}')).split(' ');
  [sick, silent, late, calm] = [names[3]!, names[7]!, names[11]!, names[15]!];
  await cluster.jdos(['fleet', 'fault', 'add', 'limit-lost', '--host', sick, '--set', 'limit=cpu']);
  await cluster.jdos(['fleet', 'fault', 'add', 'host-silent', '--host', silent]);
  const spec = { containers: [{ name: 'a', image: 'nginx', resources: { requests: { cpu: '9999' } } }] };
  await cluster.kubectlOk(['run', 'too-big', '--image=nginx', `--overrides=${JSON.stringify({ spec })}`]);
  await cluster.jdos(['inspect', 'run']);
  await cluster.jdos(['fleet', 'fault', 'add', 'limit-lost', '--host', late, '--set', 'limit=memory']);
  await cluster.jdos(['inspect', 'run']);
}, 400_000);
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
    // A list that is closing is still there for a moment.
    await page.locator('.ant-select-dropdown:not(.ant-select-dropdown-hidden)').waitFor({ state: 'detached' });
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
    await main
      .getByText(/cadvisor cgroup cpu/i)
      .first()
      .waitFor();
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
    await main.getByText(new RegExp(`^${word['diff.kind.new']} [1-9]`)).waitFor();
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
    await page.getByLabel(word['exempt.show-all']).click();
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
    // A pattern that is refused is a refused request, of which the browser complains.
    expect(person.complaints.splice(0).filter((text) => !text.includes('422'))).toEqual([]);
    await dialog.getByLabel(word['plan.schedule']).fill('30 7 * * *');
    await dialog.getByText(word['plan.next-times']).waitFor();
    await isFit('plan-new');
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
    const moved = { host: calm, from: word['status.ready'], to: word['status.cordoned'] };
    const done = Object.entries(moved).reduce(
      (text, [name, value]) => text.replace(`{{${name}}}`, value),
      word['life.done'],
    );
    await page.getByText(done).waitFor();
    await cluster!.kubectlOk(['wait', `node/${calm}`, '--for=jsonpath={.spec.unschedulable}=true', '--timeout=60s']);
    await page.getByRole('button', { name: spaced(word.undo) }).click();
    await drawer.getByText(word['status.ready'], { exact: true }).first().waitFor();
    const kept = () => cluster!.kubectlOk(['get', 'node', calm, '-o', 'jsonpath={.spec.unschedulable}']);
    await cluster!.until(kept, (seen) => seen === '', { what: 'the host given back' });
    expect(person.complaints.splice(0)).toEqual([]);
  });

  it('scheduling shows every host, what fits where, who waits, and why', async () => {
    const { page } = person;
    const main = page.getByRole('main');
    await page.goto('/scheduling?cpu=3&memory=5');
    await main.getByRole('img', { name: /30/ }).waitFor();
    await main.getByRole('row', { name: /^3 CPU · 5/ }).waitFor();
    await main
      .getByRole('row')
      .filter({ hasText: 'too-big' })
      .getByText(/Insufficient cpu/)
      .waitFor();
    await isFit('scheduling');
    const row = main.getByRole('row').filter({ hasText: 'too-big' });
    await row.getByRole('button', { name: spaced(word['scheduling.explain']) }).click();
    const drawer = page.getByRole('dialog');
    await drawer
      .getByRole('row', { name: /Insufficient cpu/ })
      .first()
      .waitFor();
    await isFit('scheduling-explain');
    await page.goto('/scheduling?explain=default/no-such-pod');
    await drawer.getByText(word['scheduling.explain.gone']).waitFor();
    // That it is not there is an answer, of which the browser complains.
    expect(person.complaints.splice(0).filter((text) => !text.includes('404'))).toEqual([]);
  });

  it('budgets show what is left, and rules that were changed can be had back', async () => {
    const { page } = person;
    const main = page.getByRole('main');
    await page.goto('/settings/budgets');
    await main.getByRole('row', { name: /gz-1/ }).waitFor();
    await main.getByLabel(word['budget.per-rack']).fill('3');
    await main.getByRole('button', { name: spaced(word['budget.save']) }).click();
    await page.getByText(word['budget.saved']).waitFor();
    await isFit('budgets');
    await page.getByRole('button', { name: spaced(word.undo) }).click();
    await page.getByText(word['budget.saved']).waitFor({ state: 'detached' });
    const perRack = () => main.getByLabel(word['budget.per-rack']).inputValue();
    await cluster!.until(perRack, (seen) => seen === '1', { what: 'the rule as it was' });
  });

  it('mail settings never show a password, and a test mail says what came of it', async () => {
    const { page } = person;
    const main = page.getByRole('main');
    await page.goto('/settings/mail');
    await main.getByLabel(word['mail.server']).fill('127.0.0.1');
    await main.getByLabel(word['mail.port']).fill('9');
    await main.getByLabel(word['mail.from']).fill('jdos@example.com');
    await main.getByLabel(word['mail.to'], { exact: true }).fill('ops@example.com');
    await main.getByRole('button', { name: spaced(word['mail.save']) }).click();
    await main.getByText(word['mail.test-unsaved']).waitFor();
    expect(await main.locator('input[type=password]').count()).toBe(0);
    await main.getByText(word['mail.password-unset']).waitFor();
    await main.getByRole('button', { name: spaced(word['mail.test']) }).click();
    await main.getByText(/ECONNREFUSED/).waitFor();
    await isFit('mail');
  });

  it('a command on many targets shows whom it would meet, then how it ended on each, and what is dangerous is held back', async () => {
    const { page } = person;
    const main = page.getByRole('main');
    const selector = main.getByLabel(word['batch.selector'], { exact: true });
    const run = main.getByRole('button', { name: spaced(word['batch.start']) });
    const preview = async () => main.getByRole('button', { name: spaced(word['batch.preview']) }).click();
    await page.goto('/batch');
    await selector.fill('hosts:all');
    await main.getByLabel(word['batch.command']).fill('systemctl reboot');
    await preview();
    await main.getByText(word['batch.danger'].replace('{{danger}}', 'ends the machine')).waitFor();
    await main.getByText(word['batch.stage'].replace('{{stage}}', '1').replace('{{targets}}', '1')).waitFor();
    expect(await run.isDisabled()).toBe(true);
    await isFit('batch-danger');
    await selector.fill(`host:${calm},${sick}`);
    await main.getByLabel(word['batch.command']).fill('chronyc makestep');
    await preview();
    await main.getByText(word['batch.meets'].replace('{{targets}}', '2').replace('{{most}}', '3')).waitFor();
    await run.click();
    await page.waitForURL(/batch\/b/);
    await main.getByText(`${word['batch.outcome.ok']} 2`).waitFor();
    await main
      .getByText(/found nothing to mend/)
      .first()
      .waitFor();
    await isFit('batch-job');
    await page.goto('/batch');
    await main.getByRole('row').filter({ hasText: 'chronyc makestep' }).first().waitFor();
    await isFit('batch');
  });
});

describe('who may only look', () => {
  const word = WORDS.en;
  type Word = keyof typeof word;
  let person: Visitor;
  beforeAll(async () => {
    person = await enter(browser!, cluster!, 'en', { name: 'watcher' });
  });
  afterAll(() => person?.[Symbol.asyncDispose]());

  /** A page, what it shows, and the button that others find there. */
  const looks: readonly (readonly [string, Word, Word])[] = [
    ['/hosts?view=racks', 'menu.hosts', 'life.do'],
    ['/inspection', 'menu.inspection', 'inspection.start'],
    ['/inspection/trend', 'inspection.trend', 'inspection.start'],
    ['/inspection/exemptions', 'exempt.explain', 'exempt.add'],
    ['/inspection/plans', 'inspection.plans', 'plan.add'],
    ['/scheduling', 'scheduling.pending', 'life.do'],
    ['/operations', 'menu.operations', 'operation.approve'],
    ['/batch', 'batch.viewer', 'batch.preview'],
    ['/settings/budgets', 'budget.admin', 'budget.save'],
  ];
  it.each(looks)('sees %s, and finds nothing to press', async (path, seen, button) => {
    const { page } = person;
    await page.goto(path);
    await page.getByRole('main').getByText(word[seen]).first().waitFor();
    await page.locator('main .ant-skeleton').first().waitFor({ state: 'detached' });
    expect(await page.getByRole('main').getByRole('button', { name: word[button], exact: true }).count()).toBe(0);
    expect(await person.barriers()).toEqual([]);
    expect(person.complaints.splice(0)).toEqual([]);
  });

  it('is told of a host’s life and of maintenance that others may act there', async () => {
    const { page } = person;
    await page.goto(`/lifecycle?host=${calm}`);
    await page.getByRole('dialog').getByText(word['life.viewer']).waitFor();
    expect(await page.getByRole('dialog').getByRole('radio').count()).toBe(0);
    await page.goto(`/maintenance?address=${calm}`);
    await page.getByText(word['maintenance.viewer']).waitFor();
    expect(person.complaints.splice(0)).toEqual([]);
  });

  it('is told which role the pages of administrators need, and the menu does not lead there', async () => {
    const { page } = person;
    for (const path of ['/settings/mail', '/settings/accounts', '/settings/audit']) {
      await page.goto(path);
      await page.getByText(word['refusal.needs'].replace('{{role}}', word['role.admin'])).waitFor();
      expect(await page.locator(`nav a[href="${path}"]`).count()).toBe(0);
    }
    // That it is refused is an answer, of which the browser complains.
    expect(person.complaints.splice(0).filter((text) => !text.includes('403'))).toEqual([]);
  });
});

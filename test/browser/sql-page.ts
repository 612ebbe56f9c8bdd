/** Questions in SQL at the console of a cluster that is up, by somebody who sees everything and by somebody who does not. */
import { readFileSync } from 'node:fs';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Cluster } from '../e2e/harness.ts';
import type { Visitor } from './browser.ts';
import { enter, type Language, WORDS } from './person.ts';

interface Place {
  readonly cluster: Cluster;
  readonly browser: Browser;
}

const QUERY = "select name, ready, cpu_allocatable, labels['kubernetes.io/os'] as os from nodes order by name";
/** It would run for hours. */
const ENDLESS = 'select count(*) from range(1000000) a, range(1000000) b, range(1000000) c';

/** `viewer` is the name of an account of that role. */
export function sqlPage(place: () => Place, viewer: string): void {
  describe.each(['zh', 'en'] as const)('SQL, in %s', (language) => {
    const word = WORDS[language];
    let person: Visitor;
    let desk: Desk;
    beforeAll(async () => {
      person = await enter(place().browser, place().cluster, language, { dark: language === 'en' });
      desk = new Desk(person.page, language);
    });
    afterAll(() => person?.[Symbol.asyncDispose]());

    it('51 52 a link carries the question and no answer; asked, it gives the rows that `jdos sql` gives', async () => {
      const { page } = person;
      await page.goto(`/sql?q=${encodeURIComponent(QUERY)}`);
      await desk.editor.getByText('cpu_allocatable').waitFor();
      expect(await page.getByRole('main').getByRole('table').count()).toBe(0);
      await desk.run();
      await page.getByRole('columnheader', { name: 'cpu_allocatable' }).waitFor();
      const { stdout } = await place().cluster.jdos(['sql', QUERY, '-o', 'json']);
      const expected = (JSON.parse(stdout) as object[]).map((row) => Object.values(row).map(String));
      await page.getByRole('cell', { name: expected.at(-1)![0]!, exact: true }).waitFor();
      expect(await desk.cells()).toEqual(expected);
      await person.screenshot(`sql-${language}`);
      expect(await person.barriers()).toEqual([]);
      await page.reload();
      await desk.editor.getByText('cpu_allocatable').waitFor();
      expect(await page.getByRole('main').getByRole('table').count()).toBe(0);
      expect(person.complaints).toEqual([]);
    });

    it('51 all rows are there as CSV, as `jdos sql` writes it', async () => {
      const { page } = person;
      const [file] = await Promise.all([
        page.waitForEvent('download'),
        page.getByRole('button', { name: word['sql.csv'] }).click(),
      ]);
      const { stdout } = await place().cluster.jdos(['sql', QUERY, '-o', 'csv']);
      expect(readFileSync(await file.path(), 'utf8')).toBe(stdout);
    });

    it('53 what is mistyped is pointed at, and the nearest is named', async () => {
      const { page } = person;
      await desk.write('select name,\n  redy from nodes');
      await desk.run();
      const alert = page.getByRole('alert').filter({ hasText: word['sql.fault.42703'] });
      await alert.getByText(word['sql.place'].replace('{{line}}', '2').replace('{{column}}', '3')).waitFor();
      await alert.getByText(/Candidate bindings: .*ready/).waitFor();
      await page.locator('.cm-lintRange-error').getByText('redy').waitFor();
      await person.screenshot(`sql-fault-${language}`);
      expect(await person.barriers()).toEqual([]);
      await desk.write('delete from pods');
      await desk.run();
      await page.getByRole('alert').filter({ hasText: word['sql.fault.25006'] }).waitFor();
      expect(person.complaints.splice(0).filter((text) => !/status of 40[03]/.test(text))).toEqual([]);
    });

    it('tables, columns and words of SQL are completed, and tables can be looked through', async () => {
      const { page } = person;
      await desk.write('select ');
      await page.keyboard.type('name from node_t');
      await page.getByRole('option', { name: /^node_taints/ }).click();
      await desk.editor.getByText('node_taints').waitFor();
      await page.keyboard.type(' wher');
      await page.getByRole('option', { name: /^where/i }).waitFor();
      await page.keyboard.type('e eff');
      await page.getByRole('option', { name: /^effect/ }).waitFor();
      await page.keyboard.press('Escape');
      const tables = page.getByRole('region', { name: word['sql.tables'] });
      await tables.getByLabel(word['sql.search']).fill('leases');
      await tables.getByText(word['sql.state.disabled']).first().waitFor();
      await tables.getByLabel(word['sql.search']).fill('memory_allocatable');
      await tables.getByRole('button', { name: /nodes/ }).first().click();
      await tables.getByText('bigint, bytes').first().waitFor();
      await person.screenshot(`sql-tables-${language}`);
      expect(await person.barriers()).toEqual([]);
      await desk.write('select ');
      await tables.getByRole('button', { name: 'memory_allocatable', exact: true }).click();
      await desk.editor.getByText('select memory_allocatable').waitFor();
      expect(person.complaints).toEqual([]);
    });

    it('a question that runs can be given up, and then runs no longer', async () => {
      const { page } = person;
      const endless = `${ENDLESS} -- ${language}`;
      await desk.write(endless);
      await desk.run();
      const state = async () => {
        const { stdout } = await place().cluster.jdos(['sql', 'select query, state from queries', '-o', 'json']);
        const asked = JSON.parse(stdout) as { query: string; state: string }[];
        return asked.find(({ query }) => query === endless)?.state;
      };
      await place().cluster.until(state, (now) => now === 'running');
      await page.getByRole('button', { name: word['sql.cancel'] }).click();
      await page.getByText(word['sql.cancelled']).waitFor();
      await place().cluster.until(state, (now) => now !== 'running');
      await page.getByRole('button', { name: word['sql.history'] }).click();
      await page.getByRole('menuitem', { name: QUERY }).click();
      await desk.editor.getByText('cpu_allocatable').waitFor();
      expect(person.complaints.splice(0).filter((text) => !/status of 40[03]/.test(text))).toEqual([]);
    });
  });

  it('28 SQL of a viewer shows what the cluster lets viewers list, and nothing tells of the rest', async () => {
    await using person = await enter(place().browser, place().cluster, 'en', { name: viewer });
    const desk = new Desk(person.page, 'en');
    const { page } = person;
    await page.goto('/sql');
    const tables = page.getByRole('region', { name: WORDS.en['sql.tables'] });
    await tables.getByRole('button', { name: /^pods/ }).first().waitFor();
    await desk.write('select count(*) > 0 as some from pods');
    await desk.run();
    await page.getByRole('cell', { name: 'true' }).waitFor();
    for (const query of ['select * from secrets', 'select * from k8s.secrets', 'explain select * from pods']) {
      await desk.write(query);
      await desk.run();
      await page.getByRole('alert').filter({ hasText: WORDS.en['sql.fault.42501'] }).waitFor();
      await desk.write('');
    }
    await tables.getByLabel(WORDS.en['sql.search']).fill('secrets');
    await tables.getByText(WORDS.en['list.none-found']).waitFor();
    expect(await person.barriers()).toEqual([]);
  });
}

/** Where somebody writes and runs questions. */
class Desk {
  readonly #page: Page;
  readonly #language: Language;

  constructor(page: Page, language: Language) {
    this.#page = page;
    this.#language = language;
  }

  get editor() {
    return this.#page.getByRole('textbox', { name: WORDS[this.#language]['sql.query'] });
  }

  async write(sql: string): Promise<void> {
    await this.editor.fill(sql);
  }

  async run(): Promise<void> {
    await this.#page.getByRole('button', { name: WORDS[this.#language]['sql.run'] }).click();
  }

  async cells(): Promise<string[][]> {
    const rows = await this.#page.locator('tr.ant-table-row').all();
    return Promise.all(rows.map((row) => row.getByRole('cell').allTextContents()));
  }
}

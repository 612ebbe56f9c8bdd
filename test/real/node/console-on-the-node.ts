/** The console beside a real cluster: what a simulated container can only pretend is true here. */
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openBrowser, type Visitor } from '../../browser/browser.ts';
import { enter, firstSignIn, WORDS } from '../../browser/person.ts';
import type { AttachedJdos } from '../attached.ts';
import { NAMESPACE, type RealCluster } from '../real-cluster.ts';

interface Place {
  readonly cluster: RealCluster;
  readonly jdos: AttachedJdos;
}

const word = WORDS.en;
const TALK = 'echo the first line; i=0; while sleep 1; do i=$((i+1)); echo line $i; done';

export function consoleOnTheNode(place: () => Place): void {
  describe('the console', () => {
    let [browser, person]: [Browser?, Visitor?] = [];
    let page: Page;
    let cluster: RealCluster;

    beforeAll(async () => {
      const { jdos } = place();
      ({ cluster } = place());
      const image = cluster.node.app.v1.tagged;
      await cluster.run('talker', { containers: [{ name: 'app', image, command: ['sh', '-c', TALK] }] });
      browser = await openBrowser();
      await firstSignIn(jdos.up);
      person = await enter(browser, jdos.up, 'en');
      ({ page } = person);
    });
    afterAll(async () => {
      await person?.[Symbol.asyncDispose]();
      await browser?.close();
    });

    it('shows the node, its Pods, and the events of its kubelet', async () => {
      await page.goto('/hosts');
      await page.getByRole('link', { name: cluster.node.name, exact: true }).waitFor();
      await page.goto('/pods?search=talker');
      await page.getByRole('link', { name: 'talker', exact: true }).click();
      await page.getByRole('heading', { level: 1, name: 'talker' }).waitFor();
      await page.getByRole('tab', { name: new RegExp(word['pod.events']) }).click();
      await page
        .getByRole('cell', { name: /Started$/ })
        .first()
        .waitFor();
      await person!.screenshot('real-pod');
      expect(await person!.barriers()).toEqual([]);
      expect(person!.complaints).toEqual([]);
    });

    it('follows the log of a real container as it is written, and reads that of the container before', async () => {
      await page.goto(`/pods/${NAMESPACE}/talker?tab=log`);
      const log = page.getByRole('log');
      await log.getByText('the first line').waitFor();
      await log.getByText(/^line 3$/m).waitFor();
      await cluster.crash('talker', 1);
      await page.getByLabel(word['log.previous']).check();
      await page.getByRole('status').filter({ hasText: 'Ended' }).waitFor();
      await log.getByText(/^line 3$/m).waitFor();
      expect(person!.complaints).toEqual([]);
    });

    it('has a terminal in a real container: what is typed there runs there, and its end is told', async () => {
      await page.goto(`/pods/${NAMESPACE}/talker?tab=terminal`);
      await page.getByRole('button', { name: word['terminal.open'] }).click();
      const screen = page.getByRole('region', { name: word['pod.terminal'] });
      await screen.getByText(/[#$]/).first().waitFor();
      await page.keyboard.type('echo real-$((40+2)) on $(hostname)\r');
      await screen.getByText('real-42 on talker', { exact: true }).first().waitFor();
      await page.keyboard.type('exit 7\r');
      await page.getByText('Ended with exit code 7').waitFor();
      await person!.screenshot('real-terminal');
      expect(person!.complaints).toEqual([]);
    });
  });
}

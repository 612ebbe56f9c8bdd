/**
 * Makes the pictures of the README, of the console on the fleet that `jdos up` opens on: `node test/browser/pictures.ts`.
 */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { Cluster, ROOT } from '../e2e/harness.ts';
import { openBrowser } from './browser.ts';
import { enter, firstSignIn, WORDS } from './person.ts';

const IMAGES = join(ROOT, 'docs', 'images');

await using cluster = await Cluster.up({ examples: true });
const browser = await openBrowser();
try {
  await firstSignIn(cluster);
  await cluster.kubectlOk('-n demo wait release/web-1.29 --for=jsonpath={.status.stepState}=Paused --timeout=120s');
  await using person = await enter(browser, cluster, 'en');
  const { page } = person;
  mkdirSync(IMAGES, { recursive: true });
  await page.getByText('cadvisor cgroup cpu quota').first().waitFor();
  await page.getByRole('main').getByRole('img').nth(1).waitFor();
  await page.screenshot({ path: join(IMAGES, 'console-home.png') });
  await page.goto('/releases/demo/web-1.29');
  await page.getByRole('button', { name: WORDS.en['release.approve'] }).click();
  await page.getByText(`${WORDS.en['part.rebuilding']} `).or(page.getByText('5 / 12')).first().waitFor();
  await page.screenshot({ path: join(IMAGES, 'console-release.png') });
} finally {
  await browser.close();
}

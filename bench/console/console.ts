/**
 * The console at size: the first page in a fresh browser, every list, from a keystroke to its rows, the page while a
 * thousand things change each second, and what an hour of work leaves in the browser. Server, browser and the played
 * cluster share this machine.
 *
 *   node bench/console/console.ts [first lists keys changes heap] [--pods 100000] [--nodes 5000] [--seconds 10]
 *                                 [--navigations 600]
 */
import process from 'node:process';
import { parseArgs } from 'node:util';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { openBrowser } from '../../test/browser/browser.ts';
import type { Api } from '../../test/browser/person.ts';
import { eventually } from '../../test/e2e/harness.ts';
import {
  KEY_TO_ROWS,
  LONG_TASKS,
  noteFirstUse,
  noteKeyToRows,
  SCRIPT_BYTES,
  USABLE_AT,
  WATCH_TASKS,
} from './in-page.ts';
import { type Served, serve } from './served.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    pods: { type: 'string', default: '100000' },
    nodes: { type: 'string', default: '5000' },
    seconds: { type: 'string', default: '10' },
    navigations: { type: 'string', default: '600' },
  },
});
const [pods, nodes, seconds] = [Number(values.pods), Number(values.nodes), Number(values.seconds)];

interface Stage {
  readonly served: Served;
  readonly browser: Browser;
}

const PARTS: Readonly<Record<string, (stage: Stage) => Promise<void>>> = {
  first: firstPage,
  lists,
  keys: keystrokes,
  changes: whileChanging,
  heap: afterAnHour,
};

/** The first rows of every list, and as people ask for them then; pages that are no lists, by all that they ask. */
const ASKED: readonly string[] = [
  'lists/pods',
  'lists/pods?page=1500',
  'lists/pods?search=app-17',
  'lists/pods?sort=-restarts',
  'lists/pods?filter=phase:Pending',
  'lists/pods?filter=node:node-7',
  'lists/hosts',
  'lists/hosts?sort=-cpuShare',
  'lists/hosts?search=node-49',
  'lists/applications',
  'lists/applications?sort=-missing',
  'lists/pending',
  'lists/releases',
  'overview',
  'racks',
  'racks/all',
  'lifecycle',
  'scheduling/fit',
  'budgets',
];
const TIMES = 20;

const begin = performance.now();
await using served = await serve(pods, nodes);
print(`${pods} Pods, ${nodes} hosts`, `in the tables after ${((performance.now() - begin) / 1000).toFixed(0)} s`, '');
const browser = await openBrowser();
try {
  for (const name of positionals.length > 0 ? positionals : Object.keys(PARTS)) await PARTS[name]!({ served, browser });
} finally {
  await browser.close();
}

/** Nothing is cached: a new context each time. */
async function firstPage({ served: { api }, browser: of }: Stage): Promise<void> {
  const seen: number[] = [];
  let script = { first: 0, all: 0 };
  for (let i = 0; i < 9; i++) {
    const context = await contextOf(of, api);
    const page = await context.newPage();
    await page.addInitScript(noteFirstUse(nodes.toLocaleString('en-GB')));
    await page.goto('/', { waitUntil: 'commit' });
    await noted(page, USABLE_AT);
    await page.getByRole('main').getByRole('img').last().waitFor();
    seen.push(await noted(page, USABLE_AT));
    script = await page.evaluate<typeof script>(SCRIPT_BYTES);
    await context.close();
  }
  print('first page, cold, until it can be used', `median ${at(seen, 0.5)} ms, worst ${at(seen, 1)} ms`, '<= 2000 ms');
  print('JavaScript until then, gzip', `${kib(script.first)}; with its pictures ${kib(script.all)}`, '<= 450 KB');
}

async function lists({ served: { api } }: Stage): Promise<void> {
  const all: number[] = [];
  for (const path of ASKED) {
    const seen: number[] = [];
    for (let i = 0; i < TIMES; i++) {
      const start = performance.now();
      await api.ask('GET', `/${path}`);
      seen.push(performance.now() - start);
    }
    all.push(...seen);
    print(path, `p50 ${at(seen, 0.5)} ms, p95 ${at(seen, 0.95)} ms`, 'p95 <= 500 ms');
  }
  print('all of them', `p50 ${at(all, 0.5)} ms, p95 ${at(all, 0.95)} ms`, 'p95 <= 500 ms');
}

/** With the pause in which the console waits for another key. */
async function keystrokes({ served: { api }, browser: of }: Stage): Promise<void> {
  const context = await contextOf(of, api);
  const page = await context.newPage();
  await page.goto('/pods');
  const box = page.getByLabel('Filter', { exact: true });
  const rows = page.getByRole('main').getByRole('row');
  const seen: number[] = [];
  for (let i = 0; i < 30; i++) {
    const before = `app-${10 + i}`;
    await box.fill(before);
    await rows
      .filter({ hasText: `${before}-` })
      .first()
      .waitFor();
    await box.press('End');
    await page.evaluate(noteKeyToRows(`${before}7`));
    await page.keyboard.type('7');
    seen.push(await noted(page, KEY_TO_ROWS));
  }
  print('keystroke to its rows', `p50 ${at(seen, 0.5)} ms, p95 ${at(seen, 0.95)} ms`, 'p95 <= 300 ms');
  await context.close();
}

async function whileChanging({ served: { api, change }, browser: of }: Stage): Promise<void> {
  const context = await contextOf(of, api);
  const page = await context.newPage();
  for (const path of ['/', '/pods', '/hosts?view=racks']) {
    await page.goto(path);
    await page.getByRole('main').getByRole('link').nth(5).waitFor();
    // What comes once, after the page is there, is not what changes bring.
    await page.waitForTimeout(2000);
    await page.evaluate(WATCH_TASKS);
    await change(1000 * seconds, 1000);
    const long = await page.evaluate<number[]>(LONG_TASKS);
    const figure = `${Math.round(Math.max(0, ...long))} ms (${long.length} over 50 ms)`;
    print(`longest task on ${path}, 1,000 changes/s for ${seconds} s`, figure, '<= 100 ms');
  }
  await context.close();
}

/** One navigation every six seconds is an hour's work; here they follow each other, and things change all the time. */
async function afterAnHour({ served: { api, change }, browser: of }: Stage): Promise<void> {
  const navigations = Number(values.navigations);
  const context = await contextOf(of, api);
  const page = await context.newPage();
  await page.goto('/');
  void change(200 * 600, 200).catch(() => undefined);
  const heaps: string[] = [];
  for (let done = 0; done < navigations; ) {
    done += await oneRound(page);
    if (heaps.length < Math.floor((4 * done) / navigations)) heaps.push(await heapOf(page));
  }
  print(`browser's heap after each quarter of ${navigations} navigations`, heaps.join(', '), '< 200 MB');
  await context.close();
}

/** Answers how many navigations it was. */
async function oneRound(page: Page): Promise<number> {
  const main = page.getByRole('main');
  const title = (name?: string) => main.getByRole('heading', { level: 1, ...(name && { name }) }).waitFor();
  const menu = async (name: string) => {
    await page.getByRole('navigation').first().getByRole('link', { name, exact: true }).click();
    await title(name);
    await page.locator('main .ant-skeleton, main .ant-spin-spinning').first().waitFor({ state: 'detached' });
  };
  const open = async (link: RegExp) => {
    await main.getByRole('cell').getByRole('link', { name: link }).first().click();
    await title();
    await main.getByRole('table').first().waitFor();
  };
  await menu('Home');
  await menu('Inspection');
  await menu('Hosts');
  await open(/^node-/);
  await menu('Applications');
  await open(/^app-/);
  await menu('Containers');
  await open(/^app-/);
  await page.goBack();
  await title('Containers');
  await menu('Records');
  await menu('Host lifecycle');
  await menu('Scheduling');
  return 12;
}

async function heapOf(page: Page): Promise<string> {
  const cdp = await page.context().newCDPSession(page);
  await cdp.send('Performance.enable');
  await cdp.send('HeapProfiler.collectGarbage');
  const { metrics } = await cdp.send('Performance.getMetrics');
  await cdp.detach();
  const of = (wanted: string) => metrics.find(({ name }) => name === wanted)?.value ?? 0;
  return `${(of('JSHeapUsedSize') / 2 ** 20).toFixed(0)} MB (${of('Nodes')} nodes)`;
}

/** Asked from outside: the page's own policy lets nothing be evaluated in it. */
function noted(page: Page, what: string): Promise<number> {
  return eventually(
    () => page.evaluate<number>(what).then(Number),
    (number) => number > 0,
    { what, lookMs: 30 },
  );
}

async function contextOf(of: Browser, api: Api): Promise<BrowserContext> {
  const context = await of.newContext({ baseURL: api.url, viewport: { width: 1280, height: 800 }, locale: 'en-GB' });
  context.setDefaultTimeout(60_000);
  const [name = '', value = ''] = api.cookie.split('=');
  await context.addCookies([{ name, value, url: api.url }]);
  return context;
}

function at(seen: readonly number[], share: number): number {
  const sorted = seen.toSorted((a, b) => a - b);
  return Math.round(sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))]!);
}

function kib(bytes: number): string {
  return `${Math.round(bytes / 1024)} KiB`;
}

function print(what: string, figure: string, reach: string): void {
  process.stdout.write(`${what.padEnd(60)} ${figure.padEnd(44)} ${reach}\n`);
}

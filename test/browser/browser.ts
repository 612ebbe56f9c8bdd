/**
 * A person at the console, in the system's Chromium. Every page that is opened is watched: a message of the browser's
 * console, a failed request or a serious finding of axe fails the test. Screenshots are kept in .cache/browser/.
 */
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import { ROOT } from '../e2e/harness.ts';

const PLACES = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];
const SHOTS = join(ROOT, '.cache', 'browser');
/** No look-ups of the browser's own makers, which a closed network answers with errors. */
const QUIET = ['--disable-background-networking', '--disable-component-update', '--disable-sync', '--disable-quic'];

export async function openBrowser(): Promise<Browser> {
  const executablePath = process.env.JDOS_CHROMIUM ?? PLACES.find((place) => existsSync(place));
  if (!executablePath)
    throw new Error(`no Chromium: looked for ${PLACES.join(', ')}; install one or set JDOS_CHROMIUM`);
  return chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu', '--no-first-run', ...QUIET] });
}

export interface VisitorOptions {
  readonly url: string;
  readonly language: 'zh' | 'en';
  readonly dark?: boolean;
}

export class Visitor implements AsyncDisposable {
  readonly page: Page;
  readonly #context: BrowserContext;
  /** What nobody should see. */
  readonly complaints: string[] = [];

  private constructor(context: BrowserContext, page: Page) {
    this.#context = context;
    this.page = page;
    page.on('console', (message) => {
      if (['error', 'warning'].includes(message.type())) this.complaints.push(`${message.type()}: ${message.text()}`);
    });
    page.on('pageerror', (error) => this.complaints.push(`exception: ${error.message}`));
  }

  static async open(browser: Browser, { url, language, dark = false }: VisitorOptions): Promise<Visitor> {
    const context = await browser.newContext({
      baseURL: url,
      viewport: { width: 1280, height: 800 },
      locale: language === 'zh' ? 'zh-CN' : 'en-GB',
      colorScheme: dark ? 'dark' : 'light',
      reducedMotion: 'reduce',
    });
    // Beside other work a page may take its time; what never comes fails all the same.
    context.setDefaultTimeout(60_000);
    return new Visitor(context, await context.newPage());
  }

  async screenshot(name: string): Promise<void> {
    mkdirSync(SHOTS, { recursive: true });
    await this.page.screenshot({ path: join(SHOTS, `${name}.png`), fullPage: true });
  }

  /** What axe finds serious or worse on the page as it is, or in the dialog that covers it. */
  async barriers(): Promise<string[]> {
    const source = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
    await this.page.evaluate(source);
    const found = await this.page.evaluate(async () => {
      const { axe, document } = globalThis as unknown as {
        axe: { run: (place: unknown) => Promise<{ violations: Violation[] }> };
        document: { querySelector: (selector: string) => unknown; getAnimations: () => Motion[] };
      };
      interface Motion {
        playState: string;
        effect: { getComputedTiming: () => { endTime: number } } | null;
        finished: Promise<unknown>;
      }
      interface Violation {
        id: string;
        impact: string;
        nodes: { html: string }[];
      }
      // What still fades in has a contrast that nobody will read it with.
      const fading = document
        .getAnimations()
        .filter(({ playState, effect }) => playState === 'running' && effect?.getComputedTiming().endTime !== Infinity);
      await Promise.allSettled(fading.map(({ finished }) => finished));
      const { violations } = await axe.run(document.querySelector('[role=dialog]') ?? document);
      return violations.map(({ id, impact, nodes }) => ({ id, impact, html: nodes[0]?.html ?? '' }));
    });
    const heavy = found.filter(({ impact }) => impact === 'serious' || impact === 'critical');
    return heavy.map(({ id, impact, html }) => `${impact} ${id}: ${html.slice(0, 200)}`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#context.close();
  }
}

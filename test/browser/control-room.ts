/** A fleet with its console and a browser, and people who are signed in there. */
import type { Browser } from 'playwright-core';
import { en } from '../../console/src/words/en.ts';
import { zh } from '../../console/src/words/zh.ts';
import { Cluster } from '../e2e/harness.ts';
import { openBrowser, Visitor } from './browser.ts';

export type Language = 'zh' | 'en';
export const LANGUAGES = ['zh', 'en'] as const;
export const words = { zh, en };

const PASSWORD = 'a sentence to remember';

/** antd puts a space between two Chinese characters of a button. */
export function spaced(text: string): RegExp {
  const signs = [...text].map((sign) => sign.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${signs.join('\\s?')}$`);
}

export class ControlRoom implements AsyncDisposable {
  readonly cluster: Cluster;
  readonly url: string;
  readonly #browser: Browser;

  private constructor(cluster: Cluster, browser: Browser) {
    this.cluster = cluster;
    this.url = `http://127.0.0.1:${cluster.consolePort}`;
    this.#browser = browser;
  }

  static async open(args: readonly string[] = ['--hosts', '30']): Promise<ControlRoom> {
    const [cluster, browser] = await Promise.all([Cluster.up({ args }), openBrowser()]);
    const room = new ControlRoom(cluster, browser);
    const printed = /password: (\S+)/.exec(cluster.log)?.[1] ?? '';
    const { cookie, csrf } = await room.#signIn('admin', printed);
    const body = JSON.stringify({ old: printed, new: PASSWORD });
    await room.#ask('/me/password', body, { cookie, 'x-jdos-csrf': csrf });
    return room;
  }

  /** Somebody on the first page: the administrator, or who was added by {@link add}. */
  async enter(language: Language, { name = 'admin', dark = false } = {}): Promise<Visitor> {
    const visitor = await Visitor.open(this.#browser, { url: this.url, language, dark });
    const { page } = visitor;
    const word = words[language];
    await page.goto('/sign-in');
    await page.getByLabel(word['sign-in.name']).fill(name);
    await page.getByLabel(word['sign-in.password'], { exact: true }).fill(PASSWORD);
    await page.getByRole('button', { name: spaced(word['sign-in.enter']) }).click();
    await page.getByRole('heading', { name: word['menu.home'] }).waitFor();
    return visitor;
  }

  /** An account that need not change its password. */
  async add(name: string, role: 'viewer' | 'operator' | 'admin'): Promise<void> {
    const first = 'the first sentence of it';
    const admin = await this.#signIn('admin', PASSWORD);
    const headers = { cookie: admin.cookie, 'x-jdos-csrf': admin.csrf };
    await this.#ask('/accounts', JSON.stringify({ name, role, password: first }), headers);
    const own = await this.#signIn(name, first);
    const change = JSON.stringify({ old: first, new: PASSWORD });
    await this.#ask('/me/password', change, { cookie: own.cookie, 'x-jdos-csrf': own.csrf });
  }

  async #signIn(name: string, password: string): Promise<{ cookie: string; csrf: string }> {
    const answer = await this.#ask('/sign-in', JSON.stringify({ name, password }));
    const cookie = answer.headers.get('set-cookie')?.split(';', 1)[0] ?? '';
    const { csrf } = (await answer.json()) as { csrf: string };
    return { cookie, csrf };
  }

  async #ask(path: string, body: string, headers: Record<string, string> = {}): Promise<Response> {
    const init = { method: 'POST', body, headers: { 'content-type': 'application/json', ...headers } };
    const answer = await fetch(`${this.url}/api/v1${path}`, init);
    if (!answer.ok) throw new Error(`${path} answered ${answer.status}: ${await answer.text()}`);
    return answer;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#browser.close();
    await this.cluster.stop();
  }
}

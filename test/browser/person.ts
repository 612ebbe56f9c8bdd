/** Somebody at the console of a running cluster: the first sign-in by the API, and every other by the page. */
import type { Browser } from 'playwright-core';
import { en } from '../../console/src/words/en.ts';
import { zh } from '../../console/src/words/zh.ts';
import { type Cluster, eventually } from '../e2e/harness.ts';
import { Visitor } from './browser.ts';

export const WORDS = { zh, en };
export type Language = keyof typeof WORDS;
export const PASSWORD = 'a sentence to remember';

export function consoleOf({ consolePort }: Cluster): string {
  return `http://127.0.0.1:${consolePort}`;
}

/** Changes the printed password of `admin` to {@link PASSWORD}. */
export async function firstSignIn(cluster: Cluster): Promise<Api> {
  await built(consoleOf(cluster));
  const printed = /password: (\S+)/.exec(cluster.log)?.[1];
  const api = await Api.signIn(consoleOf(cluster), 'admin', printed ?? '');
  await api.ask('POST', '/me/password', { old: printed, new: PASSWORD });
  return api;
}

/** From a clone the pages are built when they are asked for first, which takes long on a busy machine. */
async function built(url: string): Promise<void> {
  const page = () => fetch(url).then((answer) => answer.text());
  await eventually(page, (text) => text.includes('/assets/'), { ms: 170_000, what: 'the pages of the console' });
}

/** Makes an account with {@link PASSWORD} whose first password has been changed already. */
export async function createAccount(admin: Api, name: string, role: 'viewer' | 'operator' | 'admin'): Promise<Api> {
  const first = 'to be changed at once';
  await admin.ask('POST', '/accounts', { name, role, password: first });
  const api = await Api.signIn(admin.url, name, first);
  await api.ask('POST', '/me/password', { old: first, new: PASSWORD });
  return api;
}

export interface EnterOptions {
  /** @default 'admin' */
  readonly name?: string;
  readonly dark?: boolean;
}

export async function enter(
  browser: Browser,
  cluster: Cluster,
  language: Language,
  { name = 'admin', dark = false }: EnterOptions = {},
): Promise<Visitor> {
  const person = await Visitor.open(browser, { url: consoleOf(cluster), language, dark });
  const { page } = person;
  const word = WORDS[language];
  await page.goto('/sign-in');
  // The first who comes waits while the console is built.
  await page.getByLabel(word['sign-in.name']).waitFor({ timeout: 150_000 });
  await page.getByLabel(word['sign-in.name']).fill(name);
  await page.getByLabel(word['sign-in.password'], { exact: true }).fill(PASSWORD);
  await page.getByRole('button', { name: spaced(word['sign-in.enter']) }).click();
  await page.getByRole('heading', { level: 1, name: word['menu.home'] }).waitFor();
  return person;
}

/** antd puts a space between two Chinese characters of a button. */
export function spaced(text: string): RegExp {
  return new RegExp(`^${[...text].join('\\s?')}$`);
}

/** The server's API with a session, as a program uses it. */
export class Api {
  readonly url: string;
  #cookie = '';
  #csrf = '';

  private constructor(url: string) {
    this.url = url;
  }

  static async signIn(url: string, name: string, password: string): Promise<Api> {
    const api = new Api(url);
    await api.ask('POST', '/sign-in', { name, password });
    return api;
  }

  get cookie(): string {
    return this.#cookie;
  }

  get csrf(): string {
    return this.#csrf;
  }

  /** @throws Error with the answer when it is a refusal */
  async ask<T>(method: string, path: string, body?: object): Promise<T> {
    const answer = await fetch(`${this.url}/api/v1${path}`, {
      method,
      headers: {
        'accept-language': 'en',
        cookie: this.#cookie,
        'x-jdos-csrf': this.#csrf,
        ...(body && { 'content-type': 'application/json' }),
      },
      ...(body && { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
    const [cookie] = answer.headers.getSetCookie();
    if (cookie) this.#cookie = cookie.split(';', 1)[0]!;
    const value = (text === '' ? undefined : JSON.parse(text)) as { csrf?: string } | undefined;
    if (value?.csrf) this.#csrf = value.csrf;
    return value as T;
  }
}

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openTestServer, type TestServer } from '../../src/server/server.testing.ts';
import { filesUnder, ROOT } from './rooms.ts';

const SOURCES = filesUnder('console/src').filter((path) => /\.tsx?$/.test(path) && !path.includes('/words/'));
const TEXTS = SOURCES.map((path) => ({ path, text: readFileSync(join(ROOT, path), 'utf8') }));

let server: TestServer;
beforeAll(async () => {
  server = await openTestServer();
});
afterAll(() => server[Symbol.asyncDispose]());

interface Reference {
  readonly path: string;
  readonly target: string;
}

/** Stands for whatever is put into a path. */
const HOLE = '\0';

/** Paths in the code that begin with a slash, without their query. */
function references(pattern: RegExp): Reference[] {
  return TEXTS.flatMap(({ path, text }) =>
    [...text.matchAll(pattern)].map((match) => ({ path, target: plain(match.slice(1).find(Boolean) ?? '') })),
  ).filter(({ target }) => target.startsWith('/'));
}

function plain(target: string): string {
  return target.replace(/\$\{[^}]*\}/g, HOLE).replace(/[?#].*$/s, '');
}

/** What is put in may be one part of a path, several, or a query. */
function matches(route: string, target: string): boolean {
  const escaped = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  const fromRoute = new RegExp(`^${escaped(route).replace(/:\w+/g, '[^/]+')}$`);
  const fromTarget = new RegExp(`^${escaped(target).replaceAll(HOLE, '.*')}$`);
  return fromRoute.test(target.replaceAll(HOLE, 'x')) || fromTarget.test(route);
}

it('every link of the console leads to a page', () => {
  const app = TEXTS.find(({ path }) => path.endsWith('src/app.tsx'))!.text;
  const routes = ['/sign-in', ...[...app.matchAll(/<Route path="([^"*]+)"/g)].map(([, path]) => path!)];
  const links = [
    ...references(/\bto=(?:"([^"]+)"|\{`([^`]+)`\})/g),
    ...references(/\bto: '([^']+)'/g),
    ...references(/\bitem\('([^']+)'/g),
    ...references(/\bnavigate\((?:'([^']+)'|`([^`]+)`)/g),
    ...references(/\blink=\{\(.*?\) => `([^`]+)`/g),
  ];
  expect(routes.length).toBeGreaterThan(20);
  expect(links.length).toBeGreaterThan(60);
  const dead = links.filter(({ target }) => !routes.some((route) => matches(route, target)));
  expect(dead).toEqual([]);
});

it('every question of the console is answered by a route of the server', () => {
  const questions = references(
    /\b(?:get(?:<(?:[^<>]|<[^<>]*>)*>)?|send(?:<[^<>]*>)?)\(\s*(?:'[A-Z]+',\s*)?['`](\/[^'`]*)['`]/g,
  );
  expect(questions.length).toBeGreaterThan(40);
  const routes = server.app.declaredRoutes.map(({ url }) => url);
  const unknown = questions.filter(({ target }) => !routes.some((route) => matches(route, `/api/v1${target}`)));
  expect(unknown).toEqual([]);
});

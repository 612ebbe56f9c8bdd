/** The console's pages: files by name, and the one page for every other path, which routes in the browser. */
import staticFiles from '@fastify/static';
import type { FastifyInstance } from 'fastify';
import { Problem } from '../problem.ts';
import { consoleFiles } from './console-build.ts';

/** While it is built the page says so and asks again. */
const BUILDING = `<!doctype html><html lang="zh-CN"><meta charset="utf-8"><meta http-equiv="refresh" content="2">
<title>JDOS</title><p>控制台正在构建（仅首次），请稍候…<br><span lang="en">The console is being built (once); a moment…</span></p></html>`;

export interface ConsoleOptions {
  /** Where the built files are. @default built or found by {@link consoleFiles} at the first request */
  readonly files?: () => Promise<string>;
}

export async function consoleRoutes(app: FastifyInstance, { files = consoleFiles }: ConsoleOptions): Promise<void> {
  await app.register(staticFiles, { root: import.meta.dirname, serve: false, preCompressed: true });
  let [directory, building, failure]: [string?, Promise<void>?, Error?] = [];
  const config = { access: 'anyone' } as const;

  app.get('/assets/:file', { config }, async (request, reply) => {
    const { file } = request.params as { file: string };
    if (!directory) throw new Problem('not-found');
    return reply.sendFile(file, `${directory}/assets`, { immutable: true, maxAge: '365d' });
  });

  app.get('/*', { config }, async (request, reply) => {
    if (request.url.startsWith('/api/')) throw new Problem('not-found');
    if (!directory) await Promise.race([start(), new Promise((resolve) => setTimeout(resolve, 300).unref())]);
    if (failure) throw failure;
    if (!directory) return reply.type('text/html; charset=utf-8').send(BUILDING);
    return reply.sendFile('index.html', directory, { cacheControl: false });
  });

  /** A failed build is told once and tried again at the next request. */
  function start(): Promise<void> {
    failure = undefined;
    building ??= files()
      .then((found) => {
        directory = found;
      })
      .catch((error: Error) => {
        [failure, building] = [error, undefined];
      });
    return building;
  }
}

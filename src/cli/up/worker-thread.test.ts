import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import { launchWorker } from './worker-thread.ts';

/** A part written on the spot; `livePart` and `input` are there for it. */
function part(body: string, options: { input?: unknown; onProgress?: (text: string) => void; graceMs?: number } = {}) {
  const life = JSON.stringify(new URL('./worker-life.ts', import.meta.url).href);
  const source = `import { livePart } from ${life};\nawait livePart('test', async ({ input, signal, progress, log }) => { ${body} });`;
  const log = new PassThrough();
  const file = new URL(`data:text/javascript,${encodeURIComponent(source)}`);
  return { life: launchWorker<unknown>(file, { input: null, ...options, log }), log };
}

describe('a part in a worker thread', () => {
  it('gets its input, tells how far it is, and what it is when ready', async () => {
    const said: string[] = [];
    const { life } = part("progress('half'); return { info: input.a + 1 };", {
      input: { a: 1 },
      onProgress: (words) => said.push(words),
    });
    expect(await life.ready).toBe(2);
    expect(said).toEqual(['half']);
    await life.stop();
    await life.stop();
    expect(await life.ended).toBeUndefined();
  });

  it('that fails before it is ready says why', async () => {
    const { life, log } = part("throw new Error('no room');");
    await expect(life.ready).rejects.toThrow('no room');
    expect((await life.ended)?.message).toBe('no room');
    log.end();
    expect(await text(log)).toContain('no room');
  });

  it('that dies later tells its end', async () => {
    const { life } = part("setTimeout(() => { throw new Error('broken'); }, 1); return { info: null };");
    await life.ready;
    expect((await life.ended)?.message).toBe('broken');
  });

  it('is told to stop, and waited for', async () => {
    const { life, log } = part(
      `return { info: null, stop: async () => log.info({ aborted: signal.aborted }, 'bye') };`,
    );
    await life.ready;
    await life.stop();
    log.end();
    expect(JSON.parse(await text(log))).toMatchObject({ part: 'test', aborted: true, msg: 'bye' });
  });

  it('asked to stop before it is ready ends in peace', async () => {
    const { life } = part('await new Promise((_, no) => signal.addEventListener("abort", () => no(signal.reason)));');
    await life.stop();
    expect(await life.ended).toBeUndefined();
  });

  it('that does not stop is ended', async () => {
    const { life } = part('return { info: null, stop: () => new Promise(() => setInterval(() => {}, 1000)) };', {
      graceMs: 50,
    });
    await life.ready;
    await life.stop();
    expect((await life.ended)?.message).toContain('ended with code');
  });
});

import { describe, expect, it } from 'vitest';
import { ByteStream } from './byte-stream.ts';

function stream() {
  const calls: string[] = [];
  const body = new ByteStream({
    pause: () => calls.push('pause'),
    resume: () => calls.push('resume'),
    abort: () => calls.push('abort'),
  });
  return { body, calls };
}

const bytes = (size: number) => new Uint8Array(size);

describe('a stream of bytes', () => {
  it('gives what was pushed before and after it was asked for, then ends', async () => {
    const { body } = stream();
    body.push(Uint8Array.of(1));
    const all = Array.fromAsync(body, (chunk) => chunk[0]);
    body.push(Uint8Array.of(2));
    await Promise.resolve();
    body.push(Uint8Array.of(3));
    body.finish();
    body.push(Uint8Array.of(4));
    expect(await all).toEqual([1, 2, 3]);
  });

  it('rejects with its fault after what had arrived', async () => {
    const { body } = stream();
    body.push(Uint8Array.of(1));
    body.finish(new Error('broken'));
    body.finish();
    expect((await body.next()).value).toEqual(Uint8Array.of(1));
    await expect(body.next()).rejects.toThrow('broken');
  });

  it('holds the sender back while its reader is slow', async () => {
    const { body, calls } = stream();
    for (let i = 0; i < 5; i++) body.push(bytes(300_000));
    expect(calls).toEqual(['pause']);
    for (let i = 0; i < 3; i++) await body.next();
    expect(calls).toEqual(['pause']);
    await body.next();
    expect(calls).toEqual(['pause', 'resume']);
  });

  it('gives the stream up when its reader stops, unless it had ended', async () => {
    const open = stream();
    open.body.push(bytes(1));
    for await (const _ of open.body) break;
    expect(open.calls).toEqual(['abort']);
    expect((await open.body.next()).done).toBe(true);
    const over = stream();
    over.body.finish();
    await over.body.return();
    expect(over.calls).toEqual([]);
  });
});

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { expect, it } from 'vitest';
import { Store } from './store.ts';

const WRITER = new URL('./testdata/endless-writer.ts', import.meta.url).pathname;
const ROUNDS = 5;
const WRITES_A_ROUND = 200;

it('keeps every acknowledged write through kill -9 at any moment', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'jdos-kill-'));
  const acknowledged = new Map<string, number>();
  for (let round = 0; round < ROUNDS; round++) {
    await killWhileWriting(dir, acknowledged);
    const store = Store.open(dir);
    const things = store.collection('things');
    for (const [key, value] of acknowledged) expect(things.get(key)?.parse().value).toBeGreaterThanOrEqual(value);
    await store.close();
  }
  expect(acknowledged.size).toBeGreaterThan(0);
});

/** Notes what the writer says is done, and kills it in the middle of the next writes. */
async function killWhileWriting(dir: string, acknowledged: Map<string, number>): Promise<void> {
  const writer = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', WRITER, dir], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let count = 0;
  for await (const line of createInterface(writer.stdout)) {
    const [key, value] = line.split(' ') as [string, string];
    acknowledged.set(key, Number(value));
    if (++count === WRITES_A_ROUND) writer.kill('SIGKILL');
  }
  if (writer.exitCode === null && writer.signalCode === null) await once(writer, 'exit');
}

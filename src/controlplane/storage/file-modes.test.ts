import { mkdtempSync, readdirSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { Store } from './store.ts';

it('only the owner may read the files, whatever the directory allows', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'jdos-modes-'));
  const store = Store.open(dir);
  await store.write(store.collection('secrets'), 'a', () => ({ object: { metadata: {} } }));
  const modes = readdirSync(dir).map((name) => [name, statSync(join(dir, name)).mode & 0o077]);
  expect(modes.length).toBeGreaterThan(0);
  expect(modes.filter(([, mode]) => mode !== 0)).toEqual([]);
  await store.close();
});

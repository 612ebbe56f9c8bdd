import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { startControlPlane } from './control-plane.ts';

const scratch = mkdtempSync(join(tmpdir(), 'jdos-plane-'));
const folder = (name: string) => join(scratch, name);
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

describe('startControlPlane', () => {
  it('is stopped once, and whoever asks again waits for that', async () => {
    const plane = await startControlPlane({ dataDir: folder('stop') });
    let ended = false;
    const first = plane.stop().then(() => {
      ended = true;
    });
    await plane.stop();
    await first;
    expect(ended).toBe(true);
    // The data directory is free again.
    await (await startControlPlane({ dataDir: folder('stop') })).stop();
  });

  it('leaves nothing open when it fails', async () => {
    const { port, stop } = await startControlPlane({ dataDir: folder('one') });
    await expect(startControlPlane({ dataDir: folder('two'), port })).rejects.toMatchObject({
      code: 'JDOS_ERR_PORT_IN_USE',
    });
    await (await startControlPlane({ dataDir: folder('two') })).stop();
    await stop();
  });
});

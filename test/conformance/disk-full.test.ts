/** A data directory whose file system is full: writes are refused and say why, reads go on, and nothing is lost. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Wire } from './history/wire.ts';
import { PlaneProcess } from './plane-process.ts';

const MAPS = '/api/v1/namespaces/default/configmaps';
const SIZE_MIB = 24;
const mount = mountSmall();

/** A small file system in memory, where this user may mount one. */
function mountSmall(): string | undefined {
  const dir = mkdtempSync(join(tmpdir(), 'jdos-full-'));
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${SIZE_MIB}m`, 'tmpfs', dir], { stdio: 'ignore' });
    return dir;
  } catch {
    rmSync(dir, { recursive: true });
    return undefined;
  }
}

const title = mount
  ? 'a full disk'
  : 'a full disk (skipped: only root may mount the small file system that this needs)';

describe.skipIf(!mount)(title, () => {
  const dir = mount!;
  const ballast = join(dir, 'ballast');
  const acknowledged: string[] = [];
  let plane: PlaneProcess;
  let wire: Wire;

  beforeAll(async () => {
    plane = await PlaneProcess.start({ dataDir: dir });
    wire = new Wire(plane.access);
  });

  afterAll(async () => {
    wire?.cut();
    await plane?.dispose();
    execFileSync('umount', ['-l', dir], { stdio: 'ignore' });
    rmSync(dir, { recursive: true, force: true });
  });

  const map = (name: string) => ({ metadata: { name }, data: { filler: 'x'.repeat(20_000) } });

  async function create(name: string) {
    const answer = await wire.request('POST', MAPS, { body: map(name) });
    if (answer.status === 201) acknowledged.push(name);
    return answer;
  }

  async function names(): Promise<string[]> {
    const { body } = await wire.request('GET', MAPS);
    return body.items.map((item: { metadata: { name: string } }) => item.metadata.name);
  }

  it('refuses writes and says so, and goes on to be read', async () => {
    expect((await create('before')).status).toBe(201);
    const { bavail, bsize } = statfsSync(dir);
    writeFileSync(ballast, Buffer.alloc(bavail * bsize - 300_000));
    let refusal = await create('filler-0');
    for (let i = 1; refusal.status === 201 && i < 5_000; i++) refusal = await create(`filler-${i}`);
    expect(refusal.status).toBeGreaterThanOrEqual(500);
    expect(refusal.body).toMatchObject({ kind: 'Status', status: 'Failure' });
    expect(refusal.body.message).toMatch(/disk/);
    expect(await names()).toEqual(expect.arrayContaining(acknowledged));
    expect(await names()).not.toContain(`filler-${acknowledged.length - 1}`);
    const many = await Promise.all(Array.from({ length: 20 }, (_, i) => create(`burst-${i}`)));
    for (const { status, body } of many) if (status !== 201) expect(body.message).toMatch(/disk/);
    expect(plane.running).toBe(true);
  });

  it('takes writes again when there is room, and has lost nothing, then or after kill -9', async () => {
    rmSync(ballast);
    const seen = await names();
    for (let i = 0; i < 20; i++) expect((await create(`after-${i}`)).status).toBe(201);
    const then = (await names()).sort();
    expect(then).toEqual([...new Set([...seen, ...acknowledged])].sort());
    await plane.end('SIGKILL');
    await plane.restart();
    wire.cut();
    expect((await names()).sort()).toEqual(then);
  });
});

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Part, type PartLife } from '../../src/cli/up/part.ts';
import { type Launch, launchControllers, launchFleet, launchPlane } from '../../src/cli/up/parts.ts';
import { eventually, freePort, run } from './harness.ts';

const dir = mkdtempSync(join(tmpdir(), 'jdos-restart-'));
const launch: Launch = { log: new PassThrough().resume(), onProgress: () => {} };
const parts: Part<unknown>[] = [];
const lives = new Map<string, PartLife<unknown>>();

/** Starts a part whose present life can be ended behind its supervisor's back. */
async function start<I>(name: string, begin: () => PartLife<I>): Promise<I> {
  const part = new Part(name, () => {
    const life = begin();
    lives.set(name, life);
    return life;
  });
  parts.push(part);
  return part.start();
}

function file(name: string, text: string): string {
  writeFileSync(join(dir, name), text, { mode: 0o600 });
  return join(dir, name);
}

beforeAll(async () => {
  const port = await freePort();
  const plane = await start('api', () => launchPlane({ dataDir: dir, host: '127.0.0.1', port }, launch));
  const { admin, controllers, scheduler, fleet } = plane.kubeconfigs;
  file('kubeconfig', admin);
  const { rootCertificate } = plane;
  const roles = {
    controllers: { kubeconfig: file('controllers', controllers), rootCertificate },
    scheduler: { kubeconfig: file('scheduler', scheduler) },
  };
  await start('controllers', () => launchControllers(roles, launch));
  const kubeconfig = file('fleet', fleet);
  await start('fleet', () => launchFleet({ kubeconfig, hosts: 3 }, launch));
});
afterAll(async () => {
  for (const part of parts.toReversed()) await part.stop();
  rmSync(dir, { recursive: true, force: true });
});

const kubectl = (args: string) => run('kubectl', args.split(' '), { env: { KUBECONFIG: join(dir, 'kubeconfig') } });

/** A Deployment comes to life only when API, controllers, scheduler and fleet all do their work. */
async function comesToLife(name: string): Promise<void> {
  const create = () => kubectl(`create deployment ${name} --image=nginx --replicas=2`);
  await eventually(create, ({ code, stderr }) => code === 0 || stderr.includes('already exists'), { ms: 20_000 });
  const { code, stderr } = await kubectl(`rollout status deployment/${name} --timeout=60s`);
  expect(stderr).toBe('');
  expect(code).toBe(0);
}

describe('a running JDOS', () => {
  it('works', () => comesToLife('before'));

  it.each(['fleet', 'controllers', 'api'])('goes on after its part %s has died and come back', async (name) => {
    const part = parts.find((one) => one.name === name)!;
    const { restarts } = part.status;
    await lives.get(name)!.stop();
    await eventually(
      async () => part.status,
      (status) => status.restarts > restarts && status.state === 'ready',
    );
    await comesToLife(`after-${name}`);
  });
});

/** Frozen configuration: containers read what they started with until somebody rebuilds them. */

import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { CONFIG_MAPS, CONTROLLER_REVISIONS, PODS } from '../../../src/kube/index.ts';
import { container, type Loose, Subject, startWorld, statusOf, type World } from './world.ts';

const at = { namespace: 'default' };
let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(async () => {
  expect(world?.faults ?? []).toEqual([]);
  await world?.stop();
});

function source(name: string, data: Record<string, string>) {
  const body = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name }, data };
  return world.client.patch(CONFIG_MAPS, name, { kind: 'apply', body, force: true }, { ...at, fieldManager: 'test' });
}

function frozen(name: string, rest: Loose = {}): Loose {
  return {
    name: 'app',
    configMapRef: { name },
    containers: ['main'],
    mountPath: '/etc/app',
    files: ['app.yaml'],
    ...rest,
  };
}

async function exec(pod: string, ...command: string[]): Promise<string> {
  const session = await world.client.exec(pod, { ...at, container: 'main', command });
  const [out, err] = await Promise.all([text(Readable.from(session.stdout)), text(Readable.from(session.stderr))]);
  return `${out}${err}`;
}
const read = (subject: Subject) => Promise.all(subject.names().map((name) => exec(name, 'cat', '/etc/app/app.yaml')));
const crash = async (pod: string) => {
  const mark = (on: boolean) => ({
    'fleet.jdos.jd.com/run-seconds': on ? '1' : null,
    'fleet.jdos.jd.com/exit-code': on ? '1' : null,
  });
  const patch = (on: boolean) =>
    world.client.patch(PODS, pod, { kind: 'merge', body: { metadata: { annotations: mark(on) } } }, at);
  const before = statusOf(await world.client.get(PODS, pod, at))!.restartCount;
  await patch(true);
  const count = async () => statusOf(await world.client.get(PODS, pod, at))!.restartCount;
  await world.until(count, (now) => now > before, 'the crash');
  await patch(false);
  await world.until(
    async () => statusOf(await world.client.get(PODS, pod, at))!,
    ({ ready }) => ready,
    'the restart',
  );
};

it('C1 C2 C3 a change of the source reaches a container by a rebuild only, not by time and not by a crash', async () => {
  await source('c1', { 'app.yaml': 'v1' });
  const web = new Subject(world, 'c1');
  await web.create({ replicas: 2, staticConfigs: [frozen('c1')], updateStrategy: { rollingUpdate: { paused: true } } });
  await web.settled();
  expect(await read(web)).toEqual(['v1', 'v1']);
  const ips = web.pods().map((pod) => pod.status?.podIP);
  await source('c1', { 'app.yaml': 'v2' });
  await world.until(
    () => web.get(),
    ({ status }) => status?.updateRevision !== status?.currentRevision,
    'a revision',
  );
  await world.pass(600, 5000);
  expect(await read(web)).toEqual(['v1', 'v1']);
  await crash('c1-0');
  expect(await read(web)).toEqual(['v1', 'v1']);
  await web.patch({ updateStrategy: { rollingUpdate: { paused: false } } });
  await web.settled();
  expect(await read(web)).toEqual(['v2', 'v2']);
  expect(web.pods().map((pod) => pod.status?.podIP)).toEqual(ips);
  await crash('c1-1');
  expect(await read(web)).toEqual(['v2', 'v2']);
});

it('C4 a container starts only when its host can see the file, so that no directory lies in its place', async () => {
  await source('c4', { 'app.yaml': 'v1' });
  const web = new Subject(world, 'c4');
  await web.create({ replicas: 1, staticConfigs: [frozen('c4')] });
  await web.settled();
  await source('c4', { 'app.yaml': 'v2' });
  const hub = () => world.client.get(CONFIG_MAPS, 'c4-cfg', at);
  await world.until(hub, ({ data }) => Object.values(data ?? {}).includes('v2'), 'the hub');
  const published = world.clock.now();
  await world.until(
    () => statusOf(web.pod(0)!)?.restartCount,
    (count) => count === 1,
    'the rebuild',
  );
  expect(world.clock.now() - published).toBeGreaterThanOrEqual(4000);
  await web.settled();
  expect(await read(web)).toEqual(['v2']);
});

it('C5 a canary reads the new file, all others the old one; the way back restores the old bytes', async () => {
  await source('c5', { 'app.yaml': 'old' });
  const web = new Subject(world, 'c5');
  const rolling = (partition: number) => ({ updateStrategy: { rollingUpdate: { partition, maxUnavailable: 5 } } });
  await web.create({ replicas: 5, staticConfigs: [frozen('c5')], ...rolling(4) });
  await web.settled();
  await source('c5', { 'app.yaml': 'new' });
  await world.until(
    () => web.get(),
    ({ status }) => status?.updatedReplicas === 1,
    'the canary',
  );
  await web.settled();
  expect((await read(web)).toSorted()).toEqual(['new', 'old', 'old', 'old', 'old']);
  await web.patch(rolling(5));
  await web.settled();
  expect(await read(web)).toEqual(['old', 'old', 'old', 'old', 'old']);
});

it('C7 a configuration that is too large is told of, and no Pod is touched', async () => {
  await source('c7', { 'app.yaml': 'x'.repeat(600_000) });
  const web = new Subject(world, 'c7');
  await web.create({ replicas: 1, staticConfigs: [frozen('c7')] });
  await web.settled();
  await source('c7', { 'app.yaml': 'y'.repeat(600_000) });
  const group = await world.until(
    () => web.get(),
    (one) => web.condition(one, 'FailedUpdate') !== undefined,
    'the refusal',
  );
  expect(web.condition(group, 'FailedUpdate')).toMatchObject({ reason: 'ConfigTooLarge' });
  expect(statusOf(web.pod(0)!)?.restartCount).toBe(0);
  await source('c7', { 'app.yaml': 'small' });
  await world.until(
    () => read(web),
    ([text]) => text === 'small',
    'the small one',
  );
  await web.settled();
  expect(web.condition(await web.get(), 'FailedUpdate')).toBeUndefined();
});

it('a source that is not there, or lacks the file, is told of; nothing is made', async () => {
  const web = new Subject(world, 'missing');
  await web.create({ replicas: 1, staticConfigs: [frozen('missing')] });
  const told = (words: string) =>
    world.until(
      () => web.get(),
      (one) => web.condition(one, 'FailedUpdate')?.message?.includes(words) ?? false,
      words,
    );
  await told('does not exist');
  await source('missing', { 'other.yaml': '' });
  await told('has no key app.yaml');
  expect(web.pods()).toEqual([]);
  await source('missing', { 'app.yaml': 'here' });
  await web.settled();
  expect(await read(web)).toEqual(['here']);
});

it('C8 one more file makes the Pod anew', async () => {
  await source('c8', { 'app.yaml': 'a', 'more.yaml': 'b' });
  const web = new Subject(world, 'c8');
  await web.create({ replicas: 1, staticConfigs: [frozen('c8')] });
  await web.settled();
  const { uid } = web.pod(0)!.metadata;
  await web.patch({ staticConfigs: [frozen('c8', { files: ['app.yaml', 'more.yaml'] })] });
  await web.settled();
  expect(web.pod(0)!.metadata.uid).not.toBe(uid);
  expect(await exec('c8-0', 'cat', '/etc/app/more.yaml')).toBe('b');
});

it('C9 the rebuilt container has the new value of a mutable variable', async () => {
  const main = (value: string) => container('main', 'web:1', { env: [{ name: 'FEATURE_X', value }] });
  const web = new Subject(world, 'c9');
  const mutableEnv = [{ container: 'main', names: ['FEATURE_X'] }];
  await web.create({ replicas: 1, mutableEnv }, { spec: { containers: [main('off')] } });
  await web.settled();
  const { uid } = web.pod(0)!.metadata;
  expect(await exec('c9-0', 'printenv', 'FEATURE_X')).toBe('off\n');
  await web.containers(main('on'));
  await web.settled();
  expect(await exec('c9-0', 'printenv', 'FEATURE_X')).toBe('on\n');
  expect([web.pod(0)!.metadata.uid, statusOf(web.pod(0)!)?.restartCount]).toEqual([uid, 1]);
});

it('C10 immutable configuration: a ConfigMap for each revision, Pods made anew, the old one gone when nobody needs it', async () => {
  await source('c10', { 'app.yaml': 'v1' });
  const web = new Subject(world, 'c10');
  const rolling = (partition: number) => ({ updateStrategy: { rollingUpdate: { partition, maxUnavailable: 2 } } });
  const staticConfigs = [frozen('c10', { mode: 'Immutable' })];
  await web.create({ replicas: 2, staticConfigs, revisionHistoryLimit: 0, ...rolling(1) });
  await web.settled();
  const maps = async () =>
    (await world.client.list(CONFIG_MAPS, { ...at, labelSelector: 'apps.jdos.jd.com/group=c10' })).items;
  expect((await maps()).map(({ immutable, data }) => [immutable, data])).toEqual([[true, { 'app.yaml': 'v1' }]]);
  await source('c10', { 'app.yaml': 'v2' });
  await world.until(
    () => web.get(),
    ({ status }) => status?.updatedReplicas === 1,
    'the first Pod',
  );
  await web.settled();
  expect((await read(web)).toSorted()).toEqual(['v1', 'v2']);
  expect(await maps()).toHaveLength(2);
  await web.patch(rolling(0));
  await web.settled();
  expect(await read(web)).toEqual(['v2', 'v2']);
  await world.until(maps, (all) => all.length === 1, 'the end of the old ConfigMap');
  expect((await maps())[0]!.data).toEqual({ 'app.yaml': 'v2' });
});

it('C6 keeps every revision that a step back would need, and no others', async () => {
  await source('c6', { 'app.yaml': 'r0' });
  const web = new Subject(world, 'c6');
  await web.create({ replicas: 1, staticConfigs: [frozen('c6')], revisionHistoryLimit: 1 });
  await web.settled();
  for (const text of ['r1', 'r2', 'r3']) {
    await source('c6', { 'app.yaml': text });
    await world.until(
      () => web.get(),
      ({ status }) => status?.updateRevision !== status?.currentRevision,
      text,
    );
    await web.settled();
  }
  const hub = async () => Object.values((await world.client.get(CONFIG_MAPS, 'c6-cfg', at)).data ?? {});
  await source('c6', { 'app.yaml': 'r4' });
  await world.until(
    () => web.get(),
    ({ status }) => status?.updateRevision !== status?.currentRevision,
    'r4',
  );
  await web.settled();
  const kept = (await world.client.list(CONTROLLER_REVISIONS, at)).items.filter(({ metadata }) =>
    metadata.name.startsWith('c6-'),
  );
  expect(kept.length).toBeLessThanOrEqual(3);
  expect((await hub()).length).toBeLessThanOrEqual(3);
  expect(await hub()).toContain('r4');
  expect(await hub()).toContain('r3');
  expect(await hub()).not.toContain('r0');
});

import { afterEach, beforeEach, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { CONFIG_MAPS, PODS, type Pod, VirtualClock } from '../../kube/index.ts';
import { AddressBlock } from '../address-block.ts';
import { chanceOf } from '../chance.ts';
import { Host } from '../host.ts';
import { makeHosts } from '../make-hosts.ts';
import { PodLife } from '../pod-life.ts';
import type { Resident } from '../resident.ts';
import { loadStages } from '../stage-files.ts';
import { MemoryApi } from '../testing/memory-api.ts';
import { NO_FAULTS } from '../world.ts';
import { type KubeletServer, startKubeletServer } from './server.ts';

let server: KubeletServer;
let resident: Resident;
let api: MemoryApi;

beforeEach(async () => {
  api = new MemoryApi();
  const clock = new VirtualClock(Date.UTC(2026, 0, 1, 0, 1));
  api.put(CONFIG_MAPS, { metadata: { name: 'settings', namespace: 'default' }, data: { 'a.conf': 'x=1\n', B: 'two' } });
  const pod = api.put<Pod>(PODS, {
    metadata: { name: 'web-1', namespace: 'default', labels: { app: 'web' } },
    spec: {
      nodeName: 'h',
      volumes: [{ name: 'v', configMap: { name: 'settings', items: [{ key: 'a.conf', path: 'a.conf' }] } }],
      containers: [
        {
          name: 'web',
          image: 'nginx:1.27',
          command: ['sh', '-c', 'echo hello; sleep infinity'],
          env: [
            { name: 'WHO', value: 'you' },
            { name: 'GREETING', value: 'hi $(WHO), $(NOBODY)' },
            { name: 'APP', valueFrom: { fieldRef: { fieldPath: "metadata.labels['app']" } } },
          ],
          envFrom: [{ prefix: 'S_', configMapRef: { name: 'settings' } }],
          volumeMounts: [{ name: 'v', mountPath: '/etc/web' }],
        },
      ],
    },
  });
  resident = residentOf(pod);
  const find = (namespace: string, name: string) =>
    namespace === 'default' && name === 'web-1' ? resident : undefined;
  // What is read takes its time, as it does of a real API.
  const get: typeof api.client.get = async (...args) => {
    await new Promise((resolve) => setImmediate(resolve));
    return await api.client.get(...args);
  };
  const { host } = resident;
  const findHost = (name: string) => (name === host.name ? host : undefined);
  server = await startKubeletServer({ client: { get }, clock, port: 0, find, hosts: () => [host], findHost });
});

afterEach(() => server.close());

function residentOf(pod: Pod): Resident {
  const host = new Host(api.put(CONFIG_MAPS, makeHosts(1)[0]!) as never, '10.128.0.0/24');
  const world = { keys: () => new Set(['a.conf', 'B']), claim: () => 'bound' as const, faults: () => NO_FAULTS };
  const life = new PodLife(pod, { host, world, stages: loadStages(), chance: chanceOf(1) });
  for (let now = Date.UTC(2026, 0, 1), steps = 0; steps < 20; steps++) {
    life.run(now);
    now = life.next(now) ?? now + 1000;
  }
  expect(host.addresses).toBeInstanceOf(AddressBlock);
  return { host, life, sent: {}, echo: undefined, removed: false };
}

const url = (path: string, scheme = 'http') => `${scheme}://127.0.0.1:${server.address.port}${path}`;
const headers = () => ({ authorization: `Bearer ${server.address.token}` });
const logs = async (query = '') => {
  const answer = await fetch(url(`/containerLogs/default/web-1/web${query}`), { headers: headers() });
  return { status: answer.status, text: await answer.text() };
};

interface Done {
  out: string;
  err: string;
  status: { status: string; reason?: string; details?: { causes: { message: string }[] } };
}

function exec(command: string[], stdin?: string): Promise<Done> {
  const query = new URLSearchParams(command.map((word): [string, string] => ['command', word]));
  if (stdin !== undefined) query.set('stdin', 'true');
  const ws = new WebSocket(url(`/exec/default/web-1/web?${query}`, 'ws'), ['v5.channel.k8s.io'], {
    headers: headers(),
  });
  const texts = ['', '', '', ''];
  return new Promise((resolve, reject) => {
    ws.on('open', () => {
      if (stdin === undefined) return;
      ws.send(Buffer.concat([Buffer.from([0]), Buffer.from(stdin)]));
      ws.send(Buffer.from([255, 0]));
    });
    ws.on('message', (data: Buffer) => {
      texts[data[0]!] += data.subarray(1).toString();
    });
    ws.on('error', reject);
    ws.on('close', () =>
      resolve({ out: texts[1]!, err: texts[2]!, status: JSON.parse(texts[3] || '{}') as Done['status'] }),
    );
  });
}

test('without the token nobody is answered', async () => {
  expect((await fetch(url('/containerLogs/default/web-1/web'))).status).toBe(401);
  expect((await fetch(url('/healthz'), { headers: { authorization: 'Bearer wrong' } })).status).toBe(401);
});

test('logs say that the container is simulated, and what its command has printed', async () => {
  const { status, text } = await logs();
  expect(status).toBe(200);
  expect(text.split('\n')).toEqual([
    expect.stringContaining('simulated container web (nginx:1.27)'),
    'started, restart 0',
    'hello',
    '',
  ]);
});

test('logs may be cut and stamped', async () => {
  expect((await logs('?tailLines=1')).text).toBe('hello\n');
  expect((await logs('?timestamps=true&tailLines=1')).text).toMatch(
    /^2026-01-01T00:00:0\dZ? hello|^2026-01-01T00:00:0\d\.\d{9}Z hello\n$/,
  );
  expect((await logs('?limitBytes=5')).text).toHaveLength(5);
  expect((await logs('?sinceSeconds=1')).text).toBe('');
});

test('there are no logs of what is not there', async () => {
  expect((await logs('?previous=true')).status).toBe(400);
  expect((await fetch(url('/containerLogs/default/web-1/nobody'), { headers: headers() })).status).toBe(404);
  expect((await fetch(url('/containerLogs/default/nobody/web'), { headers: headers() })).status).toBe(404);
  expect((await fetch(url('/elsewhere'), { headers: headers() })).status).toBe(404);
});

test('a host that is down does not answer', async () => {
  resident.host.faults = { ...resident.host.faults, silent: 'kubelet' };
  expect((await logs()).status).toBe(502);
});

test.each([
  [['echo', 'a', 'b'], 'a b\n'],
  [['hostname'], 'web-1\n'],
  [['printenv', 'GREETING', 'APP', 'S_B'], 'hi you, $(NOBODY)\nweb\ntwo\n'],
  [['cat', '/etc/web/a.conf'], 'x=1\n'],
  [['ls', '/etc/web'], 'a.conf\n'],
  [['sh', '-c', 'echo 1; false || echo 2; true && echo $APP'], '1\n2\nweb\n'],
  [['/bin/sh', '-c', 'cat /etc/web/a.conf'], 'x=1\n'],
])('%j prints %j', async (command, out) => {
  const done = await exec(command);
  expect(done).toMatchObject({ out, err: '', status: { status: 'Success' } });
});

test('the simulated environment holds no substitution of unknown names', async () => {
  expect((await exec(['env'])).out).toContain('HOSTNAME=web-1\n');
});

test.each([
  [['false'], 1],
  [['sh', '-c', 'exit 7'], 7],
  [['top'], 127],
  [['cat', '/nowhere'], 1],
  [['sh', '-c', 'a | b'], 2],
])('%j ends with code %i', async (command, code) => {
  const { status } = await exec(command);
  expect(status).toMatchObject({
    status: 'Failure',
    reason: 'NonZeroExitCode',
    details: { causes: [{ message: String(code) }] },
  });
});

test('an unknown command says that the container is simulated', async () => {
  expect((await exec(['top'])).err).toContain('simulated');
});

test('a shell takes its lines from stdin', async () => {
  expect(await exec(['sh'], 'echo one\necho two; exit 3\necho never\n')).toMatchObject({
    out: 'one\ntwo\n',
    status: { details: { causes: [{ message: '3' }] } },
  });
});

test('cat gives back what comes in', async () => {
  expect((await exec(['cat'], 'round trip')).out).toBe('round trip');
});

test('nothing runs in a container that does not', async () => {
  const [c] = resident.life.containers;
  c!.status = { ...c!.status, state: { waiting: { reason: 'CrashLoopBackOff' } } };
  expect((await exec(['true'])).status).toMatchObject({ status: 'Failure', reason: 'InternalError' });
});

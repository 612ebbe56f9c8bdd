import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { expect, it } from 'vitest';
import type { ExecSession, Pod } from '../../kube/index.ts';
import { VirtualClock } from '../../kube/index.ts';
import { ask } from '../ask.ts';
import { withBreaker } from '../breaker.ts';
import { collectorScript } from '../collector.ts';
import { NOW, subject, textWith } from '../host.testing.ts';
import { HostRoot } from '../host-root.testing.ts';
import { reachOf } from '../reach.ts';
import { NO_SETTINGS } from '../settings.ts';
import { execTransport } from './exec.ts';
import { fileTransport } from './file.ts';
import { localTransport, sshTransport } from './shell.ts';
import type { Transport } from './transport.ts';

const signal = new AbortController().signal;
const failureOf = async (transport: Transport, of = subject()) => {
  const { answer } = await ask(transport, of);
  return 'failure' in answer ? answer.failure : undefined;
};

it('local runs the collector on this machine', async () => {
  const { answer } = await ask(localTransport(`JDOS_GAP=0\n${collectorScript()}`), subject());
  expect('facts' in answer && answer.facts.whole).toBe(true);
});

it('ssh is the system’s, asks for no password, and gets the collector on its stdin and nothing secret in its arguments', async () => {
  using root = new HostRoot('v2');
  const seen = join(root.dir, 'arguments');
  const program = root.program('ssh', `printf '%s\\n' "$@" > ${seen}; JDOS_GAP=0 JDOS_ROOT=${root.dir} exec sh -s`);
  const transport = sshTransport(collectorScript(), { program, user: 'ops', port: 2222, identity: '/keys/id' });
  const { answer } = await ask(transport, subject({ address: '10.0.0.7' }));
  expect('facts' in answer && answer.facts.number('limits', 'pid_max')).toBe(4_194_304);
  const words = readFileSync(seen, 'utf8').trim().split('\n');
  expect(words).toContain('BatchMode=yes');
  expect(words.slice(-3)).toEqual(['--', '10.0.0.7', '/bin/sh -s']);
});

it('ssh tells in its own words why it did not get there', async () => {
  using root = new HostRoot('v2');
  const program = root.program('ssh', 'echo "ssh: connect to host 10.0.0.7 port 22: No route to host" >&2; exit 255');
  expect(await failureOf(sshTransport('', { program }))).toEqual({
    kind: 'unreachable',
    reason: 'ssh: connect to host 10.0.0.7 port 22: No route to host',
  });
});

it.each(['-oProxyCommand=touch x', 'a b', 'h;reboot', '$(reboot)'])('A26 %s is no address for ssh', async (address) => {
  const failure = await failureOf(sshTransport('', { program: '/does/not/run' }), subject({ address }));
  expect(failure?.reason).toContain('is no address');
});

it('exec finds the agent on the host and gives a shell in the host’s root the collector', async () => {
  using root = new HostRoot('v1');
  const asked: string[][] = [];
  const agent = {
    metadata: { name: 'agent-1' },
    spec: { nodeName: 'h1', containers: [] },
    status: { phase: 'Running' },
  } as unknown as Pod;
  const client = {
    async *listAll() {
      yield agent as never;
    },
    exec: async (name: string, o: { command: readonly string[] }): Promise<ExecSession> => {
      asked.push([name, ...o.command]);
      const child = spawn('sh', ['-s'], { env: { ...process.env, JDOS_ROOT: root.dir, JDOS_GAP: '0' } });
      return {
        stdout: child.stdout,
        stderr: child.stderr,
        exitCode: new Promise((resolve) => child.on('close', (code) => resolve(code ?? 1))),
        write: (data) => void child.stdin.write(data),
        end: () => void child.stdin.end(),
        resize: () => undefined,
        close: () => void child.kill(),
      };
    },
  };
  const transport = execTransport(client, collectorScript());
  const { answer } = await ask(transport, subject());
  expect('facts' in answer && answer.facts.text('cadvisor_cgroup', 'cpu')).toContain('v1');
  expect(asked).toEqual([['agent-1', 'chroot', '/host', '/bin/sh', '-s']]);
  expect((await failureOf(transport, subject({ host: 'h2' })))?.reason).toContain('no agent Pod runs on the host');
});

it('a file is as old as it is, and no name of a host leads out of its directory', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'jdos-facts-'));
  writeFileSync(join(dir, 'h1.facts'), textWith());
  const transport = fileTransport({ dir, intervalMs: 60_000 });
  expect('facts' in (await ask(transport, subject())).answer).toBe(true);
  utimesSync(join(dir, 'h1.facts'), 1, 1);
  const old = await ask(transport, subject());
  expect([old.answer, old.subject.heartbeat]).toEqual([
    { failure: { kind: 'stale', reason: expect.stringContaining('min ago') } },
    { at: 1000, intervalMs: 60_000 },
  ]);
  expect((await failureOf(transport, subject({ host: '../h1' })))?.kind).toBe('unreachable');
  expect((await failureOf(transport, subject({ host: 'h9' })))?.reason).toContain('there is no');
});

it('an answer that is no answer of the collector is malformed', async () => {
  const failure = await failureOf({ name: 't', collect: async () => ({ text: 'command not found' }) });
  expect(failure?.kind).toBe('malformed');
});

it('an answer that was cut off keeps what came, and tells of the rest', async () => {
  const text = textWith().split('@ limits')[0]!;
  const { answer } = await ask({ name: 't', collect: async () => ({ text }) }, subject());
  if (!('facts' in answer)) throw new Error('facts were expected');
  expect([answer.facts.whole, answer.facts.lines('load').length]).toEqual([false, 1]);
  expect(() => answer.facts.lines('limits')).toThrow('cut off');
});

it('a host that failed three times is left alone for five minutes', async () => {
  const clock = new VirtualClock(NOW);
  let asked = 0;
  const collect = async () => {
    asked++;
    throw new Error('refused');
  };
  const transport = withBreaker({ name: 't', collect }, { clock });
  const once = () => transport.collect(subject(), signal).catch((error: Error) => error.message);
  for (let i = 0; i < 3; i++) expect(await once()).toBe('refused');
  expect([await once(), asked]).toEqual(['not asked again so soon; 3 times: refused', 3]);
  await clock.advance(300_001);
  expect([await once(), asked]).toEqual(['refused', 4]);
});

it('simulated hosts are asked at their endpoint, others by their agent', () => {
  const client = {} as never;
  const reach = reachOf({ client, settings: NO_SETTINGS });
  const all: Record<string, string>[] = [{ 'fleet.jdos.jd.com/simulated': 'true' }, {}];
  const names = all.map((labels) => reach(subject({ labels })).name);
  expect(names).toEqual(['node', 'exec']);
  expect(reachOf({ settings: NO_SETTINGS, way: 'file', dir: '/x' })(subject()).name).toBe('file');
});

import { beforeAll, describe, expect, it } from 'vitest';
import type { ExecSession } from '../../../src/kube/index.ts';
import { NAMESPACE, type RealCluster } from '../real-cluster.ts';
import { until } from '../until.ts';

/** Commands and logs of real containers through our own client. */
export function streams(cluster: () => RealCluster): void {
  describe('in a real container', () => {
    beforeAll(async () => {
      await cluster().run('talk');
    });

    it('a command gets its words unchanged, and both its streams and its exit code come back', async () => {
      const session = await exec('talk', ['sh', '-c', 'echo "$0|$1"; echo oops >&2; exit 3', 'a b', '$c']);
      expect(await Promise.all([text(session.stdout), text(session.stderr), session.exitCode])).toEqual([
        'a b|$c\n',
        'oops\n',
        3,
      ]);
    });

    it('a command reads what is written to it until its input is closed', async () => {
      const session = await exec('talk', ['sort'], true);
      session.write('b\n');
      session.write('a\n');
      session.end();
      expect(await text(session.stdout)).toBe('a\nb\n');
      expect(await session.exitCode).toBe(0);
    });

    it('much output comes whole', async () => {
      const session = await exec('talk', ['sh', '-c', 'dd if=/dev/zero bs=1M count=16 2>/dev/null']);
      let bytes = 0;
      for await (const chunk of session.stdout) bytes += chunk.length;
      expect(bytes).toBe(16 << 20);
    });

    it('a terminal has the size it is given', async () => {
      const script = 'until [ "$(stty size 2>/dev/null)" = "40 120" ]; do sleep 0.1; done; echo so it is';
      const command = ['sh', '-c', script];
      const session = await cluster().client.exec('talk', { namespace: NAMESPACE, command, stdin: true, tty: true });
      session.resize(120, 40);
      expect(await text(session.stdout)).toBe('so it is\r\n');
    });

    it('a program that is not there is an error with the words of the runtime', async () => {
      const session = await exec('talk', ['no-such-program']);
      await expect(session.exitCode).rejects.toThrow('no-such-program');
    });

    it('logs are read, from the end, and while they are written', async () => {
      await cluster().exec('talk', 'sh', '-c', 'for i in 1 2 3; do echo line $i >/proc/1/fd/1; done');
      await until(async () => (await logs({})).endsWith('line 3\n'), 'the log to be written');
      expect(await logs({})).toBe('app v1\nline 1\nline 2\nline 3\n');
      expect(await logs({ tailLines: 1 })).toBe('line 3\n');
      const stop = new AbortController();
      const following = cluster().client.logs('talk', { ...AT, follow: true, tailLines: 1, signal: stop.signal });
      const next = async () => Buffer.from((await following.next()).value ?? []).toString();
      expect(await next()).toBe('line 3\n');
      await cluster().exec('talk', 'sh', '-c', 'echo line 4 >/proc/1/fd/1');
      expect(await next()).toBe('line 4\n');
      stop.abort();
    });

    it('the log of the container before is kept', async () => {
      await cluster().crash('talk', 1);
      expect(await logs({ previous: true, tailLines: 1 })).toBe('line 4\n');
    });

    const exec = (name: string, command: readonly string[], stdin = false): Promise<ExecSession> =>
      cluster().client.exec(name, { namespace: NAMESPACE, command, stdin });

    const AT = { namespace: NAMESPACE, container: 'app' };

    const logs = (o: { tailLines?: number; previous?: boolean }) =>
      text(cluster().client.logs('talk', { ...AT, ...o }));
  });
}

async function text(stream: AsyncIterable<Uint8Array>): Promise<string> {
  return Buffer.concat(await Array.fromAsync(stream)).toString();
}

/** A real sshd of Debian's on this machine's loopback, whose sessions find programs of the test before those of the machine. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { requireProgram } from '../debian.ts';
import { eventually, freePort, run } from './harness.ts';

const SSHD = '/usr/sbin/sshd';

export class SshHost implements AsyncDisposable {
  readonly dir: string;
  readonly user: string = userInfo().username;
  /** For clients: the port, the key to sign in with, and the keys of hosts that are known. */
  readonly config: string;
  readonly #server: ChildProcess;

  private constructor(dir: string, server: ChildProcess) {
    this.dir = dir;
    this.config = join(dir, 'ssh_config');
    this.#server = server;
  }

  /** Answers at 127.0.0.1, .3 and .4: the key of the first is known, of the second another one is known, of the third none. */
  static async start(): Promise<SshHost> {
    requireProgram('ssh', 'openssh-client');
    requireProgram(SSHD, 'openssh-server');
    mkdirSync('/run/sshd', { recursive: true });
    const dir = mkdtempSync(join(tmpdir(), 'jdos-sshd-'));
    mkdirSync(join(dir, 'bin'));
    for (const key of ['host', 'other', 'login'])
      execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', '', '-f', join(dir, key)]);
    const port = await freePort();
    writeFileSync(join(dir, 'enter'), enterScript(dir));
    chmodSync(join(dir, 'enter'), 0o755);
    writeFileSync(join(dir, 'sshd_config'), serverConfig(dir, port));
    writeFileSync(join(dir, 'ssh_config'), clientConfig(dir, port));
    writeFileSync(join(dir, 'known'), knownHosts(dir, port));
    const server = spawn('setpriv', ['--pdeathsig', 'KILL', '--', SSHD, '-D', '-e', '-f', join(dir, 'sshd_config')], {
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    const host = new SshHost(dir, server);
    const knock = () => run('ssh', ['-F', host.config, '-o', 'BatchMode=yes', '-l', host.user, '127.0.0.1', 'true']);
    await eventually(knock, ({ code }) => code === 0, { ms: 60_000, what: 'sshd to let us in' });
    rmSync(join(dir, 'asked'));
    return host;
  }

  /** A program of the host, in sh. */
  program(name: string, script: string): void {
    const path = join(this.dir, 'bin', name);
    writeFileSync(path, `#!/bin/sh\n${script}\n`);
    chmodSync(path, 0o755);
  }

  /** What has been run here, word for word. */
  asked(): string[] {
    const file = join(this.dir, 'asked');
    return existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n') : [];
  }

  async [Symbol.asyncDispose](): Promise<void> {
    rmSync(this.dir, { recursive: true, force: true });
    this.#server.kill('SIGKILL');
    if (this.#server.exitCode === null && this.#server.signalCode === null) await once(this.#server, 'exit');
  }
}

function enterScript(dir: string): string {
  return `#!/bin/sh
PATH=${dir}/bin:/usr/bin:/bin
export PATH
printf '%s\\n' "$SSH_ORIGINAL_COMMAND" >> ${dir}/asked
exec /bin/sh -c "$SSH_ORIGINAL_COMMAND"
`;
}

function serverConfig(dir: string, port: number): string {
  return `Port ${port}
ListenAddress 127.0.0.1
ListenAddress 127.0.0.3
ListenAddress 127.0.0.4
HostKey ${dir}/host
AuthorizedKeysFile ${dir}/login.pub
ForceCommand ${dir}/enter
PidFile none
UsePAM no
StrictModes no
PasswordAuthentication no
KbdInteractiveAuthentication no
PermitRootLogin prohibit-password
LogLevel ERROR
`;
}

function clientConfig(dir: string, port: number): string {
  return `Host *
  Port ${port}
  IdentityFile ${dir}/login
  IdentitiesOnly yes
  UserKnownHostsFile ${dir}/known
  GlobalKnownHostsFile /dev/null
`;
}

function knownHosts(dir: string, port: number): string {
  const key = (name: string) => readFileSync(join(dir, `${name}.pub`), 'utf8').trim();
  return `[127.0.0.1]:${port} ${key('host')}\n[127.0.0.3]:${port} ${key('other')}\n`;
}

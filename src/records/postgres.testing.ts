/** A PostgreSQL of our own for tests: in a directory of its own, on a free port of the loopback, as an unprivileged user. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { createInterface } from 'node:readline';

export interface TestPostgres {
  /** Of a database that nobody else uses. */
  database(name: string): string;
  stop(): Promise<void>;
}

const PACKAGE = 'postgresql';
const BINARIES = '/usr/lib/postgresql';
const USER = 'postgres';

export async function startPostgres(): Promise<TestPostgres> {
  const bin = findBinaries();
  const owner = unprivileged();
  const home = mkdtempSync(join(tmpdir(), 'jdos-postgres-'));
  if (owner) chownSync(home, owner.uid, owner.gid);
  const data = join(home, 'data');
  const options = { ...owner, cwd: home, env: { PATH: process.env.PATH, LC_ALL: 'C', HOME: home } };
  execFileSync(join(bin, 'initdb'), ['-D', data, '-U', USER, '-A', 'trust', '-E', 'UTF8', '--no-sync'], {
    ...options,
    stdio: 'pipe',
  });
  const port = await freePort();
  const settings = ['fsync=off', 'listen_addresses=127.0.0.1', `unix_socket_directories=${home}`, `port=${port}`];
  const server = spawn(join(bin, 'postgres'), ['-D', data, ...settings.flatMap((setting) => ['-c', setting])], {
    ...options,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  await accepting(server);
  return {
    database(name) {
      execFileSync('psql', ['-h', '127.0.0.1', '-p', String(port), '-U', USER, '-qc', `create database "${name}"`]);
      return `postgres://${USER}@127.0.0.1:${port}/${name}`;
    },
    async stop() {
      if (server.exitCode === null) {
        server.kill('SIGINT');
        await once(server, 'exit');
      }
      rmSync(home, { recursive: true, force: true });
    },
  };
}

/** Installs the package where it is missing and that is allowed. @throws Error naming it where it cannot be had. */
function findBinaries(): string {
  if (!binaries()) install();
  const found = binaries();
  if (!found) throw new Error(`PostgreSQL's server is not on this machine: install Debian's package ${PACKAGE}`);
  return found;
}

function binaries(): string | undefined {
  if (!existsSync(BINARIES)) return undefined;
  const versions = readdirSync(BINARIES).sort((a, b) => Number(b) - Number(a));
  return versions.map((version) => join(BINARIES, version, 'bin')).find((bin) => existsSync(join(bin, 'postgres')));
}

/** No cluster of Debian's own is made or started. */
function install(): void {
  if (process.getuid?.() !== 0) return;
  mkdirSync('/etc/postgresql-common', { recursive: true });
  const config = '/etc/postgresql-common/createcluster.conf';
  if (!existsSync(config)) writeFileSync(config, 'create_main_cluster = false\n');
  const options = { stdio: 'pipe', env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } } as const;
  const apt = ['-y', '-qq', '-o', 'Dpkg::Options::=--force-confold', '--no-install-recommends', 'install', PACKAGE];
  try {
    execFileSync('apt-get', ['-qq', 'update'], options);
    execFileSync('apt-get', apt, options);
  } catch (cause) {
    throw new Error(`PostgreSQL's server is not on this machine, and apt-get did not bring ${PACKAGE}`, { cause });
  }
}

/** PostgreSQL refuses to run as root. */
function unprivileged(): { uid: number; gid: number } | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const id = (flag: string) => Number(execFileSync('id', [flag, USER], { encoding: 'utf8' }));
  return { uid: id('-u'), gid: id('-g') };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  return typeof address === 'object' && address ? address.port : 0;
}

async function accepting(server: ChildProcess): Promise<void> {
  const said: string[] = [];
  for await (const line of createInterface(server.stderr!)) {
    said.push(line);
    if (!line.includes('ready to accept connections')) continue;
    server.stderr!.resume();
    return;
  }
  throw new Error(`PostgreSQL did not start: ${said.join('\n')}`);
}

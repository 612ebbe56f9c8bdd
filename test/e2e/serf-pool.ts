/** Real agents of serf, each a host, in a network namespace of their own: nobody else hears them, and datagrams can be lost. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { requireProgram } from '../debian.ts';
import { eventually, ROOT } from './harness.ts';

interface Agent {
  readonly name: string;
  readonly address: string;
  readonly log: string;
  readonly child: ChildProcess;
}

export class SerfPool {
  /** Where the first agent answers whoever asks; reached from outside the namespace. */
  readonly rpc: string;
  readonly #space: string;
  readonly #dir = mkdtempSync(join(tmpdir(), 'jdos-serf-'));
  readonly #agents: Agent[] = [];

  private constructor(number: number) {
    this.#space = `jdosserf${number}`;
    this.rpc = `10.211.${number}.2:7373`;
  }

  static async start(names: readonly string[]): Promise<SerfPool> {
    requireProgram('serf', 'serf');
    requireProgram('ip', 'iproute2');
    const pool = new SerfPool(process.pid % 250);
    try {
      pool.#makeSpace();
      for (const [i, name] of names.entries()) pool.#launch(name, i);
      await pool.until(names.length);
    } catch (error) {
      await pool.stop();
      throw error;
    }
    return pool;
  }

  /** Waits until the agents, all or those named, hold so many for alive. */
  async until(alive: number, of: readonly string[] = this.#agents.map(({ name }) => name)): Promise<void> {
    for (const { name, address } of this.#agents.filter((agent) => of.includes(agent.name))) {
      const count = async () => this.#serf('members', '-status=alive', '-format=json', `-rpc-addr=${address}:7373`);
      await eventually(
        () => count().catch(() => '{}'),
        (text) => (JSON.parse(text) as { members?: unknown[] }).members?.length === alive,
        { ms: 90_000, what: `${name} to see ${alive} alive` },
      );
    }
  }

  /** From now on so many datagrams in a hundred are lost. */
  lose(percent: number): void {
    requireProgram('iptables', 'iptables');
    const random = ['-m', 'statistic', '--mode', 'random', '--probability', String(percent / 100)];
    this.#inside('iptables', '-A', 'INPUT', '-p', 'udp', ...random, '-j', 'DROP');
  }

  /** It gets no datagrams until the answer is called. */
  deafen(name: string): () => void {
    requireProgram('iptables', 'iptables');
    const rule = ['INPUT', '-p', 'udp', '-d', this.#gossipAddress(name), '-j', 'DROP'];
    this.#inside('iptables', '-I', ...rule);
    return () => void this.#inside('iptables', '-D', ...rule);
  }

  async kill(name: string): Promise<void> {
    const { child } = this.#agent(name);
    child.kill('SIGKILL');
    await once(child, 'exit');
  }

  /** It gets a fifth of its time, in turns. The answer ends that. */
  starve(name: string): () => void {
    const { child } = this.#agent(name);
    let turn = 0;
    const timer = setInterval(() => child.kill(turn++ % 5 === 0 ? 'SIGCONT' : 'SIGSTOP'), 100);
    return () => {
      clearInterval(timer);
      child.kill('SIGCONT');
    };
  }

  /** Whom the agents, all but these, have ever called failed. */
  failures(except: readonly string[] = []): string[] {
    const logs = this.#agents.filter(({ name }) => !except.includes(name)).map(({ log }) => readFileSync(log, 'utf8'));
    return [
      ...new Set(logs.flatMap((log) => [...log.matchAll(/EventMemberFailed: (\S+)/g)].map((match) => match[1]!))),
    ];
  }

  /** Who has called this one failed. */
  witnesses(failed: string): string[] {
    const line = `EventMemberFailed: ${failed} `;
    return this.#agents.filter(({ log }) => readFileSync(log, 'utf8').includes(line)).map(({ name }) => name);
  }

  async stop(): Promise<void> {
    for (const { child } of this.#agents) child.kill('SIGKILL');
    for (const { child } of this.#agents)
      if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
    try {
      execFileSync('ip', ['netns', 'delete', this.#space], { stdio: 'ignore' });
    } catch {
      // It was never made.
    }
    rmSync(this.#dir, { recursive: true, force: true });
  }

  #makeSpace(): void {
    const [, a, b, number] = /^(\d+)\.(\d+)\.(\d+)/.exec(this.rpc)!;
    const net = `${a}.${b}.${number}`;
    const cable = `jdoss${number}`;
    execFileSync('ip', ['netns', 'add', this.#space]);
    execFileSync('ip', ['link', 'add', cable, 'type', 'veth', 'peer', 'name', 'eth0', 'netns', this.#space]);
    execFileSync('ip', ['address', 'add', `${net}.1/30`, 'dev', cable]);
    execFileSync('ip', ['link', 'set', cable, 'up']);
    this.#inside('ip', 'address', 'add', `${net}.2/30`, 'dev', 'eth0');
    for (const device of ['lo', 'eth0']) this.#inside('ip', 'link', 'set', device, 'up');
  }

  /** The agents are each other's on loopback; the first one's door is on the cable. */
  #launch(name: string, i: number): void {
    const address = i === 0 ? this.rpc.split(':')[0]! : `127.1.${Math.floor(i / 250)}.${1 + (i % 250)}`;
    const config = join(this.#dir, `${i}.json`);
    writeFileSync(config, JSON.stringify(this.#config(i)));
    const log = join(this.#dir, `${i}.log`);
    const file = openSync(log, 'a');
    const bind = `-bind=127.1.${Math.floor(i / 250)}.${1 + (i % 250)}:7946`;
    const join0 = i === 0 ? [] : ['-retry-join=127.1.0.1:7946', '-retry-interval=1s'];
    const args = ['agent', `-node=${name}`, bind, `-rpc-addr=${address}:7373`, `-config-file=${config}`, ...join0];
    const child = spawn('ip', ['netns', 'exec', this.#space, 'setpriv', '--pdeathsig', 'KILL', '--', 'serf', ...args], {
      stdio: ['ignore', file, file],
    });
    closeSync(file);
    this.#agents.push({ name, address, log, child });
  }

  /** As deploy/serf says, but for where the handler lies and what it writes. */
  #config(i: number): object {
    const shipped = readFileSync(join(ROOT, 'deploy/serf/jdos.json'), 'utf8');
    const dir = join(this.#dir, `run${i}`);
    mkdirSync(dir);
    const handler = `JDOS_SERF_DIR=${dir} ${join(ROOT, 'deploy/serf/handler')}`;
    return JSON.parse(shipped.replaceAll('/usr/local/lib/jdos/serf-handler', handler)) as object;
  }

  #gossipAddress(name: string): string {
    const i = this.#agents.findIndex((agent) => agent.name === name);
    return `127.1.${Math.floor(i / 250)}.${1 + (i % 250)}`;
  }

  #agent(name: string): Agent {
    return this.#agents.find((agent) => agent.name === name)!;
  }

  #inside(...command: readonly string[]): string {
    return execFileSync('ip', ['netns', 'exec', this.#space, ...command], { encoding: 'utf8', stdio: 'pipe' });
  }

  async #serf(...args: readonly string[]): Promise<string> {
    return this.#inside('serf', ...args);
  }
}

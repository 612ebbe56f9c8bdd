/** A host in a network namespace of its own, with an agent and the real reference plugins: the test is its runtime. */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import type { KubeClient } from '../../../src/kube/index.ts';
import { type NodeAgentHandle, networkProbe, startNodeAgent } from '../../../src/network/index.ts';
import { type Output, run } from '../harness.ts';
import { buildProgram, CNI_PLUGINS } from './tools.ts';

export interface Sandbox {
  readonly pod: string;
  readonly uid: string;
  readonly containerID: string;
  readonly netns: string;
}

export interface CniResult {
  readonly code: number;
  readonly cniVersion?: string;
  readonly ips?: { address: string; gateway?: string }[];
  readonly routes?: { dst: string; gw?: string }[];
  readonly error?: { code: number; msg: string };
}

let count = 0;
/** Names of interfaces and namespaces are short and of this process alone. */
const unique = (what: string) => `${what}${process.pid % 100_000}x${count++}`;

/** A cable between hosts: a bridge in a namespace of its own. */
export class Switch {
  readonly netns = unique('jdsw');

  async start(): Promise<this> {
    await ip('netns', 'add', this.netns);
    await ip('-n', this.netns, 'link', 'add', 'br0', 'type', 'bridge');
    await ip('-n', this.netns, 'link', 'set', 'br0', 'up');
    return this;
  }

  async plug(netns: string, device: string): Promise<void> {
    const port = unique('p');
    await ip('-n', netns, 'link', 'add', device, 'type', 'veth', 'peer', 'name', port, 'netns', this.netns);
    await ip('-n', this.netns, 'link', 'set', port, 'master', 'br0', 'up');
    await ip('-n', netns, 'link', 'set', device, 'up');
  }

  async stop(): Promise<void> {
    await run('ip', ['netns', 'delete', this.netns]);
  }
}

export class CniHost {
  readonly node: string;
  readonly netns = unique('jdhost');
  readonly dir = mkdtempSync(join(tmpdir(), 'jdos-cni-'));
  readonly sandboxes: Sandbox[] = [];
  readonly faults: string[] = [];
  #agent: NodeAgentHandle | undefined;
  #abort = new AbortController();

  constructor(node: string) {
    this.node = node;
  }

  get socket(): string {
    return join(this.dir, 'ipam.sock');
  }

  async start(client: KubeClient): Promise<this> {
    mkdirSync(join(this.dir, 'bin'));
    mkdirSync(join(this.dir, 'state/spool'), { recursive: true });
    const spool = join(this.dir, 'state/spool');
    await buildProgram('jdos-ipam', join(this.dir, 'bin'), { JDOS_SOCKET: this.socket, JDOS_SPOOL: spool });
    await buildProgram('jdos-arp-probe', join(this.dir, 'bin'));
    await ip('netns', 'add', this.netns);
    await ip('-n', this.netns, 'link', 'set', 'lo', 'up');
    await this.startAgent(client);
    return this;
  }

  async startAgent(client: KubeClient): Promise<void> {
    this.#abort = new AbortController();
    const inside = async (program: string, args: readonly string[]) =>
      (await run('ip', ['netns', 'exec', this.netns, program, ...args])).code;
    this.#agent = await startNodeAgent({
      client,
      node: this.node,
      socket: this.socket,
      stateDir: join(this.dir, 'state'),
      signal: this.#abort.signal,
      answersFor: networkProbe({ run: inside, arpProbe: join(this.dir, 'bin/jdos-arp-probe') }),
      onError: (error) => this.faults.push(String(error)),
    });
  }

  async stopAgent(): Promise<void> {
    await this.#agent?.stop();
  }

  async sandbox(pod: string, uid: string): Promise<Sandbox> {
    const sandbox = { pod, uid, containerID: unique('c'), netns: unique('jdpod') };
    await ip('netns', 'add', sandbox.netns);
    this.sandboxes.push(sandbox);
    return sandbox;
  }

  /** Runs a plugin as the runtime does: `config.type`, or our own when the command is for IPAM alone. */
  async cni(command: string, config: object, sandbox?: Sandbox): Promise<CniResult> {
    const { type = 'jdos-ipam' } = config as { type?: string };
    const env = {
      CNI_COMMAND: command,
      CNI_PATH: `${join(this.dir, 'bin')}:${CNI_PLUGINS}`,
      ...(sandbox && {
        CNI_CONTAINERID: sandbox.containerID,
        CNI_NETNS: `/run/netns/${sandbox.netns}`,
        CNI_IFNAME: 'eth0',
        CNI_ARGS: `IgnoreUnknown=1;K8S_POD_NAMESPACE=shop;K8S_POD_NAME=${sandbox.pod};K8S_POD_INFRA_CONTAINER_ID=${sandbox.containerID};K8S_POD_UID=${sandbox.uid}`,
      }),
    };
    const plugin = type === 'jdos-ipam' ? join(this.dir, 'bin/jdos-ipam') : join(CNI_PLUGINS, type);
    return resultOf(await run('ip', ['netns', 'exec', this.netns, plugin], { env, input: JSON.stringify(config) }));
  }

  async stop(): Promise<void> {
    await this.stopAgent();
    for (const { netns } of this.sandboxes) await run('ip', ['netns', 'delete', netns]);
    await run('ip', ['netns', 'delete', this.netns]);
    rmSync(this.dir, { recursive: true, force: true });
  }
}

function resultOf({ code, stdout, stderr }: Output): CniResult {
  if (stdout.trim() === '') return { code, ...(code !== 0 && { error: { code: 999, msg: stderr } }) };
  const answer = JSON.parse(stdout) as { code?: number; msg?: string };
  return code === 0 ? { ...answer, code } : { code, error: { code: answer.code ?? 999, msg: answer.msg ?? stdout } };
}

/** @throws with what `ip` said */
export async function ip(...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await run('ip', args);
  if (code !== 0) throw new Error(`ip ${args.join(' ')}: ${stderr}`);
  return stdout;
}

/** Do packets get through? */
export async function pings(from: string, to: string): Promise<boolean> {
  return (await run('ip', ['netns', 'exec', from, 'ping', '-c', '1', '-W', '2', to])).code === 0;
}

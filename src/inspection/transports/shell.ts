/** Transports that start a program of this machine and give it the collector on its stdin. */
import { spawn } from 'node:child_process';
import type { Subject } from '../subject.ts';
import type { Collected, Transport } from './transport.ts';

/** No host needs more. */
const LONGEST = 8 * 2 ** 20;

/** This very machine. */
export function localTransport(script: string): Transport {
  return { name: 'local', collect: (_, signal) => run(['/bin/sh', '-s'], script, signal) };
}

export interface SshOptions {
  readonly user?: string;
  readonly port?: number;
  readonly identity?: string;
  /** Further options of ssh, as `Name=value`. */
  readonly options?: readonly string[];
  /** @default 'ssh' */
  readonly program?: string;
}

/** By the system's ssh with its keys and its known hosts; it never asks for a password, and none is in its arguments. */
export function sshTransport(script: string, o: SshOptions = {}): Transport {
  const fixed = ['BatchMode=yes', 'ConnectTimeout=5', 'ConnectionAttempts=1', 'LogLevel=ERROR', ...(o.options ?? [])];
  const collect = ({ address }: Subject, signal: AbortSignal) => {
    if (!/^[\w.:%-]+$/.test(address) || address.startsWith('-')) throw new Error(`${address} is no address`);
    const argv = [
      o.program ?? 'ssh',
      '-T',
      ...fixed.flatMap((option) => ['-o', option]),
      ...(o.port ? ['-p', String(o.port)] : []),
      ...(o.identity ? ['-i', o.identity] : []),
      ...(o.user ? ['-l', o.user] : []),
      '--',
      address,
      '/bin/sh -s',
    ];
    return run(argv, script, signal);
  };
  return { name: 'ssh', collect: async (subject, signal) => collect(subject, signal) };
}

async function run([program = '', ...args]: readonly string[], input: string, signal: AbortSignal): Promise<Collected> {
  const child = spawn(program, args, { signal, killSignal: 'SIGKILL', stdio: ['pipe', 'pipe', 'pipe'] });
  const [out, err]: [Buffer[], Buffer[]] = [[], []];
  let size = 0;
  child.stdout.on('data', (chunk: Buffer) => {
    size += chunk.length;
    if (size <= LONGEST) out.push(chunk);
    else child.kill('SIGKILL');
  });
  child.stderr.on('data', (chunk: Buffer) => err.length < 20 && err.push(chunk));
  // Who does not read its input to the end says why by its exit.
  child.stdin.on('error', () => undefined);
  child.stdin.end(input);
  const code = await new Promise<number | null>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', resolve);
  });
  const text = Buffer.concat(out).toString();
  if (code === 0 || text.includes('jdos-facts 1 ')) return { text };
  const words = Buffer.concat(err).toString().trim().split('\n').at(-1);
  throw new Error(words || `${program} ended with ${code ?? 'a signal'}`);
}

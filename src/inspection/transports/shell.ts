/** Transports that start a program of this machine and give it the collector on its stdin. */
import { type ProgramResult, runBySsh, runProgram, type SshOptions } from '../../shell/index.ts';
import type { Collected, Transport } from './transport.ts';

const SHELL = ['/bin/sh', '-s'];

/** This very machine. */
export function localTransport(script: string): Transport {
  return {
    name: 'local',
    collect: async (_, signal) => collected('/bin/sh', await runProgram(SHELL, { stdin: script, signal })),
  };
}

export function sshTransport(script: string, options: SshOptions = {}): Transport {
  return {
    name: 'ssh',
    collect: async ({ address }, signal) =>
      collected('ssh', await runBySsh(address, SHELL, { stdin: script, signal }, options)),
  };
}

function collected(program: string, { rc, stdout, stderr }: ProgramResult): Collected {
  const text = stdout.toString();
  if (rc === 0 || text.includes('jdos-facts 1 ')) return { text };
  throw new Error(stderr.toString().trim().split('\n').at(-1) || `${program} ended with ${rc}`);
}

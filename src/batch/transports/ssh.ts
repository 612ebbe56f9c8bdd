/** To hosts, by the system's ssh with its keys and its known hosts. It never asks for a password, and none is in its arguments. */
import type { Transport } from '../target.ts';
import { runProgram } from './program.ts';

export interface SshOptions {
  readonly user?: string;
  readonly port?: number;
  readonly identity?: string;
  /** Further options of ssh, as `Name=value`. */
  readonly options?: readonly string[];
  /** @default 'ssh' */
  readonly program?: string;
}

/** ssh's own code for a host that it could not reach or enter. */
const NOT_REACHED = 255;

export function sshTransport(o: SshOptions = {}): Transport {
  const fixed = ['BatchMode=yes', 'ConnectTimeout=5', 'ConnectionAttempts=1', 'LogLevel=ERROR', ...(o.options ?? [])];
  return {
    name: 'ssh',
    async run({ address = '' }, request) {
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
        request.command.map(shellWord).join(' '),
      ];
      const result = await runProgram(argv, request);
      if (result.rc !== NOT_REACHED) return result;
      throw new Error(Buffer.from(result.stderr).toString().trim().split('\n').at(-1) || 'ssh could not reach it');
    },
  };
}

/** One word for the shell at the other end, whatever is in it. */
export function shellWord(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}

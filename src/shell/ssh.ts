/** Commands on hosts, by the system's ssh with its keys and its known hosts. It never asks for a password, and none is in its arguments. */
import { type ProgramInput, type ProgramResult, runProgram } from './program.ts';
import { shellWord } from './word.ts';

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

/** Rejects when the host could not be reached or entered. */
export async function runBySsh(
  address: string,
  command: readonly string[],
  input: ProgramInput,
  options: SshOptions = {},
): Promise<ProgramResult> {
  if (!/^[\w.:%-]+$/.test(address) || address.startsWith('-')) throw new Error(`${address} is no address`);
  const result = await runProgram([...sshLine(options), '--', address, command.map(shellWord).join(' ')], input);
  if (result.rc !== NOT_REACHED) return result;
  throw new Error(result.stderr.toString().trim().split('\n').at(-1) || 'ssh could not reach it');
}

function sshLine({ user, port, identity, options = [], program = 'ssh' }: SshOptions): string[] {
  const fixed = ['BatchMode=yes', 'ConnectTimeout=5', 'ConnectionAttempts=1', 'LogLevel=ERROR', ...options];
  return [
    program,
    '-T',
    ...fixed.flatMap((option) => ['-o', option]),
    ...(port ? ['-p', String(port)] : []),
    ...(identity ? ['-i', identity] : []),
    ...(user ? ['-l', user] : []),
  ];
}

/**
 * Commands on hosts, by the system's ssh with its keys and its known hosts. It never asks for a password, and none is in its
 * arguments; a host whose key is not known, or is another than the known one, is not entered.
 */
import { type ProgramInput, type ProgramResult, runProgram } from './program.ts';
import { shellWord } from './word.ts';

export interface SshOptions {
  readonly user?: string;
  readonly port?: number;
  readonly identity?: string;
  /** A file of ssh_config(5) instead of the user's own. */
  readonly config?: string | undefined;
  /** Further options of ssh, as `Name=value`. */
  readonly options?: readonly string[];
  /** @default 'ssh' */
  readonly program?: string;
}

/** ssh's own code for a host that it could not reach or enter. */
const NOT_REACHED = 255;

/** The connection ended after the command had begun: what became of it is not known. */
export class CutOff extends Error {}

/** What ssh says only of sessions that had begun. */
const CUT_OFF =
  /^(?:client_loop: send disconnect|Connection to \S+ closed by remote host|Read from remote host|Timeout, server)/m;

/** @throws CutOff; Error when the host could not be reached or entered, so that nothing was run there */
export async function runBySsh(
  address: string,
  command: readonly string[],
  input: ProgramInput,
  options: SshOptions = {},
): Promise<ProgramResult> {
  if (!/^[\w.:%-]+$/.test(address) || address.startsWith('-')) throw new Error(`${address} is no address`);
  const result = await runProgram([...sshLine(options), '--', address, command.map(shellWord).join(' ')], input);
  if (result.rc !== NOT_REACHED) return result;
  const words = result.stderr.toString().trim();
  const last = words.split('\n').at(-1) || 'ssh could not reach it';
  throw CUT_OFF.test(words) ? new CutOff(last) : new Error(last);
}

function sshLine({ user, port, identity, config, options = [], program = 'ssh' }: SshOptions): string[] {
  const fixed = ['BatchMode=yes', 'ConnectTimeout=5', 'ConnectionAttempts=1', 'LogLevel=ERROR', ...options];
  return [
    program,
    '-T',
    ...(config ? ['-F', config] : []),
    ...fixed.flatMap((option) => ['-o', option]),
    ...(port ? ['-p', String(port)] : []),
    ...(identity ? ['-i', identity] : []),
    ...(user ? ['-l', user] : []),
  ];
}

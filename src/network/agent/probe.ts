/** Asks the network itself whether somebody has an address: `arping` for IPv4, `ndisc6` for IPv6. */
import { execFile } from 'node:child_process';
import { isIPv6 } from 'node:net';
import type { AnswersFor } from './evidence.ts';

export interface ProbeOptions {
  /** Runs a program to its end and tells its exit code; undefined: it could not be run. */
  readonly run?: (program: string, args: readonly string[]) => Promise<number | undefined>;
  /** Told of programs that could not be run; the address then counts as silent. */
  readonly onError?: (error: unknown) => void;
}

/**
 * Duplicate address detection sends from no address at all, so it disturbs nobody. Both programs end with 0 when their
 * question has an answer, but for `arping -D`, where 0 says that nobody has the address.
 */
export function networkProbe({ run = runProgram, onError = () => {} }: ProbeOptions = {}): AnswersFor {
  return async (ip, device) => {
    const six = isIPv6(ip);
    const [program, args] = six
      ? (['ndisc6', ['-q', '-1', '-r', '2', '-w', '150', ip, device]] as const)
      : (['arping', ['-D', '-q', '-c', '2', '-w', '1', '-I', device, ip]] as const);
    const code = await run(program, args);
    if (code === undefined) onError(new Error(`${program} cannot be run: conflicts of ${ip} are not looked for`));
    return code === (six ? 0 : 1);
  };
}

function runProgram(program: string, args: readonly string[]): Promise<number | undefined> {
  return new Promise((resolve) => {
    execFile(program, [...args], { timeout: 5000 }, (error) => {
      if (!error) return resolve(0);
      resolve(typeof error.code === 'number' ? error.code : undefined);
    });
  });
}

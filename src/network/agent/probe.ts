/** Asks the network itself whether somebody has an address: our own `jdos-arp-probe` for IPv4, `ndisc6` for IPv6. */
import { execFile } from 'node:child_process';
import { isIPv6 } from 'node:net';
import type { AnswersFor } from './evidence.ts';

export interface ProbeOptions {
  /** @default found by PATH */
  readonly arpProbe?: string;
  /** Runs a program to its end and tells its exit code; undefined: it could not be run. */
  readonly run?: (program: string, args: readonly string[]) => Promise<number | undefined>;
  /** Told of questions that could not be asked; the address then counts as silent. */
  readonly onError?: (error: unknown) => void;
}

/** So long an answer is waited for: a Pod's start waits, too. */
const ANSWER_MS = 80;

/** Both ask from no address of their own, so they disturb nobody. */
export function networkProbe({
  arpProbe = 'jdos-arp-probe',
  run = runProgram,
  onError = () => {},
}: ProbeOptions = {}): AnswersFor {
  return async (ip, device) => {
    const six = isIPv6(ip);
    const [program, args] = six
      ? ['ndisc6', ['-q', '-1', '-r', '2', '-w', String(ANSWER_MS / 2), ip, device]]
      : [arpProbe, [device, ip, String(ANSWER_MS)]];
    const code = await run(program as string, args as string[]);
    if (code === undefined || (!six && code > 1))
      onError(new Error(`${program}: whether somebody has ${ip} could not be asked`));
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

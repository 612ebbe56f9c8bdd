/** Asks a machine's management controller whether it has power, by a program that knows how. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { HostPower } from '../../maintenance/index.ts';
import { readInventory } from '../../nodes/index.ts';
import type { Records } from '../../records/index.ts';

const LONGEST_MS = 20_000;

/** The program is given the controller's address. Only its plain `off` is a proof; an error, or anything else, is none. */
export function powerThrough(records: Records, program: string): HostPower {
  return async (host, signal) => {
    const address = (await readInventory(records)).get(host)?.bmcIp;
    if (!address) return 'unknown';
    try {
      const { stdout } = await promisify(execFile)(program, [address], { signal, timeout: LONGEST_MS });
      const word = stdout.trim().toLowerCase();
      return word === 'on' || word === 'off' ? word : 'unknown';
    } catch {
      return 'unknown';
    }
  };
}

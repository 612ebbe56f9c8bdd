/** What the plugin on the host prints: results and errors of CNI. */

import { familyOf } from '../allocator/plan.ts';
import type { Pool } from '../pool.ts';

/** The specification's codes, and from 100 on our own. */
export const CODES = {
  version: 1,
  environment: 4,
  io: 5,
  decode: 6,
  config: 7,
  tryAgain: 11,
  unavailable: 50,
  /** The Pod has no claim, and the network no pool to make one from. */
  noClaim: 101,
  /** Somebody outside answers for the address that the Pod must have. */
  conflict: 102,
  /** The attachment's address is not its own any more. */
  lost: 103,
} as const;
export type CniFault = keyof typeof CODES;

export class CniError extends Error {
  readonly fault: CniFault;

  constructor(fault: CniFault, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'CniError';
    this.fault = fault;
  }
}

export const SUPPORTED = ['0.3.0', '0.3.1', '0.4.0', '1.0.0', '1.1.0'];

/** An IPAM plugin's result names no interfaces. Before 1.0.0 each address said its family. */
export function result(cniVersion: string, ips: readonly string[], pool: Pool): object {
  const old = cniVersion.startsWith('0.');
  const addresses = ips.map((ip) => {
    const block = pool.block(familyOf(ip)!)!;
    return {
      ...(old && { version: String(block.family) }),
      address: `${ip}/${block.subnet.prefix}`,
      ...(block.gateway && { gateway: block.gateway }),
    };
  });
  return { cniVersion, ips: addresses, routes: pool.blocks.flatMap(routesOf), dns: {} };
}

export function failure(error: unknown): object {
  const known = error instanceof CniError;
  return {
    cniVersion: '1.1.0',
    code: CODES[known ? error.fault : 'tryAgain'],
    msg: error instanceof Error ? error.message : String(error),
    details: known ? error.fault : 'see the log of the node agent',
  };
}

function routesOf({ family, gateway, routes }: Pool['blocks'][number]): object[] {
  if (routes.length > 0) return routes.map(({ dst, gw = gateway }) => ({ dst, ...(gw && { gw }) }));
  return gateway ? [{ dst: family === 4 ? '0.0.0.0/0' : '::/0', gw: gateway }] : [];
}

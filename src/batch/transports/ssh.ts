/** To hosts, by the system's ssh. */
import { runBySsh, type SshOptions } from '../../shell/index.ts';
import type { Transport } from '../target.ts';

export function sshTransport(options: SshOptions = {}): Transport {
  return { name: 'ssh', run: ({ address = '' }, request) => runBySsh(address, request.command, request, options) };
}

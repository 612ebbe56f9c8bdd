/** What a host tells of itself when it is inspected: `/nodes/{name}/facts`, the collector's text. */
import type { ServerResponse } from 'node:http';
import type { Clock } from '../../kube/index.ts';
import type { Host } from '../host.ts';
import { hostFacts } from '../host-facts.ts';

export function serveFacts(host: Host | undefined, response: ServerResponse, clock: Clock): void {
  const say = (code: number, text: string) =>
    response.writeHead(code, { 'content-type': 'text/plain; charset=utf-8' }).end(text);
  if (!host) return void say(404, 'no such host\n');
  // A dead kubelet is not a dead host: what is inspected is the host.
  if (host.faults.silent === 'host') return void say(502, `host ${host.name} does not answer\n`);
  say(200, hostFacts(host, clock.now()));
}

/** What a host says when it is asked whether it lives, `/nodes/{name}/healthz`, and of another, `/nodes/{name}/reach?host=…`. */
import type { ServerResponse } from 'node:http';
import type { Host } from '../host.ts';

export function serveHealth(host: Host | undefined, response: ServerResponse): void {
  if (!host) say(response, 404, 'no such host');
  else if (host.silent) say(response, 502, `the kubelet of ${host.name} does not answer`);
  else say(response, 200, 'ok');
}

/** A host that lives sees every other host that lives, whether its kubelet does or not. */
export function serveReach(host: Host | undefined, other: Host | undefined, response: ServerResponse): void {
  if (!host || !other) say(response, 404, 'no such host');
  else if (host.faults.silent === 'host') say(response, 502, `host ${host.name} does not answer`);
  else say(response, 200, `${other.name} ${other.faults.silent === 'host' ? 'does not answer' : 'answers'}`);
}

function say(response: ServerResponse, code: number, text: string): void {
  response.writeHead(code, { 'content-type': 'text/plain; charset=utf-8' }).end(`${text}\n`);
}

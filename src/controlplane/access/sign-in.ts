/** Who sends a request: by client certificate or bearer token. */
import { createHash, timingSafeEqual } from 'node:crypto';
import type { TLSSocket } from 'node:tls';
import type { Caller } from '../handlers/request.ts';

/** A token and whose it is. */
export interface StaticToken {
  readonly token: string;
  readonly caller: Caller;
}

const AUTHENTICATED = 'system:authenticated';

export class SignIn {
  readonly #tokens: readonly { digest: Buffer; caller: Caller }[];

  constructor(tokens: readonly StaticToken[] = []) {
    this.#tokens = tokens.map(({ token, caller }) => ({ digest: digest(token), caller }));
  }

  /** The caller, or undefined for one who shows nothing that we accept. A bad token is not made good by a certificate. */
  identify(authorization: string | undefined, socket: TLSSocket): Caller | undefined {
    const token = /^Bearer (.+)$/i.exec(authorization ?? '')?.[1];
    const caller = token === undefined ? callerOfCertificate(socket) : this.#callerOfToken(token);
    return caller && { ...caller, groups: [...new Set([...caller.groups, AUTHENTICATED])] };
  }

  #callerOfToken(token: string): Caller | undefined {
    const given = digest(token);
    return this.#tokens.find((known) => timingSafeEqual(known.digest, given))?.caller;
  }
}

/** Read once a connection: the certificate cannot change on it. */
const certified = new WeakMap<TLSSocket, Caller | null>();

function callerOfCertificate(socket: TLSSocket): Caller | undefined {
  let caller = certified.get(socket);
  if (caller === undefined) {
    caller = readCertificate(socket) ?? null;
    certified.set(socket, caller);
  }
  return caller ?? undefined;
}

function readCertificate(socket: TLSSocket): Caller | undefined {
  if (!socket.authorized) return undefined;
  const { CN, O } = socket.getPeerCertificate().subject ?? {};
  const name = Array.isArray(CN) ? CN[0] : CN;
  if (!name) return undefined;
  return { name, groups: O === undefined ? [] : Array.isArray(O) ? O : [O] };
}

function digest(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}

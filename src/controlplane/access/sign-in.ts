/** Who sends a request: by client certificate or by bearer token. */
import type { TLSSocket } from 'node:tls';
import type { Caller } from '../handlers/request.ts';
import type { Incoming } from '../http/writer.ts';

/** Finds out whose a token is; undefined for an unknown one. */
export type TokenReader = (token: string) => Promise<Caller | undefined>;

const AUTHENTICATED = 'system:authenticated';

export class SignIn {
  readonly #readers: readonly TokenReader[];

  constructor(readers: readonly TokenReader[]) {
    this.#readers = readers;
  }

  /** The caller, or undefined for one who shows nothing that we accept. A bad token is not made good by a certificate. */
  async identify(request: Incoming): Promise<Caller | undefined> {
    const token = /^Bearer (.+)$/i.exec(request.headers.authorization ?? '')?.[1];
    return token === undefined ? callerOfCertificate(request) : this.callerOf(token);
  }

  async callerOf(token: string): Promise<Caller | undefined> {
    for (const read of this.#readers) {
      const caller = await read(token);
      if (caller) return authenticated(caller);
    }
    return undefined;
  }
}

function authenticated(caller: Caller): Caller {
  return { ...caller, groups: [...new Set([...caller.groups, AUTHENTICATED])] };
}

/** Read once a connection: the certificate cannot change on it. */
const certified = new WeakMap<object, Caller | null>();

function callerOfCertificate(request: Incoming): Caller | undefined {
  // Every HTTP/2 stream has a socket object of its own; what they share is their session.
  const connection = 'stream' in request ? request.stream.session! : request.socket;
  let caller = certified.get(connection);
  if (caller === undefined) {
    caller = readCertificate(request.socket as TLSSocket) ?? null;
    certified.set(connection, caller);
  }
  return caller ?? undefined;
}

function readCertificate(socket: TLSSocket): Caller | undefined {
  if (!socket.authorized) return undefined;
  const { CN, O } = socket.getPeerCertificate().subject ?? {};
  const name = Array.isArray(CN) ? CN[0] : CN;
  if (!name) return undefined;
  return authenticated({ name, groups: O === undefined ? [] : Array.isArray(O) ? O : [O] });
}

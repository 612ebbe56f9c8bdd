/** SCRAM-SHA-256 (RFC 7677), the server's side: the password is proved and never sent. */
import { createHash, createHmac, pbkdf2Sync, timingSafeEqual } from 'node:crypto';

export interface Verifier {
  readonly salt: Buffer;
  readonly iterations: number;
  readonly storedKey: Buffer;
  readonly serverKey: Buffer;
}

/** What the server keeps in place of a password. */
export function verifierOf(password: string, salt: Buffer, iterations = 4096): Verifier {
  const salted = pbkdf2Sync(password.normalize('NFKC'), salt, iterations, 32, 'sha256');
  const storedKey = createHash('sha256').update(hmac(salted, 'Client Key')).digest();
  return { salt, iterations, storedKey, serverKey: hmac(salted, 'Server Key') };
}

export class ScramExchange {
  readonly #verifier: Verifier;
  readonly #nonce: string;
  #clientFirst = '';
  #serverFirst = '';

  /** `nonce` is the server's part, new for each exchange. */
  constructor(verifier: Verifier, nonce: string) {
    this.#verifier = verifier;
    this.#nonce = nonce;
  }

  /** What is answered to the client's first message; undefined for one that is none. */
  first(message: string): string | undefined {
    const match = /^[ny],[^,]*,(n=[^,]*,r=([^,]+).*)$/s.exec(message);
    if (!match) return undefined;
    this.#clientFirst = match[1]!;
    const { salt, iterations } = this.#verifier;
    this.#serverFirst = `r=${match[2]}${this.#nonce},s=${salt.toString('base64')},i=${iterations}`;
    return this.#serverFirst;
  }

  /** What is answered to a proof that holds; undefined for one that does not. */
  final(message: string): string | undefined {
    const match = /^(c=([^,]*),r=([^,]*)),p=(.+)$/s.exec(message);
    const nonce = /^r=([^,]*)/.exec(this.#serverFirst)?.[1];
    if (!match || match[3] !== nonce || !/^[ny],/.test(Buffer.from(match[2]!, 'base64').toString())) return undefined;
    const all = `${this.#clientFirst},${this.#serverFirst},${match[1]}`;
    return this.#proves(Buffer.from(match[4]!, 'base64'), all)
      ? `v=${hmac(this.#verifier.serverKey, all).toString('base64')}`
      : undefined;
  }

  #proves(proof: Buffer, all: string): boolean {
    if (proof.length !== 32) return false;
    const signature = hmac(this.#verifier.storedKey, all);
    const key = Buffer.from(proof.map((byte, i) => byte ^ signature[i]!));
    return timingSafeEqual(createHash('sha256').update(key).digest(), this.#verifier.storedKey);
  }
}

function hmac(key: Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}

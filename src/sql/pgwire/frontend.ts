/** What a PostgreSQL client sends, message by message. */

export type Frontend =
  | { readonly kind: 'query'; readonly sql: string }
  | { readonly kind: 'parse'; readonly name: string; readonly sql: string; readonly types: readonly number[] }
  | ({ readonly kind: 'bind'; readonly portal: string; readonly statement: string } & Bound)
  | { readonly kind: 'describe'; readonly what: 'S' | 'P'; readonly name: string }
  | { readonly kind: 'close'; readonly what: 'S' | 'P'; readonly name: string }
  | { readonly kind: 'execute'; readonly portal: string; readonly rows: number }
  | { readonly kind: 'sync' }
  | { readonly kind: 'flush' }
  | { readonly kind: 'terminate' }
  | { readonly kind: 'copy' }
  | { readonly kind: 'password'; readonly body: Buffer };

/** Parameters and the forms in which they come and results are wanted: 0 text, 1 binary. */
export interface Bound {
  readonly formats: readonly number[];
  readonly values: readonly (Buffer | null)[];
  readonly results: readonly number[];
}

/** A client that breaks the protocol; only its own connection suffers. */
export class ProtocolError extends Error {}

/** @throws ProtocolError */
export function decode(type: string, body: Buffer): Frontend {
  const cursor = new Cursor(body);
  switch (type) {
    case 'Q':
      return { kind: 'query', sql: cursor.text() };
    case 'P':
      return { kind: 'parse', name: cursor.text(), sql: cursor.text(), types: cursor.many(() => cursor.int32()) };
    case 'B':
      return { kind: 'bind', portal: cursor.text(), statement: cursor.text(), ...bound(cursor) };
    case 'D':
    case 'C':
      return { kind: type === 'D' ? 'describe' : 'close', what: whatOf(cursor), name: cursor.text() };
    case 'E':
      return { kind: 'execute', portal: cursor.text(), rows: cursor.int32() };
    case 'S':
      return { kind: 'sync' };
    case 'H':
      return { kind: 'flush' };
    case 'X':
      return { kind: 'terminate' };
    case 'p':
      return { kind: 'password', body };
    case 'd':
    case 'c':
    case 'f':
      return { kind: 'copy' };
    default:
      throw new ProtocolError(`unknown message ${JSON.stringify(type)}`);
  }
}

function bound(cursor: Cursor): Bound {
  return {
    formats: cursor.many(() => cursor.int16()),
    values: cursor.many(() => cursor.value()),
    results: cursor.many(() => cursor.int16()),
  };
}

function whatOf(cursor: Cursor): 'S' | 'P' {
  const what = cursor.char();
  if (what !== 'S' && what !== 'P')
    throw new ProtocolError(`neither a statement nor a portal: ${JSON.stringify(what)}`);
  return what;
}

/** Reads a body from its beginning; what is not there is a breach of the protocol. */
export class Cursor {
  readonly #body: Buffer;
  #at = 0;

  constructor(body: Buffer) {
    this.#body = body;
  }

  get done(): boolean {
    return this.#at >= this.#body.length;
  }

  text(): string {
    const end = this.#body.indexOf(0, this.#at);
    if (end < 0) throw new ProtocolError('a text has no end');
    const text = this.#body.toString('utf8', this.#at, end);
    this.#at = end + 1;
    return text;
  }

  char(): string {
    return this.bytes(1).toString('latin1');
  }

  int16(): number {
    return this.bytes(2).readInt16BE(0);
  }

  int32(): number {
    return this.bytes(4).readInt32BE(0);
  }

  value(): Buffer | null {
    const length = this.int32();
    return length === -1 ? null : this.bytes(length);
  }

  many<T>(read: () => T): T[] {
    const count = this.int16() & 0xffff;
    return Array.from({ length: count }, read);
  }

  bytes(count: number): Buffer {
    if (count < 0 || this.#at + count > this.#body.length) throw new ProtocolError('a message ends too soon');
    this.#at += count;
    return this.#body.subarray(this.#at - count, this.#at);
  }
}

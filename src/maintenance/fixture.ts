/** For tests: a mail server that takes letters and shows them. */
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { SMTPServer } from 'smtp-server';

export interface TakenLetter {
  readonly to: readonly string[];
  readonly text: string;
}

export class PostOffice implements AsyncDisposable {
  readonly letters: TakenLetter[] = [];
  /** Letters are not taken. */
  refuses = false;
  readonly #server: SMTPServer;

  private constructor() {
    this.#server = new SMTPServer({
      authOptional: true,
      disabledCommands: ['STARTTLS'],
      hideSTARTTLS: true,
      onData: (stream, session, callback) => {
        const chunks: Buffer[] = [];
        stream.on('data', (chunk: Buffer) => chunks.push(chunk));
        stream.on('end', () => {
          if (this.refuses) return callback(new Error('mailbox is full'));
          const to = session.envelope.rcptTo.map(({ address }) => address);
          this.letters.push({ to, text: Buffer.concat(chunks).toString() });
          callback();
        });
      },
    });
  }

  static async open(): Promise<PostOffice> {
    const office = new PostOffice();
    office.#server.listen(0, '127.0.0.1');
    await once(office.#server.server, 'listening');
    return office;
  }

  /** Of the mail settings. */
  get place(): { readonly host: string; readonly port: number; readonly secure: boolean } {
    return { host: '127.0.0.1', port: (this.#server.server.address() as AddressInfo).port, secure: false };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }
}

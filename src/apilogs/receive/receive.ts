/** Receives events from API servers, and takes them into the store every few seconds; survives a full disk by waiting. */
import { type Clock, sleep, systemClock } from '../../kube/index.ts';
import { Importer, type ImporterOptions, type ImportResult } from '../import/importer.ts';
import { fileSource } from '../source/source.ts';
import { isDiskFull } from '../store/index.ts';
import type { Tidied, TidyRule } from '../tidy/index.ts';
import { type Received, Receiver, type ReceiverOptions } from './receiver.ts';
import { Spool } from './spool.ts';

export interface ReceiveOptions extends Omit<ReceiverOptions, 'spool' | 'paused'>, ImporterOptions {
  /** How often what came is taken in. @default 10 s */
  readonly everyMs?: number;
  readonly tidy?: TidyRule;
  readonly clock?: Clock;
  readonly signal: AbortSignal;
  readonly onEvent?: (event: ReceiveEvent) => void;
}

export type ReceiveEvent =
  | { readonly kind: 'listening'; readonly port: number }
  | { readonly kind: 'taken'; readonly result: ImportResult; readonly tidied: Tidied; readonly received: Received }
  /** The disk is full: senders are told to come again. Told once, until it goes on. */
  | { readonly kind: 'paused'; readonly error: unknown }
  | { readonly kind: 'resumed' };

/** What events from the network have in the column `file`. */
export const WEBHOOK = 'webhook';
const EVERY_MS = 10_000;

/** Until the signal; what was acknowledged by then is in the store. */
export async function receive(options: ReceiveOptions): Promise<void> {
  const { signal, everyMs = EVERY_MS, clock = systemClock, onEvent = () => {} } = options;
  const intake = await Intake.open(options);
  try {
    const receiver = await Receiver.start({ ...options, spool: intake.spool, paused: () => intake.paused });
    onEvent({ kind: 'listening', port: receiver.port });
    try {
      while (!signal.aborted) {
        await intake.round(receiver.received);
        await sleep(clock, everyMs, signal).catch(() => undefined);
      }
    } finally {
      await receiver.stop();
      await intake.round(receiver.received);
    }
  } finally {
    await intake.close();
  }
}

class Intake {
  readonly spool: Spool;
  readonly #o: ReceiveOptions;
  #importer: Importer | undefined;
  #paused: string | undefined;

  /** The spool is the store's own: who writes to the store holds its lock. */
  static async open(options: ReceiveOptions): Promise<Intake> {
    const importer = await Importer.open(importerOptions(options));
    return new Intake(options, importer, new Spool(importer.store.spool));
  }

  private constructor(options: ReceiveOptions, importer: Importer, spool: Spool) {
    this.#o = options;
    this.#importer = importer;
    this.spool = spool;
  }

  get paused(): string | undefined {
    return this.#paused;
  }

  async round(received: Received): Promise<void> {
    try {
      this.#importer ??= await Importer.open(importerOptions(this.#o));
      this.#importer.store.checkSpace();
      const { result, tidied } = await this.#take(this.#importer);
      if (this.#paused) this.#o.onEvent?.({ kind: 'resumed' });
      this.#paused = undefined;
      if (result.lines > 0 || tidied.removed.files > 0) this.#o.onEvent?.({ kind: 'taken', result, tidied, received });
    } catch (error) {
      await this.#drop();
      if (!isDiskFull(error)) throw error;
      if (!this.#paused) this.#o.onEvent?.({ kind: 'paused', error });
      this.#paused = 'the disk is full';
    }
  }

  async close(): Promise<void> {
    await this.spool.close();
    await this.#drop();
  }

  /** A file of the spool goes when its events are in the store, and with it what was noted of how far it was read. */
  async #take(importer: Importer): Promise<{ result: ImportResult; tidied: Tidied }> {
    const paths = await this.spool.turn();
    const sources = await Promise.all(paths.map((path) => fileSource(path, WEBHOOK)));
    const result = await importer.import(sources, { final: true });
    this.spool.remove(paths);
    importer.store.ledger.forgetSource(WEBHOOK);
    return { result, tidied: await importer.tidy(this.#o.tidy) };
  }

  async #drop(): Promise<void> {
    const importer = this.#importer;
    this.#importer = undefined;
    await importer?.[Symbol.asyncDispose]();
  }
}

/** What is being taken in when the signal comes is finished. */
function importerOptions({ signal: _, ...options }: ReceiveOptions): ImporterOptions {
  return options;
}

/** One API request on its way through the handlers, and what comes back. */
import type { Form } from '../http/negotiation.ts';
import type { ResourceRequest } from '../http/request-info.ts';
import type { Plane } from '../plane.ts';
import type { ResourceDefinition } from '../registry/definition.ts';
import type { Collection } from '../storage/index.ts';

/** Who asks, as sign-in found out. */
export interface Caller {
  readonly name: string;
  readonly uid?: string;
  readonly groups: readonly string[];
  readonly extra?: Readonly<Record<string, readonly string[]>>;
}

export interface ApiRequest {
  readonly plane: Plane;
  readonly target: ResourceRequest;
  readonly caller: Caller;
  readonly definition: ResourceDefinition;
  readonly collection: Collection;
  readonly query: URLSearchParams;
  readonly contentType: string;
  readonly userAgent: string;
  readonly form: Form;
  /** The whole body as it came. */
  bytes(): Promise<Buffer>;
  /** Throws 403 or 405 where the caller may not create the named object: updates that find none ask before they make it. */
  requireCreate(): void;
  /** Adds a Warning header to the answer. */
  warn(message: string): void;
}

/** A whole answer; `body` chunks are written one after another. */
export interface Answer {
  readonly status: number;
  readonly contentType: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: Buffer | string | Iterable<Buffer>;
}

/** Where a stream writes. */
export interface Sink {
  write(chunk: Buffer): void;
  /** Bytes that the client has yet to take. */
  readonly backlog: number;
  /** Resolves when the client has taken most of it, or has gone. */
  drained(): Promise<void>;
  /** Breaks the answer off, unsent bytes and all. */
  abandon(): void;
}

/** An answer that goes on until it is told to end: watch, log. */
export interface Stream {
  readonly contentType: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** `signal` aborts when the client has gone. */
  run(sink: Sink, signal: AbortSignal): Promise<void>;
}

export type Handler = (request: ApiRequest) => Promise<Answer | Stream>;

/** The store's key of an object. */
export function keyIn(definition: ResourceDefinition, namespace: string | undefined, name: string): string {
  return definition.namespaced ? `${namespace}/${name}` : name;
}

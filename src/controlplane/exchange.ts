/** One request from its arrival to the end of its answer, for those who watch and count: metrics, audit. */
import { randomUUID } from 'node:crypto';
import type { Answer, Caller } from './handlers/request.ts';
import type { ResourceRequest } from './http/request-info.ts';
import type { Incoming } from './http/writer.ts';

/** Filled in as the request goes on. */
export class Exchange {
  /** `Audit-Id`: the client's own, if it sent one. */
  readonly id: string;
  readonly method: string;
  readonly url: URL;
  readonly userAgent: string;
  readonly sourceAddress: string;
  /** Milliseconds since the epoch. */
  readonly receivedAt: number;
  /** Who signed in. */
  sender: Caller | undefined;
  /** As whom the request goes on: the sender, unless it impersonates. */
  caller: Caller | undefined;
  target: ResourceRequest | undefined;
  /** HTTP status of the answer, once that is known. */
  status: number | undefined;
  /** The body that was read, if any. */
  body: Buffer | undefined;
  contentType: string;
  /** The whole answer, where it was one. */
  answer: Answer | undefined;

  constructor(request: Incoming, now: number) {
    this.id = header(request, 'audit-id') || randomUUID();
    this.method = request.method ?? 'GET';
    this.url = urlOf(request.url ?? '/');
    this.userAgent = header(request, 'user-agent');
    this.contentType = header(request, 'content-type');
    this.sourceAddress = request.socket.remoteAddress ?? '';
    this.receivedAt = now;
  }
}

export interface ExchangeObserver {
  received?(exchange: Exchange): void;
  /** A stream has begun; `status` is set. */
  streaming?(exchange: Exchange): void;
  /** Everything has been sent, or the client has gone. */
  completed(exchange: Exchange): void;
}

/** A request target that is no URL, or looks like one of another host (`//x`), is a path that nothing is served at. */
function urlOf(target: string): URL {
  const absolute = /^https?:\/\//i.test(target) ? URL.parse(target) : undefined;
  return absolute ?? URL.parse(`https://localhost/${target.replace(/^\//, '')}`) ?? new URL('https://localhost/%2F');
}

function header(request: Incoming, name: string): string {
  const value = request.headers[name];
  return (Array.isArray(value) ? value[0] : value) ?? '';
}

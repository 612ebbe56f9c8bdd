/** A refusal of the server: RFC 9457, with a code for the program and words for the reader. */
import type { FieldFault, MissingRight, SqlFault } from '../../../src/server/contract/problem.ts';

export class Problem extends Error {
  readonly status: number;
  readonly code: string;
  readonly title: string;
  readonly detail: string | undefined;
  readonly fields: readonly FieldFault[];
  readonly retryAfterSeconds: number | undefined;
  readonly right: MissingRight | undefined;
  readonly sql: SqlFault | undefined;

  constructor(status: number, document: Partial<Problem>, retryAfterSeconds?: number) {
    super(document.title ?? `HTTP ${status}`);
    this.status = status;
    this.code = document.code ?? 'unknown';
    this.title = this.message;
    this.detail = document.detail;
    this.fields = document.fields ?? [];
    this.right = document.right;
    this.sql = document.sql;
    this.retryAfterSeconds = retryAfterSeconds;
  }
}

/** No answer at all: the server or the way to it is down. */
export class ServerAway extends Error {}

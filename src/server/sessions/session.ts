/** A signed-in browser. The cookie holds a random token; the store keeps only its hash, so a stolen table signs nobody in. */
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';

/** Ends after this long without a request, and after that long in any case. */
export const IDLE_MS = 8 * 3_600_000;
export const LONGEST_MS = 7 * 24 * 3_600_000;

export interface Session {
  readonly id: string;
  readonly account: string;
  /** Sent back by the console in a header with each change: what another site's page cannot read. */
  readonly csrf: string;
  readonly createdAt: number;
  readonly seenAt: number;
}

/** 256 bits. */
export function newToken(): string {
  return randomBytes(32).toString('base64url');
}

export function idOf(token: string): string {
  return createHash('sha256').update(token).digest('base64url');
}

export function isOver({ createdAt, seenAt }: Session, now: number): boolean {
  return now - seenAt > IDLE_MS || now - createdAt > LONGEST_MS;
}

export function sameToken(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)];
  return left.length === right.length && timingSafeEqual(left, right);
}

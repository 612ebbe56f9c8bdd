/** Makes the StatusError of an answer that refuses, also where a proxy answered instead of the API server. */

import { REASONS, type Status, StatusError } from './status.ts';
import type { Answer } from './transport.ts';

export function refusalOf(answer: Answer): StatusError {
  const text = Buffer.from(answer.body).toString('utf8');
  const status = asConflict(parseStatus(text) ?? statusOf(answer.status, text));
  const seconds = retryAfterSeconds(answer);
  if (seconds === undefined || status.details?.retryAfterSeconds !== undefined) return new StatusError(status);
  return new StatusError({ ...status, details: { ...status.details, retryAfterSeconds: seconds } });
}

/** A uid that a patch names is a precondition. Where it is another object's, kube-apiserver calls the patch invalid. */
function asConflict(status: Status): Status {
  const causes = status.reason === 'Invalid' ? (status.details?.causes ?? []) : [];
  const stale = causes.length > 0 && causes.every(({ field }) => field === 'metadata.uid');
  return stale ? { ...status, reason: 'Conflict', code: REASONS.Conflict } : status;
}

/** The header `Retry-After`, in its form of seconds. */
export function retryAfterSeconds(answer: Pick<Answer, 'headers'>): number | undefined {
  const value = answer.headers['retry-after'];
  return value !== undefined && /^\d+$/.test(value) ? Number(value) : undefined;
}

function parseStatus(text: string): Status | undefined {
  try {
    const status = JSON.parse(text) as Status;
    return status?.kind === 'Status' && typeof status.code === 'number' ? status : undefined;
  } catch {
    return undefined;
  }
}

function statusOf(code: number, text: string): Status {
  const reason = Object.entries(REASONS).find(([name, of]) => of === code && !VAGUE.has(name))?.[0];
  const message = text.trim().slice(0, 1024) || `the server answered HTTP ${code}`;
  return {
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Failure',
    message,
    ...(reason && { reason }),
    code,
  };
}

/** A bare code says less than these reasons do. */
const VAGUE = new Set(['AlreadyExists', 'Gone', 'ServerTimeout']);

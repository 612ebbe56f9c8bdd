/** Kubernetes' `Status`: the one form in which an API server refuses, and the error that carries it on either side. */

export interface Status {
  kind: 'Status';
  apiVersion: 'v1';
  metadata: Record<string, unknown>;
  status: 'Success' | 'Failure';
  message?: string;
  reason?: string;
  code: number;
  details?: StatusDetails;
}

export interface StatusDetails {
  name?: string;
  group?: string;
  kind?: string;
  uid?: string;
  causes?: StatusCause[];
  retryAfterSeconds?: number;
}

/** One fault: where (`spec.containers[0].image`), which (`FieldValueRequired`), and in words. */
export interface StatusCause {
  reason?: string;
  message?: string;
  field?: string;
}

/** A refusal by an API server. Test `reason` or `code`, never the message. */
export class StatusError extends Error {
  readonly status: Status;

  constructor(status: Status, options?: ErrorOptions) {
    super(status.message ?? status.reason ?? `HTTP ${status.code}`, options);
    this.name = 'StatusError';
    this.status = status;
  }

  get code(): number {
    return this.status.code;
  }

  get reason(): string | undefined {
    return this.status.reason;
  }
}

/** Reasons with their HTTP codes, as in apimachinery `metav1.StatusReason`. */
export const REASONS = {
  BadRequest: 400,
  Unauthorized: 401,
  Forbidden: 403,
  NotFound: 404,
  MethodNotAllowed: 405,
  NotAcceptable: 406,
  AlreadyExists: 409,
  Conflict: 409,
  Gone: 410,
  Expired: 410,
  RequestEntityTooLarge: 413,
  UnsupportedMediaType: 415,
  Invalid: 422,
  TooManyRequests: 429,
  InternalError: 500,
  ServiceUnavailable: 503,
  ServerTimeout: 500,
  Timeout: 504,
} as const;
export type Reason = keyof typeof REASONS;

export function failure(reason: Reason, message: string, details?: StatusDetails): StatusError {
  return new StatusError({
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Failure',
    message,
    reason,
    ...(details && { details }),
    code: REASONS[reason],
  });
}

/** Is this error a Status with one of these reasons? */
export function isStatus(error: unknown, ...reasons: Reason[]): error is StatusError {
  return error instanceof StatusError && reasons.includes(error.reason as Reason);
}

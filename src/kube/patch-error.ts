/** How an API server refuses patches. */
import { failure, type StatusError } from './status.ts';

/** The patch itself is malformed: 400. */
export function badPatch(message: string): StatusError {
  return failure('BadRequest', message);
}

/**
 * The patch does not fit the object: 422 with upstream's fixed message. What exactly did not fit is the error's cause.
 */
export function unfitPatch(detail: string): StatusError {
  const refusal = failure('Invalid', 'the server rejected our request due to an error in our request', {});
  refusal.cause = new Error(detail);
  return refusal;
}

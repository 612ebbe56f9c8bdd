/** How long a kubelet waits before it tries again. */

export interface BackOff {
  readonly firstMs: number;
  readonly mostMs: number;
}

export const CRASH_BACK_OFF: BackOff = { firstMs: 10_000, mostMs: 300_000 };
export const IMAGE_BACK_OFF: BackOff = { firstMs: 10_000, mostMs: 300_000 };
export const MOUNT_BACK_OFF: BackOff = { firstMs: 500, mostMs: 122_000 };

/** A container that ran so long starts with a clean slate. */
export const FORGIVEN_MS = 600_000;

/** Doubled with each failure before, never more than `mostMs`. */
export function retryMs(failuresBefore: number, { firstMs, mostMs }: BackOff): number {
  return Math.min(firstMs * 2 ** Math.max(0, Math.min(failuresBefore, 30)), mostMs);
}

/** The first crash is forgiven at once. */
export function crashBackOffMs(crashes: number): number {
  return crashes <= 1 ? 0 : retryMs(crashes - 2, CRASH_BACK_OFF);
}

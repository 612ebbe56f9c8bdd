/** Resolves when the page has nothing better to do: what can come later does not stand in the way of what is waited for. */
export function whenIdle(): Promise<void> {
  return new Promise((resolve) => {
    // Safari has no such moment.
    if (typeof requestIdleCallback === 'function') requestIdleCallback(() => resolve(), { timeout: 2000 });
    else setTimeout(resolve, 300);
  });
}

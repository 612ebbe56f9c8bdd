/** The clock's timers keep no process alive: whoever waits for nothing else, such as a paused job, says that it stays. */
export function stayAlive(): Disposable {
  const timer = setInterval(() => {}, 60_000);
  return { [Symbol.dispose]: () => clearInterval(timer) };
}

/** What the benchmark runs in the browser's page, as text: the page has other globals than this process. */

/** Notes when the first page can be used: the number of hosts is drawn, and there is a link to press. */
export function noteFirstUse(hosts: string): string {
  return `{
    const look = () => {
      const drawn = document.querySelector('main')?.textContent.includes(${JSON.stringify(hosts)});
      if (drawn && document.querySelector('nav a')) requestAnimationFrame(() => (globalThis.usableAt = performance.now()));
      else requestAnimationFrame(look);
    };
    look();
  }`;
}

/** Bytes of scripts that had come by then, and of all there are now, as they travel. */
export const SCRIPT_BYTES = `(() => {
  const scripts = performance.getEntriesByType('resource').filter(({ name }) => name.endsWith('.js'));
  const bytes = (some) => some.reduce((sum, { encodedBodySize }) => sum + encodedBodySize, 0);
  return { first: bytes(scripts.filter(({ responseEnd }) => responseEnd <= globalThis.usableAt)), all: bytes(scripts) };
})()`;

export const USABLE_AT = 'globalThis.usableAt';

/** Notes the milliseconds from the next key to the frame in which every row of the list holds `text`. */
export function noteKeyToRows(text: string): string {
  return `{
    globalThis.keyToRows = undefined;
    const rows = () => [...document.querySelectorAll('main .ant-table-row')];
    const shown = () => rows().length > 0 && rows().every((row) => row.textContent.includes(${JSON.stringify(text)}));
    addEventListener('keydown', ({ timeStamp }) => {
      const look = () => {
        if (shown()) globalThis.keyToRows = performance.now() - timeStamp;
        else requestAnimationFrame(look);
      };
      requestAnimationFrame(look);
    }, { once: true });
  }`;
}

export const KEY_TO_ROWS = 'globalThis.keyToRows';

/** From now on the lengths of tasks over 50 ms are noted. */
export const WATCH_TASKS = `{
  globalThis.longTasks = [];
  new PerformanceObserver((seen) => {
    for (const { duration } of seen.getEntries()) globalThis.longTasks.push(duration);
  }).observe({ entryTypes: ['longtask'] });
}`;

export const LONG_TASKS = 'globalThis.longTasks.splice(0)';

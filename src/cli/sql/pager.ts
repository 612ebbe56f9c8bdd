/** Writes what may be long: through the pager of a person's choice where it does not fit their terminal. */
import { spawn } from 'node:child_process';
import process from 'node:process';

export async function write(text: string): Promise<void> {
  const { stdout } = process;
  const fits = text.split('\n').length < (stdout.rows ?? Number.POSITIVE_INFINITY);
  if (!stdout.isTTY || fits || !(await paged(text))) stdout.write(text);
}

/** False where there is no pager. */
function paged(text: string): Promise<boolean> {
  const [file = 'less', ...args] = (process.env.PAGER ?? 'less').split(/\s+/);
  return new Promise((resolve) => {
    const env = { LESS: 'FRSX', ...process.env };
    const pager = spawn(file, args, { stdio: ['pipe', 'inherit', 'inherit'], env });
    pager.once('error', () => resolve(false));
    pager.once('close', () => resolve(true));
    pager.stdin.on('error', () => undefined);
    pager.stdin.end(text);
  });
}

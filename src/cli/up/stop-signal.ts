/** SIGINT and SIGTERM: the first asks for a clean stop, the second ends the process at once. */
import process from 'node:process';
import { EXIT } from '../exit.ts';

export function stopSignal(): AbortSignal {
  const abort = new AbortController();
  const onSignal = () => {
    if (abort.signal.aborted) process.exit(EXIT.interrupted);
    abort.abort();
  };
  process.on('SIGINT', onSignal).on('SIGTERM', onSignal).on('SIGHUP', onSignal);
  return abort.signal;
}

/** One command on one target, within its time, told as an outcome. */
import type { Clock } from '../kube/index.ts';
import type { Outcome, RunRequest, Target, Transport } from './target.ts';

/** So much of each stream is kept with a result. */
export const MOST_OUTPUT = 64 * 1024;

export interface RunOneOptions extends Pick<RunRequest, 'command' | 'stdin' | 'timeoutMs'> {
  readonly transport: Transport;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

/** Never rejects; that a person has ended the job is told as unreachable. */
export async function runOne(target: Target, options: RunOneOptions): Promise<Exclude<Outcome, { kind: 'skipped' }>> {
  const { transport, clock, command, stdin, timeoutMs } = options;
  const began = clock.now();
  const late = new AbortController();
  const cancel = clock.after(timeoutMs, () => late.abort(new Error(`no answer within ${timeoutMs / 1000} s`)));
  const signal = AbortSignal.any([options.signal, late.signal]);
  try {
    const request = { command, timeoutMs, signal, ...(stdin !== undefined && { stdin }) };
    const { rc, stdout, stderr } = await transport.run(target, request);
    const texts = { stdout: capped(stdout), stderr: capped(stderr) };
    return { kind: rc === 0 ? 'ok' : 'failed', rc, ...texts, ms: clock.now() - began };
  } catch (error) {
    const reason: unknown = signal.aborted ? signal.reason : error;
    return {
      kind: 'unreachable',
      message: reason instanceof Error ? reason.message : String(reason),
      ms: clock.now() - began,
    };
  } finally {
    cancel();
  }
}

function capped(bytes: Uint8Array): string {
  const text = Buffer.from(bytes.subarray(0, MOST_OUTPUT)).toString();
  return bytes.length <= MOST_OUTPUT ? text : `${text}\n[${bytes.length - MOST_OUTPUT} bytes more were left out]\n`;
}

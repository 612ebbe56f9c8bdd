/** Runs a program of this machine, for transports that are one. */
import { spawn } from 'node:child_process';
import type { RunRequest, RunResult } from '../target.ts';

/** More than this of one stream is cut off. */
const LONGEST = 16 * 2 ** 20;

export async function runProgram(
  argv: readonly string[],
  { stdin, signal }: Pick<RunRequest, 'stdin' | 'signal'>,
): Promise<RunResult> {
  const [program = '', ...args] = argv;
  const child = spawn(program, args, { signal, killSignal: 'SIGKILL', stdio: ['pipe', 'pipe', 'pipe'] });
  const [stdout, stderr] = [collect(child.stdout), collect(child.stderr)];
  // Who does not read its input to the end says why by its exit.
  child.stdin.on('error', () => undefined);
  child.stdin.end(stdin ?? '');
  const rc = await new Promise<number>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => resolve(code ?? 128));
  });
  return { rc, stdout: Buffer.concat(stdout), stderr: Buffer.concat(stderr) };
}

function collect(stream: NodeJS.ReadableStream): Buffer[] {
  const chunks: Buffer[] = [];
  let size = 0;
  stream.on('data', (chunk: Buffer) => {
    size += chunk.length;
    if (size <= LONGEST) chunks.push(chunk);
  });
  return chunks;
}

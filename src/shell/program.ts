/** Runs a program of this machine to its end. */
import { spawn } from 'node:child_process';

export interface ProgramInput {
  readonly stdin?: string | Uint8Array;
  /** Ends the program by force. */
  readonly signal: AbortSignal;
}

export interface ProgramResult {
  /** 128 when a signal has ended it. */
  readonly rc: number;
  readonly stdout: Buffer;
  readonly stderr: Buffer;
}

/** More than this of one stream is cut off. */
const LONGEST = 16 * 2 ** 20;

/** Rejects when it cannot be begun, or the signal ends it. */
export async function runProgram(argv: readonly string[], { stdin, signal }: ProgramInput): Promise<ProgramResult> {
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

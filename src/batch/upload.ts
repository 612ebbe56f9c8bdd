/** Puts a file on a target, whole or not at all: what has arrived is weighed and hashed there before it takes its place. */
import { hash } from 'node:crypto';
import { shellWord } from '../shell/index.ts';
import type { RunRequest, Target, Transport } from './target.ts';

const ATTEMPTS = 3;

/** @throws Error when it has not arrived whole after three attempts */
export async function upload(
  transport: Transport,
  target: Target,
  file: { readonly content: Uint8Array; readonly path: string },
  request: Pick<RunRequest, 'timeoutMs' | 'signal'>,
): Promise<void> {
  const { content, path } = file;
  const wanted = `${content.length} ${hash('sha256', content)}`;
  let seen = '';
  for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
    const command = ['/bin/sh', '-c', receive(path)];
    const { rc, stdout, stderr } = await transport.run(target, { ...request, command, stdin: content });
    seen = Buffer.from(stdout).toString().trim();
    if (rc !== 0)
      throw new Error(`${path} on ${target.name}: ${Buffer.from(stderr).toString().trim() || `ended with ${rc}`}`);
    if (seen === wanted) return place(transport, target, path, request);
  }
  throw new Error(
    `${path} on ${target.name}: ${ATTEMPTS} times ${content.length} bytes were sent and others arrived: ${seen}`,
  );
}

/** Answers `LENGTH SHA256` of what has arrived beside its place. */
function receive(path: string): string {
  const part = shellWord(`${path}.jdos-part`);
  return `umask 077; cat > ${part} && echo "$(wc -c < ${part} | tr -d ' ') $(sha256sum < ${part} | cut -d' ' -f1)"`;
}

async function place(
  transport: Transport,
  target: Target,
  path: string,
  request: Pick<RunRequest, 'timeoutMs' | 'signal'>,
): Promise<void> {
  const command = ['mv', '--', `${path}.jdos-part`, path];
  const { rc, stderr } = await transport.run(target, { ...request, command });
  if (rc !== 0) throw new Error(`${path} on ${target.name}: ${Buffer.from(stderr).toString().trim()}`);
}

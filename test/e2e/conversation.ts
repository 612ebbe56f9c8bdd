/**
 * Conversations with kubectl, recorded as text: a line `$ command`, then what it answers. What differs from run to run
 * (ages, addresses, generated names, …) is put into words like <age> before it is compared. Words in brackets after the
 * `$` change how a command is judged:
 *   $[last]    only the last line counts (progress before it varies)
 *   $[quiet]   nothing counts but that it succeeds
 *   $[until]   asked again until it answers as recorded
 *   $[sorted]  the order of the lines does not count
 * What is recorded is what a real Kubernetes says: JDOS_TARGET=real JDOS_UPDATE=1 records anew (see target.ts).
 * A command that fails records its exit code as a last line, `(exit 1)`.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import process from 'node:process';
import { type Output, ROOT, run } from './harness.ts';

export const UPDATE = process.env.JDOS_UPDATE === '1';

export interface Turn {
  readonly mode: string;
  readonly command: string;
  readonly expected: string;
  /** 1-based line of the command in its file. */
  readonly line: number;
}

export interface Conversation {
  readonly file: string;
  /** Lines before the first command. */
  readonly head: string;
  readonly turns: readonly Turn[];
}

export function readConversation(file: string): Conversation {
  const lines = readFileSync(file, 'utf8').trimEnd().split('\n');
  const starts = lines.flatMap((line, i) => (line.startsWith('$') ? [i] : []));
  const turns = starts.map((start, n): Turn => {
    const [, mode = '', command = ''] = /^\$(?:\[(\w+)\])? (.*)$/.exec(lines[start]!) ?? [];
    const expected = lines.slice(start + 1, starts[n + 1] ?? lines.length);
    return { mode, command, expected: expected.join('\n').trimEnd(), line: start + 1 };
  });
  return { file, head: lines.slice(0, starts[0] ?? lines.length).join('\n'), turns };
}

/** Runs one turn and answers what it said, in the form that is recorded. */
export async function speak(turn: Turn, env: Readonly<Record<string, string>>, cwd: string): Promise<string> {
  const ask = async () => record(turn, await run('bash', ['-c', turn.command], { env, cwd, timeoutMs: 120_000 }));
  let said = await ask();
  if (turn.mode !== 'until') return said;
  const end = Date.now() + (UPDATE ? 8_000 : 60_000);
  while ((UPDATE || said !== turn.expected) && Date.now() < end) {
    await new Promise((resolve) => setTimeout(resolve, 300));
    said = await ask();
  }
  return said;
}

export function rewrite(conversation: Conversation, said: readonly string[]): void {
  const turns = conversation.turns.map(({ mode, command }, i) => {
    const answer = said[i] === '' ? '' : `${said[i]}\n`;
    return `$${mode && `[${mode}]`} ${command}\n${answer}`;
  });
  writeFileSync(conversation.file, `${conversation.head.trimEnd()}\n\n${turns.join('\n')}`);
}

function record({ mode }: Turn, { code, stdout, stderr }: Output): string {
  const exit = code === 0 ? '' : `(exit ${code})`;
  if (mode === 'quiet') return exit === '' ? '' : [normalize(stderr), exit].join('\n');
  let lines = normalize(stdout + stderr)
    .split('\n')
    .filter(Boolean);
  if (mode === 'last') lines = lines.slice(-1);
  if (mode === 'sorted') lines = lines.toSorted();
  return [...lines, exit].filter(Boolean).join('\n');
}

const POD_HASH = '[bcdf-hj-np-tv-z2456789]';
const RULES: readonly (readonly [RegExp, string])[] = [
  [/\r/g, ''],
  // What kubectl logs when the other side was quicker to close.
  [/^E\d{4} .*"Unhandled Error" err="websocket: close sent"\n?/gm, ''],
  [/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g, '<uid>'],
  [/\b(containerd|docker):\/\/[0-9a-f]{64}/g, '$1://<id>'],
  [/\bsha256:[0-9a-f]{64}/g, 'sha256:<digest>'],
  [/\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)/g, '<time>'],
  [/\b(Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d\d \w{3} \d{4} \d\d:\d\d:\d\d [+-]\d{4}/g, '<time>'],
  [/\bhttps:\/\/127\.0\.0\.1:\d+/g, 'https://<server>'],
  [/\b(?:10|172|192)\.\d+\.\d+\.\d+(?:\/\d+)?/g, '<ip>'],
  [/\bgz\d-r\d{4}-\d\d\b/g, '<host>'],
  [/\btopology\.kubernetes\.io\/zone=[\w-]+/g, 'topology.kubernetes.io/zone=<zone>'],
  [/\bkube-api-access-[a-z0-9]{5}\b/g, 'kube-api-access-<id>'],
  [new RegExp(`\\b([a-z][a-z0-9-]*?)-(${POD_HASH}{8,10})-(${POD_HASH}{5})\\b`, 'g'), '$1-<hash>-<id>'],
  [new RegExp(`\\b([a-z][a-z0-9-]*?)-(?=${POD_HASH}*\\d)(${POD_HASH}{8,10})\\b`, 'g'), '$1-<hash>'],
  [/(pod-template-hash[=:] ?)[a-z0-9]+/g, '$1<hash>'],
  [/(controller-revision-hash[=:] ?)[a-z0-9-]+/g, '$1<hash>'],
  [/(resourceVersion"?: "?)\d+/g, '$1<version>'],
  [/(\s|\(|^)(?:\d+[dhms])+(?: ago)?(?= |$|\)|\n|,)/gm, '$1<age>'],
  [new RegExp(ROOT, 'g'), '<root>'],
  [/[ \t]+$/gm, ''],
  [/ {2,}/g, '  '],
];

/** Puts into words what differs from run to run; widths of columns go with it. */
export function normalize(text: string): string {
  return RULES.reduce((result, [pattern, word]) => result.replace(pattern, word), text).trimEnd();
}

import { copyFileSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readConversation, rewrite, speak, UPDATE } from './conversation.ts';
import { ROOT, run } from './harness.ts';
import { REAL, startTarget, type Target } from './target.ts';

const folder = join(import.meta.dirname, 'kubectl');
/** Those in simulated/ are about simulated containers and words of our own, of which a real Kubernetes knows nothing. */
const files = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.txt') && !(REAL && file.startsWith('simulated')))
  .toSorted();
const scratch = mkdtempSync(join(tmpdir(), 'jdos-talk-'));
let target: Target;

beforeAll(async () => {
  target = await startTarget(6);
});
afterAll(async () => {
  await target?.stop();
  rmSync(scratch, { recursive: true, force: true });
});

/** A kubeconfig of its own, whose context works in the conversation's namespace. */
async function kubeconfigFor(namespace: string): Promise<string> {
  const file = join(scratch, namespace);
  copyFileSync(target.kubeconfig, file);
  const env = { KUBECONFIG: file };
  await run('kubectl', ['create', 'namespace', namespace], { env });
  await run('kubectl', ['config', 'set-context', '--current', `--namespace=${namespace}`], { env });
  return file;
}

describe('kubectl', () => {
  it.each(files)('%s goes as recorded', async (file) => {
    const conversation = readConversation(join(folder, file));
    const env = { KUBECONFIG: await kubeconfigFor(`talk-${basename(file, '.txt')}`), EXAMPLES: join(ROOT, 'examples') };
    const said: string[] = [];
    for (const turn of conversation.turns) {
      const answer = await speak(turn, env, scratch);
      said.push(answer);
      if (!UPDATE) expect.soft(answer, `${file}:${turn.line}  ${turn.command}`).toBe(turn.expected);
    }
    if (UPDATE) rewrite(conversation, said);
  });
});

import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readConversation, rewrite, speak, UPDATE } from './conversation.ts';
import { Cluster, ROOT } from './harness.ts';

const folder = join(import.meta.dirname, 'kubectl');
const files = readdirSync(folder).filter((file) => file.endsWith('.txt'));
const scratch = mkdtempSync(join(tmpdir(), 'jdos-talk-'));
let cluster: Cluster;

beforeAll(async () => {
  cluster = await Cluster.up({ args: ['--hosts', '6'] });
});
afterAll(async () => {
  await cluster?.stop();
  rmSync(scratch, { recursive: true, force: true });
});

/** A kubeconfig of its own, whose context works in the conversation's namespace. */
async function kubeconfigFor(namespace: string): Promise<string> {
  const file = join(scratch, namespace);
  await cluster.kubectlOk(['create', 'namespace', namespace]);
  const yaml = await cluster.kubectlOk(['config', 'view', '--raw']);
  const { writeFileSync } = await import('node:fs');
  writeFileSync(file, yaml, { mode: 0o600 });
  await cluster.kubectlOk(['config', 'set-context', '--current', `--namespace=${namespace}`], {
    env: { KUBECONFIG: file },
  });
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
      if (!UPDATE) expect(answer, `${file}:${turn.line}  ${turn.command}`).toBe(turn.expected);
    }
    if (UPDATE) rewrite(conversation, said);
  });
});

/** Where the tests find kubectl 1.32 or newer: JDOS_KUBECTL, PATH, or one built from the Go modules that test/real pins. */
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import process from 'node:process';

const OLDEST_MINOR = 32;

/** The path of a fit kubectl; builds one when the machine has none, which takes minutes once. */
export function findKubectl(root: string): string {
  const candidates = [process.env.JDOS_KUBECTL, 'kubectl'].filter((path) => path !== undefined);
  return candidates.find(isRecent) ?? build(root);
}

function isRecent(kubectl: string): boolean {
  try {
    const text = execFileSync(kubectl, ['version', '--client', '-o', 'json'], { encoding: 'utf8', stdio: 'pipe' });
    const { clientVersion } = JSON.parse(text) as { clientVersion: { major: string; minor: string } };
    return clientVersion.major === '1' && Number.parseInt(clientVersion.minor, 10) >= OLDEST_MINOR;
  } catch {
    return false;
  }
}

function build(root: string): string {
  const out = execFileSync(join(root, 'test/real/build'), ['kubectl'], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  return join(out.trim().split('\n').at(-1)!, 'kubectl');
}

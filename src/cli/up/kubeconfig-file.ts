/** Writes the administrator's kubeconfig for its owner only, and never over a file that speaks of other clusters. */
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { parse } from 'yaml';
import { JdosError } from '../../errors/index.ts';

/** @throws JdosError JDOS_ERR_USAGE when the file holds more or other than one that JDOS wrote. */
export function checkKubeconfigOut(file: string, flag: string): void {
  if (!existsSync(file) || isOurs(readFileSync(file, 'utf8'))) return;
  const detail = `${flag} ${file}: expected no file or one that JDOS wrote, found a kubeconfig or text of someone else's; name another file`;
  throw new JdosError('JDOS_ERR_USAGE', { detail });
}

export function writeKubeconfig(file: string, yaml: string): void {
  writeFileSync(`${file}.new`, yaml, { mode: 0o600 });
  renameSync(`${file}.new`, file);
}

function isOurs(text: string): boolean {
  if (text.trim() === '') return true;
  try {
    const { clusters } = parse(text) as { clusters?: { name?: string }[] };
    return clusters?.length === 1 && clusters[0]?.name === 'jdos';
  } catch {
    return false;
  }
}

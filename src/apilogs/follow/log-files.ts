/** Which files belong to a log that is followed, and which of them have changed since they were read. */
import { readdirSync, type Stats, statSync } from 'node:fs';
import { basename, dirname, extname, join } from 'node:path';

/**
 * The file and what it was rotated to: `audit.log`, and beside it `audit-2026….log`, `audit.log.1`, `audit.log-20261127.gz`.
 * A directory stands for all files in it. The oldest come first, so that each text is read under the name it has now.
 */
export function logFiles(path: string): string[] {
  if (statOf(path)?.isDirectory()) return filesIn(path, () => true);
  const [name, extension] = [basename(path), extname(path)];
  const stem = name.slice(0, name.length - extension.length);
  const isRotated = (other: string) =>
    (other.startsWith(`${name}.`) || other.startsWith(`${name}-`) || other.startsWith(`${stem}-`)) && other !== name;
  const rotated = filesIn(dirname(path), isRotated);
  return statOf(path) ? [...rotated, path] : rotated;
}

function filesIn(dir: string, wanted: (name: string) => boolean): string[] {
  if (!statOf(dir)) return [];
  const age = (path: string) => statOf(path)?.mtimeMs ?? 0;
  return readdirSync(dir, { withFileTypes: true })
    .filter((entry) => entry.isFile() && wanted(entry.name))
    .map((entry) => join(dir, entry.name))
    .sort((a, b) => age(a) - age(b) || (a < b ? -1 : 1));
}

/** What was there when a file was looked at: as long as it is the same there is nothing new in it. */
export class SeenFiles {
  #seen = new Map<string, string>();

  /** Those that changed. They count as seen from now on. */
  changed(paths: readonly string[]): string[] {
    const now = new Map(paths.flatMap((path) => stampOf(path)));
    const changed = [...now].filter(([path, stamp]) => this.#seen.get(path) !== stamp).map(([path]) => path);
    this.#seen = now;
    return changed;
  }

  clear(): void {
    this.#seen.clear();
  }
}

function stampOf(path: string): [string, string][] {
  const stat = statOf(path);
  return stat ? [[path, `${stat.dev} ${stat.ino} ${stat.size} ${stat.mtimeMs}`]] : [];
}

function statOf(path: string): Stats | undefined {
  return statSync(path, { throwIfNoEntry: false });
}

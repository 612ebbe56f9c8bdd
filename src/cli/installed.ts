/**
 * Asked by the launcher before it runs `npm ci`: does node_modules already hold what package-lock.json names?
 * Exits 0 if so, which spares a reinstall after `npm install` by hand. Uses nothing but Node.js itself.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';

interface Entry {
  readonly version?: string;
  readonly optional?: boolean;
}

function packagesIn(file: string): Record<string, Entry> {
  const lock = JSON.parse(readFileSync(file, 'utf8')) as { packages: Record<string, Entry> };
  return lock.packages;
}

const home = process.argv[2] ?? process.cwd();
const wanted = packagesIn(join(home, 'package-lock.json'));
const present = packagesIn(join(home, 'node_modules', '.package-lock.json'));
const same = Object.entries(wanted).every(([path, entry]) => {
  const found = present[path];
  return path === '' || (found ? found.version === entry.version : entry.optional === true);
});
process.exitCode = same ? 0 : 1;

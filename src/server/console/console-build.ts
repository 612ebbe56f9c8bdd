/**
 * Where the console's files are. A published package has them; from a clone they are built once for each state of their
 * sources, in a process of its own, into the cache. Each file is there compressed too.
 */
import { spawn } from 'node:child_process';
import { hash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';

const ROOT = join(import.meta.dirname, '..', '..', '..');
const PUBLISHED = join(ROOT, 'dist', 'console');

/** Answers the directory; the promise of one call serves all who ask meanwhile. @throws Error with what the build said */
export async function consoleFiles(): Promise<string> {
  if (existsSync(PUBLISHED)) return PUBLISHED;
  const built = join(ROOT, '.cache', 'console', stateOfSources());
  if (!existsSync(built)) await buildConsole(built);
  return built;
}

function stateOfSources(): string {
  const files = readdirSync(join(ROOT, 'console'), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
  const texts = [...files, ...vocabularies(), join(ROOT, 'package-lock.json')].map(
    (file) => `${file.slice(ROOT.length)}\0${readFileSync(file, 'utf8')}`,
  );
  return hash('sha256', texts.join('\0')).slice(0, 16);
}

/** What the pages take of src/ beside types. */
function vocabularies(): string[] {
  const rooms = readdirSync(join(ROOT, 'src')).map((room) => join(ROOT, 'src', room, 'vocabulary.ts'));
  return rooms.filter((file) => existsSync(file)).sort();
}

/** Two who build at once build the same; the later finds it done. */
export async function buildConsole(target: string): Promise<void> {
  const place = `${target}.${process.pid}`;
  const vite = join(ROOT, 'node_modules', 'vite', 'bin', 'vite.js');
  await run([vite, 'build', join(ROOT, 'console'), '--outDir', place, '--emptyOutDir', '--logLevel', 'warn']);
  await compress(place);
  try {
    renameSync(place, target);
  } catch (error) {
    rmSync(place, { recursive: true, force: true });
    if (!existsSync(target)) throw error;
  }
}

function run(args: readonly string[]): Promise<void> {
  return new Promise((resolve, reject) => {
    const env = { ...process.env, NODE_ENV: 'production' };
    const child = spawn(process.execPath, args, { cwd: ROOT, env, stdio: ['ignore', 'pipe', 'pipe'] });
    const said: string[] = [];
    child.stdout.on('data', (text: Buffer) => said.push(text.toString()));
    child.stderr.on('data', (text: Buffer) => said.push(text.toString()));
    child.on('error', reject);
    child.on('close', (code) =>
      code === 0 ? resolve() : reject(new Error(`the console could not be built: ${said.join('').slice(-2000)}`)),
    );
  });
}

async function compress(dir: string): Promise<void> {
  for (const entry of readdirSync(dir, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const file = join(entry.parentPath, entry.name);
    writeFileSync(`${file}.gz`, await promisify(gzip)(readFileSync(file), { level: 9 }));
  }
}

/** What the tests of the CNI plugin need of the machine: Debian's packages, installed when they are missing. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { ROOT, run } from '../harness.ts';

/** A file of each package, and the package. */
const NEEDED: Readonly<Record<string, string>> = {
  '/usr/lib/cni/bridge': 'containernetworking-plugins',
  '/usr/bin/ndisc6': 'ndisc6',
  '/usr/bin/ping': 'iputils-ping',
  '/usr/sbin/ip': 'iproute2',
};

export const CNI_PLUGINS = '/usr/lib/cni';

/** @throws on a machine that lacks them and cannot install them, with their names. */
export async function installTools(): Promise<void> {
  const missing = Object.entries(NEEDED).filter(([file]) => !existsSync(file) && !existsSync(file.replace('/usr', '')));
  if (missing.length === 0) return;
  const packages = missing.map(([, name]) => name);
  const advice = `the tests of the CNI plugin need the Debian packages ${packages.join(', ')}`;
  if (process.getuid?.() !== 0 || !existsSync('/usr/bin/apt-get'))
    throw new Error(`${advice}; install them, and run as root`);
  await run('apt-get', ['update'], { timeoutMs: 300_000 });
  const installed = await run('apt-get', ['install', '-y', '--no-install-recommends', ...packages], {
    timeoutMs: 300_000,
  });
  if (installed.code !== 0) throw new Error(`${advice}, and apt-get could not install them: ${installed.stderr}`);
}

const STRICT = ['-std=gnu11', '-O2', '-static', '-Wall', '-Wextra', '-Wpedantic', '-Werror'];

/** Builds a program of the host as the image does; the plugin for a socket and a spool of its own. */
export async function buildProgram(
  name: string,
  folder: string,
  defines: Readonly<Record<string, string>> = {},
): Promise<string> {
  const source = join(ROOT, 'src/network/shim', `${name}.c`);
  const output = join(folder, name);
  const options = Object.entries(defines).map(([key, value]) => `-D${key}="${value}"`);
  const built = await run('cc', [...STRICT, ...options, '-o', output, source]);
  if (built.code !== 0) throw new Error(`${name} does not build: ${built.stderr}`);
  return output;
}

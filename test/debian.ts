/** Programs that tests need and that come as Debian packages. */
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, rmSync, writeFileSync } from 'node:fs';
import process from 'node:process';

/** Installs the package where the program is missing and that is allowed. @throws Error naming the package */
export function requireProgram(program: string, debianPackage: string): void {
  if (isThere(program)) return;
  if (process.getuid?.() === 0) {
    execFileSync('apt-get', ['update'], { stdio: 'ignore' });
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
    withoutDaemons(() =>
      execFileSync('apt-get', ['install', '-y', '--no-install-recommends', debianPackage], { stdio: 'ignore', env }),
    );
  }
  if (!isThere(program))
    throw new Error(`${program} is not on this machine: install Debian's package ${debianPackage}`);
}

const POLICY = '/usr/sbin/policy-rc.d';

/** What a package would start on the machine stays down: tests start what they need themselves. */
function withoutDaemons(install: () => void): void {
  const theirs = existsSync(POLICY);
  if (!theirs) writeFileSync(POLICY, '#!/bin/sh\nexit 101\n', { mode: 0o755 });
  try {
    install();
  } finally {
    if (!theirs) rmSync(POLICY);
  }
}

function isThere(program: string): boolean {
  return spawnSync('sh', ['-c', `command -v ${program}`], { stdio: 'ignore' }).status === 0;
}

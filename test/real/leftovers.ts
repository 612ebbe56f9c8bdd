/**
 * What a real Kubernetes keeps outside its own processes: a directory, and for a node its control groups. Both carry the
 * process that owns them in their name, so that the next start removes what a killed one left.
 */
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import process from 'node:process';
import { until } from './until.ts';

const PREFIX = 'jdos-real-';
const CGROUPS = '/sys/fs/cgroup';

/** A directory of this process, after what dead ones left is gone. */
export function makeDirectory(): string {
  sweep();
  return mkdtempSync(join(tmpdir(), `${PREFIX}${process.pid}-`));
}

/** A control group in each hierarchy, named like the directory. Answers its path below their roots. */
export function makeCgroup(directory: string): string {
  const name = basename(directory);
  for (const root of cgroupRoots()) mkdirSync(join(root, name));
  return `/${name}`;
}

/** Processes that were in it may still be on their way out. */
export async function removeCgroup(cgroup: string): Promise<void> {
  await until(
    async () => cgroupRoots().every((root) => removed(join(root, cgroup))),
    `the control group ${cgroup} to be empty`,
  );
}

export function sweep(): void {
  for (const name of readdirSync(tmpdir()).filter(isDead))
    rmSync(join(tmpdir(), name), { recursive: true, force: true });
  for (const root of cgroupRoots()) for (const name of readdirSync(root).filter(isDead)) removed(join(root, name));
}

function isDead(name: string): boolean {
  const owner = name.startsWith(PREFIX) && /^\d+/.exec(name.slice(PREFIX.length));
  return owner !== false && owner !== null && !existsSync(`/proc/${owner[0]}`);
}

export function hierarchyOf(controller: string): string {
  return existsSync(join(CGROUPS, controller)) ? join(CGROUPS, controller) : CGROUPS;
}

/** With version 1 each controller is a hierarchy of its own; with version 2 there is one. */
function cgroupRoots(): string[] {
  if (!existsSync(CGROUPS)) return [];
  if (existsSync(join(CGROUPS, 'cgroup.controllers'))) return [CGROUPS];
  const entries = readdirSync(CGROUPS, { withFileTypes: true });
  return entries.filter((entry) => entry.isDirectory()).map((entry) => join(CGROUPS, entry.name));
}

function removed(cgroup: string): boolean {
  if (!existsSync(cgroup)) return true;
  try {
    for (const entry of readdirSync(cgroup, { withFileTypes: true }))
      if (entry.isDirectory()) removed(join(cgroup, entry.name));
    rmdirSync(cgroup);
    return true;
  } catch {
    return false;
  }
}

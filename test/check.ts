/** The whole proof in one command: `./check [part…]`. Each linter counts as one test; the last line is the verdict. */
import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import process from 'node:process';
import { findKubectl } from './kubectl.ts';

interface Verdict {
  readonly passed: number;
  readonly failed: number;
}

interface Part {
  readonly name: string;
  /** Run only when named. */
  readonly onRequest?: true;
  /** Tools beyond the npm packages that this part needs. */
  readonly needs?: 'kubectl';
  /** Sees to what else this part needs, from the repository's root; a failure is the part's. */
  readonly installer?: string;
  readonly run: () => Promise<Verdict>;
}

const root = dirname(import.meta.dirname);
const bin = (name: string) => join(root, 'node_modules', '.bin', name);
const environment: Record<string, string | undefined> = {
  ...process.env,
  PATH: `${dirname(process.execPath)}:${process.env.PATH ?? ''}`,
};

const PARTS: readonly Part[] = [
  {
    name: 'lint',
    run: async () =>
      sum([
        await lint(bin('biome'), ['check', '--error-on-warnings']),
        await lint(bin('oxlint'), ['--type-aware', '--quiet']),
      ]),
  },
  { name: 'types', run: async () => sum([await lint(bin('tsc'), []), await lint(bin('tsc'), ['-p', 'console'])]) },
  { name: 'knip', run: () => lint(bin('knip'), []) },
  { name: 'unit', run: () => vitest('unit') },
  { name: 'conformance', needs: 'kubectl', run: () => vitest('conformance') },
  { name: 'e2e', needs: 'kubectl', run: () => vitest('e2e') },
  { name: 'browser', needs: 'kubectl', installer: 'test/browser/install-browser', run: () => vitest('browser') },
  { name: 'real', onRequest: true, run: () => vitest('real') },
];

process.exitCode = await check(process.argv.slice(2));

async function check(names: readonly string[]): Promise<number> {
  const unknown = names.filter((name) => !PARTS.some((part) => part.name === name));
  if (unknown.length > 0) {
    console.error(`no such part: ${unknown.join(', ')}; there are ${PARTS.map((part) => part.name).join(', ')}`);
    return 2;
  }
  const parts = PARTS.filter((part) => (names.length === 0 ? !part.onRequest : names.includes(part.name)));
  install(parts);
  const results: { name: string; verdict: Verdict; seconds: number }[] = [];
  for (const part of parts) {
    console.log(`\n== ${part.name}`);
    const start = Date.now();
    results.push({ name: part.name, verdict: await outcome(part), seconds: (Date.now() - start) / 1000 });
  }
  return summarize(results);
}

async function outcome({ name, installer, run: test }: Part): Promise<Verdict> {
  if (installer && (await run(join(root, installer), [])) !== 0) {
    console.error(`SKIPPED, which counts as a failure: every test of ${name}`);
    return { passed: 0, failed: 1 };
  }
  return test();
}

function install(parts: readonly Part[]): void {
  if (!parts.some((part) => part.needs === 'kubectl')) return;
  const kubectl = findKubectl(root);
  environment.JDOS_KUBECTL = kubectl;
  if (kubectl !== 'kubectl') environment.PATH = `${dirname(kubectl)}:${environment.PATH}`;
}

function summarize(results: readonly { name: string; verdict: Verdict; seconds: number }[]): number {
  console.log('\n== summary');
  for (const { name, verdict, seconds } of results) {
    const count = `${verdict.passed} passed, ${verdict.failed} failed`;
    console.log(
      `${verdict.failed === 0 ? 'ok  ' : 'FAIL'} ${name.padEnd(12)} ${count.padEnd(26)} ${seconds.toFixed(1)} s`,
    );
  }
  const { passed, failed } = sum(results.map((result) => result.verdict));
  console.log(`${passed} passed, ${failed} failed`);
  return failed === 0 && passed > 0 ? 0 : 1;
}

function sum(verdicts: readonly Verdict[]): Verdict {
  return verdicts.reduce((a, b) => ({ passed: a.passed + b.passed, failed: a.failed + b.failed }), {
    passed: 0,
    failed: 0,
  });
}

async function lint(command: string, args: readonly string[]): Promise<Verdict> {
  const ok = (await run(command, args)) === 0;
  return { passed: ok ? 1 : 0, failed: ok ? 0 : 1 };
}

/** Counts come from vitest's own report; a run that dies before it writes one, or fails outside a test, is a failure. */
async function vitest(project: string): Promise<Verdict> {
  const report = join(root, '.cache', 'check', `${project}.json`);
  mkdirSync(dirname(report), { recursive: true });
  rmSync(report, { force: true });
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
  const code = await run(bin('vitest'), ['run', '--project', project, '--passWithNoTests', ...reporters]);
  const { passed, failed } = readReport(report);
  return { passed, failed: code === 0 ? failed : Math.max(failed, 1) };
}

function readReport(file: string): Verdict {
  try {
    const report = JSON.parse(readFileSync(file, 'utf8')) as { numPassedTests: number; numFailedTests: number };
    return { passed: report.numPassedTests, failed: report.numFailedTests };
  } catch {
    return { passed: 0, failed: 1 };
  }
}

function run(command: string, args: readonly string[]): Promise<number> {
  return new Promise((resolve) => {
    const child = spawn(command, args, { cwd: root, env: environment, stdio: 'inherit' });
    child.on('error', (error) => {
      console.error(`cannot run ${command}: ${error.message}`);
      resolve(127);
    });
    child.on('exit', (code) => resolve(code ?? 1));
  });
}

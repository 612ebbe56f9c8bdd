/**
 * The whole proof in one command: `./check [part…]`. Each linter counts as one test; the last line is the verdict. What
 * this machine cannot run is said loudly and left out; where CI is set, that is a failure.
 */
import { spawn, spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import process from 'node:process';
import { findKubectl } from './kubectl.ts';

interface Verdict {
  readonly passed: number;
  readonly failed: number;
  /** What failed, for the end of the output: a file or a test, and the first line of the reason. */
  readonly failures?: readonly string[];
}

/** A tool beyond the npm packages: sees that it is there, or answers why it cannot be. */
type Need = () => string | undefined;

interface Part {
  readonly name: string;
  readonly needs?: readonly Need[];
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
  { name: 'unit', run: async () => sum([await vitest('unit'), await vitest('postgres')]) },
  { name: 'conformance', needs: [kubectl], run: () => patient('conformance') },
  { name: 'e2e', needs: [kubectl], run: () => patient('e2e') },
  { name: 'browser', needs: [kubectl, browser], run: () => patient('browser') },
  { name: 'spark', needs: [spark], run: () => vitest('spark') },
  { name: 'real', needs: [kubectl, kubernetes], run: () => patient('real') },
  { name: 'node', needs: [kubectl, kubernetes, hostPrograms, browser], run: () => patient('node') },
];

/** What became of the needs that were seen to. */
const answers = new Map<Need, string | undefined>();

process.exitCode = await inScratch(() => check(process.argv.slice(2)));

/** What the tests leave in the temporary directory goes with the run. Servers under accounts of their own pass through it. */
async function inScratch<T>(work: () => Promise<T>): Promise<T> {
  const scratch = mkdtempSync(join(tmpdir(), 'jdos-check-'));
  chmodSync(scratch, 0o711);
  environment.TMPDIR = scratch;
  try {
    return await work();
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

async function check(names: readonly string[]): Promise<number> {
  const unknown = names.filter((name) => !PARTS.some((part) => part.name === name));
  if (unknown.length > 0) {
    console.error(`no such part: ${unknown.join(', ')}; there are ${PARTS.map((part) => part.name).join(', ')}`);
    return 2;
  }
  const results: Result[] = [];
  for (const part of PARTS.filter(({ name }) => names.length === 0 || names.includes(name))) {
    console.log(`\n== ${part.name}`);
    const start = Date.now();
    const lack = lackOf(part);
    if (lack) console.error(`!!!! ${part.name} WAS NOT RUN: ${lack}`);
    const verdict = lack ? { passed: 0, failed: process.env.CI ? 1 : 0 } : await part.run();
    results.push({ name: part.name, verdict, lack, seconds: (Date.now() - start) / 1000 });
  }
  return summarize(results);
}

interface Result {
  readonly name: string;
  readonly verdict: Verdict;
  /** Why it was not run. */
  readonly lack: string | undefined;
  readonly seconds: number;
}

/** Each need is seen to once, when the first part that has it is due. */
function lackOf({ needs = [] }: Part): string | undefined {
  for (const need of needs) {
    if (!answers.has(need)) answers.set(need, need());
    const lack = answers.get(need);
    if (lack) return lack;
  }
  return undefined;
}

function kubectl(): undefined {
  const path = findKubectl(root);
  environment.JDOS_KUBECTL = path;
  if (path !== 'kubectl') environment.PATH = `${dirname(path)}:${environment.PATH}`;
}

function browser(): string | undefined {
  return attempt('test/browser/install-browser', 'no browser for the console');
}

function spark(): string | undefined {
  return attempt('test/spark/install', 'no Spark and no ClickHouse to compare with');
}

function kubernetes(): string | undefined {
  return attempt('test/real/build', 'the real Kubernetes cannot be built here');
}

function hostPrograms(): string | undefined {
  return attempt('test/real/node/install', 'a real node cannot run here');
}

function attempt(script: string, failure: string): string | undefined {
  const { status } = spawnSync(join(root, script), { stdio: ['ignore', 'ignore', 'inherit'], env: environment });
  return status === 0 ? undefined : `${failure}: ${script} failed; what it said is above`;
}

function summarize(results: readonly Result[]): number {
  console.log('\n== summary');
  for (const { name, verdict, lack, seconds } of results) {
    const count = lack ? `not run: ${lack}` : `${verdict.passed} passed, ${verdict.failed} failed`;
    const mark = verdict.failed > 0 ? 'FAIL' : lack ? 'SKIP' : 'ok  ';
    console.log(`${mark} ${name.padEnd(12)} ${count.padEnd(26)} ${seconds.toFixed(1)} s`);
  }
  for (const failure of results.flatMap(({ verdict }) => verdict.failures ?? [])) console.log(`     ${failure}`);
  const { passed, failed } = sum(results.map((result) => result.verdict));
  const skipped = results.filter((result) => result.lack).length;
  console.log(`${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`);
  return failed === 0 && passed > 0 ? 0 : 1;
}

function sum(verdicts: readonly Verdict[]): Verdict {
  return {
    passed: verdicts.reduce((total, { passed }) => total + passed, 0),
    failed: verdicts.reduce((total, { failed }) => total + failed, 0),
    failures: verdicts.flatMap(({ failures = [] }) => failures),
  };
}

async function lint(command: string, args: readonly string[]): Promise<Verdict> {
  const ok = (await run(command, args)) === 0;
  return { passed: ok ? 1 : 0, failed: ok ? 0 : 1 };
}

/** A part of vitest, in one run. */
async function vitest(project: string): Promise<Verdict> {
  return verdictOf(await vitestRun(project));
}

/**
 * A part whose tests speak to programs that run: on a busy machine one may be late. In CI the files that failed are asked
 * once more, from their start; a file that fails twice has failed.
 */
async function patient(project: string): Promise<Verdict> {
  const first = await vitestRun(project);
  const [failed, passed] = [first.files.filter(isFailed), first.files.filter((file) => !isFailed(file))];
  if (!process.env.CI || failed.length === 0) return verdictOf(first);
  console.error(`\n!!!! ${failed.length} files of ${project} failed and are asked once more`);
  for (const failure of failed.flatMap(failuresOf)) console.error(`!!!! ${failure}`);
  const second = await vitestRun(
    project,
    failed.map(({ name }) => relative(root, name)),
  );
  return sum([verdictOf({ code: 0, files: passed }), verdictOf(second)]);
}

interface TestRun {
  readonly code: number;
  readonly files: readonly TestFile[];
}

/** A file in vitest's JSON report. `message` is set where the file failed outside its tests. */
interface TestFile {
  readonly name: string;
  readonly status: string;
  readonly message: string;
  readonly assertionResults: readonly {
    readonly fullName: string;
    readonly status: string;
    readonly failureMessages: readonly string[] | null;
  }[];
}

async function vitestRun(project: string, files: readonly string[] = []): Promise<TestRun> {
  const report = join(root, '.cache', 'check', `${project}.json`);
  mkdirSync(dirname(report), { recursive: true });
  rmSync(report, { force: true });
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
  const code = await run(bin('vitest'), ['run', '--project', project, '--passWithNoTests', ...reporters, ...files]);
  return { code, files: readReport(report) };
}

function readReport(file: string): readonly TestFile[] {
  try {
    return (JSON.parse(readFileSync(file, 'utf8')) as { testResults: TestFile[] }).testResults;
  } catch {
    return [];
  }
}

function isFailed({ status }: TestFile): boolean {
  return status !== 'passed';
}

/** A run that dies before it writes its report, or fails outside a test, is a failure of one. */
function verdictOf({ code, files }: TestRun): Verdict {
  const tests = files.flatMap((file) => file.assertionResults);
  const failures = files.filter(isFailed).flatMap(failuresOf);
  const failed = Math.max(failures.length, code === 0 ? 0 : 1);
  return { passed: tests.filter(({ status }) => status === 'passed').length, failed, failures };
}

function failuresOf({ name, message, assertionResults }: TestFile): string[] {
  const reason = (text = '') => text.split('\n', 1)[0];
  const tests = assertionResults.filter(({ status }) => status === 'failed');
  const outside = tests.length === 0 ? [`${relative(root, name)}: ${reason(message)}`] : [];
  return [
    ...outside,
    ...tests.map((test) => `${relative(root, name)}: ${test.fullName}: ${reason(test.failureMessages?.[0])}`),
  ];
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

/**
 * Cases of the behaviour suite. A case asks; what a real kube-apiserver answered is recorded in golden/ and is what every
 * API must answer. JDOS_RECORD=<directory> writes what is answered there instead of judging it: to compare by `diff`, or,
 * with JDOS_TARGET=real and the directory of golden/, to record anew. On the embedded plane the directory golden/embedded/
 * takes those answers that differ.
 */
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import process from 'node:process';
import { isDeepStrictEqual } from 'node:util';
import { afterAll, describe, expect, it } from 'vitest';
import { type Pair, parse, stringify } from 'yaml';
import type { Transport } from '../../src/kube/index.ts';
import { type Exchange, Talk } from './talk.ts';
import { TARGET } from './target.ts';

/** What happens, by the sentence that says it. */
export type Cases = Readonly<Record<string, (api: Talk) => Promise<unknown>>>;

const GOLDEN = join(import.meta.dirname, 'api/golden');
/** What the embedded plane answers where it differs; docs/compatibility.md says why. */
const DIFFERENT = join(GOLDEN, 'embedded');
const RECORD = process.env.JDOS_RECORD;
/** Tells the objects of this run from those of another in the same cluster. */
const RUN = Math.random().toString(36).slice(2, 6).padEnd(4, '0');

let count = 0;

/** Runs the cases that are recorded in `golden/<name>.yaml`. */
export function suite(name: string, cases: Cases, connect: () => Transport): void {
  describe(name, () => {
    const golden = new Golden(name);
    for (const [sentence, hold] of Object.entries(cases)) {
      it(sentence, async () => {
        const api = new Talk(connect(), `-${RUN}-${++count}`);
        await openNamespace(api);
        await hold(api);
        golden.check(sentence, api.exchanges);
      });
    }
    afterAll(() => golden.save(Object.keys(cases)));
  });
}

/** A namespace of the case's own in which Pods can be made. */
async function openNamespace(api: Talk): Promise<void> {
  const metadata = { name: api.namespace };
  await api.quietly('POST', 'namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata });
  await api.until('serviceaccounts/default', (account) => account !== undefined);
}

type Records = Readonly<Record<string, readonly Exchange[]>>;

function load(directory: string, file: string): Records {
  const path = join(directory, file);
  return existsSync(path) ? parse(readFileSync(path, 'utf8')) : {};
}

class Golden {
  readonly #file: string;
  readonly #expected: Records;
  readonly #seen: Record<string, readonly Exchange[]> = {};

  constructor(name: string) {
    this.#file = `${name}.yaml`;
    const real = load(GOLDEN, this.#file);
    this.#expected = TARGET === 'embedded' ? { ...real, ...load(DIFFERENT, this.#file) } : real;
  }

  check(sentence: string, exchanges: readonly Exchange[]): void {
    if (RECORD) this.#seen[sentence] = exchanges;
    else expect(exchanges).toEqual(this.#expected[sentence]);
  }

  save(sentences: readonly string[]): void {
    if (!RECORD) return;
    const directory = resolve(RECORD);
    if (TARGET === 'embedded' && directory === GOLDEN) throw new Error('only a real Kubernetes is an example');
    const real = directory === DIFFERENT ? load(GOLDEN, this.#file) : {};
    const kept = sentences.filter((sentence) => !isDeepStrictEqual(this.#seen[sentence], real[sentence]));
    const records = Object.fromEntries(kept.map((sentence) => [sentence, this.#seen[sentence]]));
    const text = stringify(records, { lineWidth: 120, aliasDuplicateObjects: false, sortMapEntries: byKey });
    if (kept.length > 0) writeFileSync(join(directory, this.#file), text);
    else rmSync(join(directory, this.#file), { force: true });
  }
}

/** Cases in their order; below them, keys by the alphabet. */
const byKey = (a: Pair, b: Pair) => (String(a.key).includes(' ') ? 0 : String(a.key) < String(b.key) ? -1 : 1);
